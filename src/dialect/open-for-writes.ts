import type { Server } from '../core/model/instance.ts';
import { columnsOf, onlyRow, type Query, type Row } from './answer.ts';
import { can } from './capabilities.ts';
import { variablesIn } from './variables.ts';
import type { Version } from './version.ts';
import { barrierNames, barriersIn } from './write-barriers.ts';

const variables = `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'super_read_only', ${barrierNames.map((it) => `'${it}'`).join(', ')})`;

export const barriersQuery: Query<readonly string[]> = {
  sql: variables,
  parse: (rows) => {
    const columns = variablesIn(rows, 'SHOW GLOBAL VARIABLES');
    const readOnly = columns.text('read_only').toUpperCase();
    return [
      ...(readOnly === 'OFF' || readOnly === '0' ? [] : ['read_only']),
      ...barriersIn((name) => columns.optionalText(name)),
    ];
  },
};

/** How many sessions wait behind a lock on the whole server: nobody but its holder writes. */
export const waitingWritersQuery: Query<number> = {
  sql: "SELECT COUNT(*) AS waiting FROM information_schema.PROCESSLIST WHERE STATE IN ('Waiting for global read lock', 'Waiting for commit lock', 'Waiting for backup lock')",
  parse: (rows) => onlyRow(rows, 'information_schema.PROCESSLIST').whole('waiting'),
};

/**
 * What waits for it or is refused. `promotion`: MySQL stops no applier under `LOCK INSTANCE FOR BACKUP` (error 3857), so
 * the replica cannot become a master; a server that is open takes writes under it.
 */
export type KeptOut = 'writes' | 'promotion' | 'ddl';

/** A session that holds a lock on the whole server. */
export interface LockingSession {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly seconds: number;
  /** The statement that takes such a lock. */
  readonly lock: string;
  readonly keepsOut: KeptOut;
}

/** Locks on the whole server, as `performance_schema.metadata_locks` names them. The first that fits counts. */
const heldLocks: Readonly<
  Record<
    Server['flavor'],
    readonly (Pick<LockingSession, 'lock' | 'keepsOut'> & { readonly where: string })[]
  >
> = {
  mysql: [
    {
      lock: 'FLUSH TABLES WITH READ LOCK',
      keepsOut: 'writes',
      where: "l.OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND l.LOCK_TYPE = 'SHARED'",
    },
    {
      lock: 'LOCK INSTANCE FOR BACKUP',
      keepsOut: 'promotion',
      where: "l.OBJECT_TYPE = 'BACKUP LOCK' AND l.LOCK_TYPE = 'SHARED'",
    },
  ],
  mariadb: [
    {
      lock: 'FLUSH TABLES WITH READ LOCK',
      keepsOut: 'writes',
      where: "l.OBJECT_TYPE = 'BACKUP' AND l.LOCK_TYPE IN ('BACKUP_FTWRL1', 'BACKUP_FTWRL2')",
    },
    {
      lock: 'BACKUP STAGE BLOCK_COMMIT',
      keepsOut: 'writes',
      where: "l.OBJECT_TYPE = 'BACKUP' AND l.LOCK_TYPE = 'BACKUP_WAIT_COMMIT'",
    },
    {
      // Whatever the stage, the server names the lock of the first one.
      lock: 'BACKUP STAGE',
      keepsOut: 'ddl',
      where: "l.OBJECT_TYPE = 'BACKUP' AND l.LOCK_TYPE = 'BACKUP_BLOCK_DDL'",
    },
  ],
};

/**
 * Who holds a lock on the whole server, those that keep writes out first. Needs the performance schema, with the right to read it, and
 * its instrument for metadata locks, which is on by default from MySQL 8 on.
 */
export function globalLocksQuery(server: Pick<Server, 'flavor'>): Query<readonly LockingSession[]> {
  const kinds = heldLocks[server.flavor];
  const kind = kinds.map(({ where }, place) => `WHEN ${where} THEN ${String(place)}`).join(' ');
  const any = kinds.map(({ where }) => `(${where})`).join(' OR ');
  const sql =
    `SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host, t.PROCESSLIST_TIME AS seconds, MIN(CASE ${kind} END) AS kind ` +
    'FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID ' +
    `WHERE l.LOCK_STATUS = 'GRANTED' AND (${any}) AND t.PROCESSLIST_ID IS NOT NULL AND t.PROCESSLIST_ID <> CONNECTION_ID() ` +
    'GROUP BY id, user, host, seconds ORDER BY kind LIMIT 3';
  return { sql, parse: (rows) => rows.map((row) => sessionIn(row, kinds)) };
}

/** What we are granted for that, and to see who holds a table; none of it holds a password. */
export function readsGlobalLocks(version: Version): readonly string[] {
  return can(version, 'metadataLocks')
    ? [
        'SELECT (OBJECT_TYPE, OBJECT_SCHEMA, OBJECT_NAME, LOCK_TYPE, LOCK_STATUS, OWNER_THREAD_ID) ON performance_schema.metadata_locks',
        'SELECT (THREAD_ID, PROCESSLIST_ID, PROCESSLIST_USER, PROCESSLIST_HOST, PROCESSLIST_COMMAND, PROCESSLIST_TIME) ON performance_schema.threads',
      ]
    : [];
}

function sessionIn(
  row: Row,
  kinds: readonly Pick<LockingSession, 'lock' | 'keepsOut'>[],
): LockingSession {
  const columns = columnsOf(row, 'performance_schema.metadata_locks');
  const { lock, keepsOut } = kinds[columns.whole('kind')] ?? {
    lock: 'FLUSH TABLES WITH READ LOCK',
    keepsOut: 'writes',
  };
  return {
    id: columns.whole('id'),
    user: columns.optionalText('user') ?? '',
    host: columns.optionalText('host') ?? '',
    seconds: Math.max(0, Number(columns.optionalText('seconds') ?? 0)),
    lock,
    keepsOut,
  };
}
