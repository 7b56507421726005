import type { DatabaseAccount } from '../core/model/check-up.ts';
import { textOf, type Row } from './answer.ts';

/** What an account may do everywhere (`ON *.*`). */
export interface Grants {
  readonly account: DatabaseAccount;
  readonly holds: (privilege: string) => boolean;
  /** It may hand on what it holds. */
  readonly mayGrant: boolean;
}

/** Rights that older names, or greater ones, include. */
const includes: Readonly<Record<string, readonly string[]>> = {
  'REPLICATION CLIENT': ['BINLOG MONITOR', 'SLAVE MONITOR'],
  'BINLOG MONITOR': ['REPLICATION CLIENT'],
  'SLAVE MONITOR': ['REPLICA MONITOR'],
  'REPLICATION SLAVE ADMIN': ['REPLICATION REPLICA ADMIN'],
};

/** The answer to SHOW GRANTS; its one column has the account in its name. */
export function grantsOf(rows: readonly Row[]): Grants {
  return grantsIn(rows.map((row) => textOf(Object.values(row)[0]) ?? ''));
}

/** Reads the rows of SHOW GRANTS. Asked without FOR, they hold the rights of the active roles. Nothing of them is kept: MariaDB shows the hash of the password among them. */
export function grantsIn(rows: readonly string[]): Grants {
  const everywhere = rows.filter((it) => / ON \*\.\* TO /i.test(it));
  const privileges = new Set(
    everywhere.flatMap((it) =>
      (/^GRANT (.*?) ON \*\.\* TO /i.exec(it)?.[1] ?? '')
        .split(',')
        .map((word) => word.trim().toUpperCase()),
    ),
  );
  const [, user = '', host = '%'] =
    /TO [`'"]([^`'"]*)[`'"]@[`'"]([^`'"]*)[`'"]/.exec(rows[0] ?? '') ?? [];
  const all = privileges.has('ALL PRIVILEGES') || privileges.has('ALL');
  return {
    account: { user, host },
    holds: (privilege) =>
      all ||
      privileges.has(privilege) ||
      (includes[privilege] ?? []).some((it) => privileges.has(it)),
    mayGrant: everywhere.some((it) => /WITH GRANT OPTION/i.test(it)),
  };
}
