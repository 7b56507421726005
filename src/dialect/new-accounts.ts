import { grantStatements, privilegesFor } from './least-rights.ts';
import { literal } from './literal.ts';
import type { Version } from './version.ts';

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface Accounts {
  readonly root: Account;
  readonly monitor: Account & { readonly rights: 'all' | 'least' };
  readonly replication: Account;
}

/**
 * What a fresh data directory runs once, before anybody can connect: `root` only with a password,
 * the two accounts of replication, nothing of it in the binary log. One statement a line, as servers demand of such a file.
 */
export function accountSql(version: Version, accounts: Accounts): readonly string[] {
  const { root } = accounts;
  const grants = version.flavor === 'mariadb' ? 'mysql.global_priv' : 'mysql.user';
  return [
    'SET SESSION sql_log_bin = 0;',
    `DELETE FROM ${grants} WHERE User IN ('root', '');`,
    'FLUSH PRIVILEGES;',
    ...creation(root, '127.0.0.1'),
    `GRANT ALL ON *.* TO ${literal(root.user)}@'127.0.0.1' WITH GRANT OPTION;`,
    ...clusterAccountSql(version, accounts),
  ];
}

/** The two accounts of replication; `root` is there. To be said in a session that keeps out of the binary log. */
export function clusterAccountSql(
  version: Version,
  { monitor, replication }: Accounts,
): readonly string[] {
  return [
    ...creation(replication, '%'),
    `GRANT REPLICATION SLAVE ON *.* TO ${literal(replication.user)}@'%';`,
    ...creation(monitor, '%'),
    ...grantStatements(
      monitor.rights === 'all' ? ['ALL'] : privilegesFor('manage', version),
      `${literal(monitor.user)}@'%'`,
    ).map((it) => `${it};`),
  ];
}

function creation(account: Account, host: string): readonly string[] {
  return [
    `CREATE USER ${literal(account.user)}@${literal(host)} IDENTIFIED BY ${literal(account.password)};`,
  ];
}
