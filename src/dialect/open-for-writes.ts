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

/** A session that holds a lock on the whole server. */
export interface LockingSession {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly seconds: number;
  readonly lock: string;
}

/**
 * Who holds a lock on the whole server that writes wait for. Needs the performance schema, with the right to read it, and
 * its instrument for metadata locks, which is on by default from MySQL 8 on.
 */
export function globalLocksQuery(server: Pick<Server, 'flavor'>): Query<readonly LockingSession[]> {
  const held =
    server.flavor === 'mysql'
      ? "(l.OBJECT_TYPE IN ('GLOBAL', 'COMMIT') AND l.LOCK_TYPE = 'SHARED')"
      : "(l.OBJECT_TYPE = 'BACKUP' AND l.LOCK_TYPE IN ('BACKUP_FTWRL1', 'BACKUP_FTWRL2', 'BACKUP_WAIT_COMMIT'))";
  const sql =
    'SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host, t.PROCESSLIST_TIME AS seconds ' +
    'FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID ' +
    `WHERE l.LOCK_STATUS = 'GRANTED' AND ${held} AND t.PROCESSLIST_ID IS NOT NULL AND t.PROCESSLIST_ID <> CONNECTION_ID() ` +
    'GROUP BY id, user, host, seconds LIMIT 3';
  return { sql, parse: (rows) => rows.map(sessionIn) };
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

function sessionIn(row: Row): LockingSession {
  const columns = columnsOf(row, 'performance_schema.metadata_locks');
  return {
    id: columns.whole('id'),
    user: columns.optionalText('user') ?? '',
    host: columns.optionalText('host') ?? '',
    seconds: Math.max(0, Number(columns.optionalText('seconds') ?? 0)),
    lock: 'FLUSH TABLES WITH READ LOCK',
  };
}
