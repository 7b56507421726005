import { expect, test } from 'vitest';
import { accountSql } from '../../../src/dialect/new-accounts.ts';
import type { Accounts } from '../../../src/dialect/new-accounts.ts';
import type { Version } from '../../../src/dialect/version.ts';

const mariadb: Version = { flavor: 'mariadb', release: [10, 11, 19] };
const accounts: Accounts = {
  root: { user: 'root', password: "it's \\ r" },
  monitor: { user: 'orc_client_user', password: 'm', rights: 'least' },
  replication: { user: 'repl', password: 'r' },
};

test('every statement stands on a line of its own, and nothing of it in the binary log', () => {
  const lines = accountSql(mariadb, accounts);
  expect(lines[0]).toBe('SET SESSION sql_log_bin = 0;');
  expect(lines.filter((it) => !it.endsWith(';') || it.includes('\n'))).toEqual([]);
});

test('a password with quotes and backslashes is kept whole', () => {
  expect(accountSql(mariadb, accounts)).toContain(
    "CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY 'it''s \\\\ r';",
  );
});

test('the monitor user gets no more than it needs', () => {
  const grant = accountSql(mariadb, accounts).find(
    (it) => it.includes('GRANT') && it.includes('orc_client'),
  );
  expect(grant).not.toMatch(/ALL|SUPER|WITH GRANT OPTION/);
  expect(grant).toContain('READ_ONLY ADMIN');
});
