import { expect, test } from 'vitest';
import { readsLogins } from '../../../src/dialect/account-logins.ts';
import { grantsIn } from '../../../src/dialect/grants.ts';
import { grantStatements, privilegesFor } from '../../../src/dialect/least-rights.ts';
import {
  mayChangeReplicationQueries,
  readsRightsOfOthers,
} from '../../../src/dialect/rights-of-others.ts';

const mysql = { flavor: 'mysql', release: [8, 4, 6] } as const;
const old = { flavor: 'mysql', release: [5, 6, 51] } as const;
const mariadb = { flavor: 'mariadb', release: [10, 11, 19] } as const;
const olderMariadb = { flavor: 'mariadb', release: [10, 4, 1] } as const;

test.each<{
  name: string;
  held: readonly string[];
  may: boolean | 'unknown';
}>([
  { name: 'USAGE alone', held: ['USAGE'], may: false },
  { name: 'rights over data only', held: ['USAGE', 'SELECT', 'INSERT'], may: false },
  { name: 'SUPER', held: ['USAGE', 'SUPER'], may: true },
  { name: 'the right of MySQL', held: ['USAGE', 'REPLICATION_SLAVE_ADMIN'], may: true },
  { name: 'the right of MariaDB', held: ['REPLICATION SLAVE ADMIN'], may: true },
  { name: 'a role that may bring more', held: ['USAGE', 'a role'], may: 'unknown' },
  {
    name: 'rights that may come with a hidden one',
    held: ['USAGE', 'perhaps more'],
    may: 'unknown',
  },
  { name: 'rights that we are not shown', held: [], may: 'unknown' },
])('$name: $may', ({ held, may }) => {
  for (const version of [mysql, old, mariadb, olderMariadb]) {
    for (const { parse } of mayChangeReplicationQueries('app', version)) {
      expect(parse(held.map((it) => ({ held: it })))).toBe(may);
    }
  }
});

test('only columns are granted, and none that holds the hash of a password', () => {
  for (const version of [mysql, old, mariadb, olderMariadb]) {
    const rights = [...readsRightsOfOthers(version), ...readsLogins(version)];
    expect(rights.length).toBeGreaterThan(0);
    expect(rights.filter((it) => !/^SELECT \([\w, ]+\) ON mysql\.\w+$/.test(it))).toEqual([]);
    expect(rights.join()).not.toMatch(/\bpassword\b|authentication|\bPriv\b/);
  }
});

test('each table has a statement of its own', () => {
  expect(grantStatements(privilegesFor('manage', old), "'orc'@'%'")).toEqual([
    "GRANT SUPER, REPLICATION SLAVE, RELOAD, PROCESS ON *.* TO 'orc'@'%'",
    "GRANT SELECT (Host, User, Super_priv) ON mysql.user TO 'orc'@'%'",
    "GRANT SELECT (plugin, ssl_type, password_expired) ON mysql.user TO 'orc'@'%'",
  ]);
});

const wanted = 'SELECT (Host, User, Super_priv) ON mysql.user';

test.each([
  // As MySQL 5.6, MySQL 9.7 and MariaDB 10.11 answer SHOW GRANTS.
  ["GRANT SELECT (Super_priv, Host, User) ON `mysql`.`user` TO 'orc'@'%'", true],
  ['GRANT SELECT (`Host`, `Super_priv`, `User`) ON `mysql`.`user` TO `orc`@`%`', true],
  ['GRANT SELECT (`Host`, `User`), UPDATE (`Super_priv`) ON `mysql`.`user` TO `orc`@`%`', false],
  ['GRANT SELECT ON `mysql`.`user` TO `orc`@`%`', true],
  ['GRANT SELECT, INSERT ON `mysql`.* TO `orc`@`%`', true],
  ['GRANT ALL PRIVILEGES ON `mysql`.* TO `orc`@`%`', true],
  ['GRANT SELECT, RELOAD ON *.* TO `orc`@`%`', true],
  ["GRANT ALL PRIVILEGES ON *.* TO 'root'@'%'", true],
  ['GRANT SELECT ON `mysql`.`db` TO `orc`@`%`', false],
  ['GRANT SELECT ON `shop`.* TO `orc`@`%`', false],
])('%s: %s', (row, holds) => {
  const { holds: held } = grantsIn(['GRANT USAGE ON *.* TO `orc`@`%`', row]);
  expect(held(wanted)).toBe(holds);
});
