import { expect, test } from 'vitest';
import { grantsIn } from '../../../src/dialect/grants.ts';

test('rights everywhere are read, and nothing else', () => {
  const grants = grantsIn([
    "GRANT BINLOG MONITOR, SLAVE MONITOR, RELOAD ON *.* TO `orc`@`172.%` IDENTIFIED BY PASSWORD '*AB12'",
    'GRANT CREATE USER ON `shop`.* TO `orc`@`172.%`',
  ]);
  expect(grants.account).toEqual({ user: 'orc', host: '172.%' });
  expect(['RELOAD', 'SLAVE MONITOR', 'REPLICATION CLIENT'].map((it) => grants.holds(it))).toEqual([
    true,
    true,
    true,
  ]);
  expect(grants.holds('CREATE USER')).toBe(false);
  expect(grants.mayGrant).toBe(false);
  expect(JSON.stringify(grants)).not.toContain('AB12');
});

test('ALL holds everything, and may be handed on only where that is said', () => {
  const all = grantsIn(["GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION"]);
  expect([all.holds('SUPER'), all.mayGrant]).toEqual([true, true]);
});

test('MySQL tells static and dynamic rights in two rows', () => {
  const grants = grantsIn([
    'GRANT RELOAD, PROCESS ON *.* TO `orc`@`%`',
    'GRANT CONNECTION_ADMIN,SYSTEM_VARIABLES_ADMIN ON *.* TO `orc`@`%`',
  ]);
  expect(grants.holds('SYSTEM_VARIABLES_ADMIN')).toBe(true);
});
