import { escape } from 'mysql2';
import { privilegesFor } from '../../dialect/least-rights.ts';
import type { ServerRelease } from './server-distribution.ts';

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface Accounts {
  readonly root: Account;
  readonly monitor: Account & { readonly rights: 'all' | 'least' };
  readonly replication: Account;
}

/** Text without single quotes or backslashes needs no more than quotes, in every SQL mode. */
function text(value: string): string {
  return escape(value);
}

/**
 * What a fresh data directory runs once, before anybody can connect: `root` only with a password,
 * the two accounts of replication, nothing of it in the binary log. One statement a line, as servers demand of such a file.
 */
export function accountSql(distribution: ServerRelease, accounts: Accounts): readonly string[] {
  const { root } = accounts;
  const grants = distribution.flavor === 'mariadb' ? 'mysql.global_priv' : 'mysql.user';
  return [
    'SET SESSION sql_log_bin = 0;',
    `DELETE FROM ${grants} WHERE User IN ('root', '');`,
    'FLUSH PRIVILEGES;',
    ...creation(root, '127.0.0.1'),
    `GRANT ALL ON *.* TO ${text(root.user)}@'127.0.0.1' WITH GRANT OPTION;`,
    ...clusterAccountSql(distribution, accounts),
  ];
}

/** The two accounts of replication; `root` is there. To be said in a session that keeps out of the binary log. */
export function clusterAccountSql(
  distribution: ServerRelease,
  { monitor, replication }: Accounts,
): readonly string[] {
  return [
    ...creation(replication, '%'),
    `GRANT REPLICATION SLAVE ON *.* TO ${text(replication.user)}@'%';`,
    ...creation(monitor, '%'),
    `GRANT ${monitorPrivileges(distribution, monitor.rights)} ON *.* TO ${text(monitor.user)}@'%';`,
  ];
}

function creation(account: Account, host: string): readonly string[] {
  return [
    `CREATE USER ${text(account.user)}@${text(host)} IDENTIFIED BY ${text(account.password)};`,
  ];
}

function monitorPrivileges(server: ServerRelease, rights: 'all' | 'least'): string {
  return rights === 'all' ? 'ALL' : privilegesFor('manage', server).join(', ');
}
