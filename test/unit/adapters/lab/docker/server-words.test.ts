import { expect, test } from 'vitest';
import { serverWords } from '../../../../../src/adapters/lab/docker/server-words.ts';

test('a server names itself by its container, and replicates by GTID', () => {
  const mysql = serverWords('mysql', { name: 'db002', serverId: 2 });
  expect(mysql).toEqual(
    expect.arrayContaining(['--server-id=2', '--report-host=db002', '--gtid-mode=ON']),
  );
  expect(serverWords('mariadb', { name: 'db002', serverId: 2 })).toContain('--gtid-strict-mode=1');
});

test('MariaDB takes no writes after any start; MySQL must write to initialise its data', () => {
  expect(readOnlyWords('mariadb')).toEqual(['--read-only=1']);
  expect(readOnlyWords('mysql')).toEqual([]);
});

function readOnlyWords(flavor: 'mysql' | 'mariadb'): readonly string[] {
  const words = serverWords(flavor, { name: 'db001', serverId: 1 });
  return words.filter((it) => it.includes('read-only'));
}
