import { expect, test } from 'vitest';
import { loginFault } from '../../../../src/core/model/account-login.ts';
import type { DatabaseAccount } from '../../../../src/core/model/check-up.ts';
import type { Flavor, Release } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';

type Server = readonly [flavor: Flavor, ...release: Release];

function faultFor(
  accounts: readonly Partial<DatabaseAccount>[],
  [flavor, ...release]: Server,
  host = 'db3',
): string {
  const version = `${flavor} ${release.join('.')}`;
  const found = loginFault(
    accounts.map((it) => ({ user: 'repl', host: '%', ...it })),
    { user: 'repl', host, server: { flavor, release, version } },
  );
  return found === undefined
    ? 'none'
    : `${found.certain ? 'certain' : 'perhaps'}: ${inEnglish(found.says)}`;
}

const network = 'which no network connection can use';

test.each<[plugin: string, server: Server, fault: RegExp | 'none']>([
  ['auth_socket', ['mysql', 9, 7, 4], new RegExp(`certain: .*auth_socket there, ${network}`)],
  ['unix_socket', ['mariadb', 10, 11, 19], new RegExp(`certain: .*unix_socket there, ${network}`)],
  ['mysql_no_login', ['mysql', 8, 4, 0], new RegExp(`certain: .*${network}`)],
  ['caching_sha2_password', ['mysql', 9, 7, 4], 'none'],
  ['caching_sha2_password', ['mysql', 5, 7, 23], 'none'],
  ['caching_sha2_password', ['mysql', 5, 7, 22], /certain: .*mysql 5\.7\.22 cannot use/],
  ['caching_sha2_password', ['mysql', 5, 6, 24], /certain: .*mysql 5\.6\.24 cannot use/],
  ['caching_sha2_password', ['mariadb', 10, 11, 19], /perhaps: /],
  ['sha256_password', ['mysql', 5, 6, 24], 'none'],
  ['sha256_password', ['mariadb', 11, 8, 3], /perhaps: /],
  ['mysql_native_password', ['mysql', 8, 4, 6], 'none'],
  ['mysql_native_password', ['mariadb', 10, 4, 1], 'none'],
  ['mysql_native_password', ['mysql', 9, 0, 0], /perhaps: /],
  ['mysql_old_password', ['mysql', 8, 0, 40], /certain: /],
  ['ed25519', ['mysql', 9, 7, 4], /certain: /],
  ['ed25519', ['mariadb', 10, 11, 19], /perhaps: /],
  ['parsec', ['mysql', 8, 4, 6], /certain: /],
  ['parsec', ['mariadb', 10, 11, 19], /certain: /],
  ['parsec', ['mariadb', 11, 8, 3], /perhaps: /],
  ['gssapi', ['mysql', 8, 4, 6], /certain: /],
  ['authentication_ldap_simple', ['mysql', 8, 4, 6], /perhaps: /],
  ['AWSAuthenticationPlugin', ['mysql', 8, 0, 40], /perhaps: /],
])('%s read by %s: %s', (plugin, server, fault) => {
  expect(faultFor([{ plugin }], server)).toMatch(fault);
});

const mysql: Server = ['mysql', 9, 7, 4];

test.each<{ accounts: readonly Partial<DatabaseAccount>[]; fault: RegExp | 'none' }>([
  { accounts: [], fault: 'none' },
  // One that is not told how it logs in says nothing.
  { accounts: [{}], fault: 'none' },
  { accounts: [{ shut: 'locked' }], fault: /certain: the account of 'repl' is locked there/ },
  { accounts: [{ shut: 'expired' }], fault: /certain: the password of 'repl' has expired there/ },
  {
    accounts: [{ plugin: 'mysql_native_password', shut: 'unloaded' }],
    fault: /certain: .*mysql_native_password, which is not loaded there/,
  },
  { accounts: [{ plugin: 'unix_socket', hasOtherPlugins: true }], fault: 'none' },
  { accounts: [{ shut: 'locked', hasOtherPlugins: true }], fault: /locked/ },
  // Which of two that fit a server takes depends on the name that it sees.
  { accounts: [{ shut: 'locked' }, { plugin: 'caching_sha2_password' }], fault: 'none' },
  { accounts: [{ shut: 'locked' }, { host: 'elsewhere' }], fault: /locked/ },
  { accounts: [{ shut: 'locked', user: 'else' }], fault: 'none' },
])('$accounts: $fault', ({ accounts, fault }) => {
  expect(faultFor(accounts, mysql)).toMatch(fault);
});
