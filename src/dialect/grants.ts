import type { DatabaseAccount } from '../core/model/check-up.ts';
import { textOf, type Row } from './answer.ts';

/** What an account may do. */
export interface Grants {
  readonly account: DatabaseAccount;
  /** Everywhere (`ON *.*`), or on what the name says: `SELECT (User, Host) ON mysql.user`. */
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
  const holdsEverywhere = (privilege: string): boolean =>
    all ||
    privileges.has(privilege) ||
    (includes[privilege] ?? []).some((it) => privileges.has(it));
  return {
    account: { user, host },
    holds: (privilege) => {
      const [, verb = '', columns = '', on = ''] = onTable.exec(privilege) ?? [];
      return verb === ''
        ? holdsEverywhere(privilege)
        : holdsEverywhere(verb) || holdsOn(rows, verb, listOf(columns), on);
    },
    mayGrant: everywhere.some((it) => /WITH GRANT OPTION/i.test(it)),
  };
}

const onTable = /^([A-Z]+) \(([^)]*)\) ON ([\w.]+)$/i;

/** Whether rows give it on the table, on its schema, or on each of the columns. */
function holdsOn(
  rows: readonly string[],
  verb: string,
  columns: readonly string[],
  table: string,
): boolean {
  const given = rows.flatMap((it) => {
    const [, privileges = '', on = ''] = /^GRANT (.*) ON (\S+) TO /i.exec(it) ?? [];
    return [{ privileges: privileges.toUpperCase(), on: on.replaceAll(/[`"]/g, '') }];
  });
  const [schema = ''] = table.split('.');
  const whole = given
    .filter(({ on }) => on === table || on === `${schema}.*`)
    .flatMap(({ privileges }) => listOf(privileges.replaceAll(/\([^)]*\)/g, '(')));
  const some = given
    .filter(({ on }) => on === table)
    .flatMap(({ privileges }) => [...privileges.matchAll(/(\w+) \(([^)]*)\)/g)])
    .flatMap(([, word, list = '']) => (word === verb ? listOf(list.replaceAll(/[`"]/g, '')) : []));
  return (
    ['ALL PRIVILEGES', 'ALL', verb].some((it) => whole.includes(it)) ||
    columns.every((it) => some.includes(it.toUpperCase()))
  );
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((it) => it.trim());
}
