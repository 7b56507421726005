import { expect, test } from 'vitest';
import type { DatabaseAccount } from '../../../src/core/model/check-up.ts';
import { accountQueries } from '../../../src/dialect/account-logins.ts';

const mysql = { flavor: 'mysql', release: [9, 7, 4] } as const;

test.each<readonly [row: Readonly<Record<string, unknown>>, account: Partial<DatabaseAccount>]>([
  [{}, {}],
  [{ demands: 'ANY' }, { demands: 'tls' }],
  [{ demands: 'SPECIFIED' }, { demands: 'certificate' }],
  // As MySQL and as MariaDB say it.
  [{ locked: 'Y' }, { shut: 'locked' }],
  [{ locked: '1' }, { shut: 'locked' }],
  [{ locked: 'N', expired: 'N', old: 0, several: 0 }, {}],
  [{ expired: 'Y' }, { shut: 'expired' }],
  [{ old: 1 }, { shut: 'expired' }],
  [
    { plugin: 'mysql_native_password', loaded: null },
    { plugin: 'mysql_native_password', shut: 'unloaded' },
  ],
  [
    { plugin: 'mysql_native_password', loaded: 'DISABLED' },
    { plugin: 'mysql_native_password', shut: 'unloaded' },
  ],
  [
    { plugin: 'unix_socket', several: 1, loaded: 'ACTIVE' },
    { plugin: 'unix_socket', hasOtherPlugins: true },
  ],
])('%o is %o', (row, account) => {
  const [query] = accountQueries(['repl'], mysql);
  const all = { user: 'repl', host: '%', plugin: 'caching_sha2_password' };
  const read = query?.parse([{ ...all, loaded: 'ACTIVE', ...row }]);
  expect(read).toEqual([{ ...all, ...account }]);
});

test('before MariaDB 10.4 nothing stands there for the native one', () => {
  const [query] = accountQueries(['repl'], mysql);
  const account = { user: 'repl', host: '%' };
  expect(query?.parse([{ ...account, plugin: '', loaded: null }])).toEqual([account]);
});

test('nothing asks for a hash but for what only MariaDB keeps beside it, and another question is there then', () => {
  for (const [version, asked] of [
    [mysql, 1],
    [{ flavor: 'mysql', release: [5, 6, 24] }, 1],
    [{ flavor: 'mariadb', release: [10, 3, 39] }, 1],
    [{ flavor: 'mariadb', release: [10, 11, 19] }, 2],
  ] as const) {
    const queries = accountQueries(['repl'], version);
    expect(queries).toHaveLength(asked);
    expect(queries.at(-1)?.sql).not.toMatch(/authentication_string|\bPassword\b|global_priv/);
    expect(queries.map((it) => it.sql).join()).not.toContain("authentication_string'");
  }
});
