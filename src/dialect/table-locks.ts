import type { Server } from '../core/model/instance.ts';
import { columnsOf, type Query, type Row } from './answer.ts';
import { can } from './capabilities.ts';

/** An idle session that holds a table with LOCK TABLES ... WRITE. */
export interface TableLock {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  /** For how long it has been idle. */
  readonly seconds: number;
  /** `schema.table`. */
  readonly table: string;
}

const fromPerformanceSchema =
  'SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS host, t.PROCESSLIST_TIME AS seconds, ' +
  "CONCAT(MIN(l.OBJECT_SCHEMA), '.', MIN(l.OBJECT_NAME)) AS locked " +
  'FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID ' +
  "WHERE l.LOCK_STATUS = 'GRANTED' AND l.OBJECT_TYPE = 'TABLE' AND l.LOCK_TYPE = 'SHARED_NO_READ_WRITE' " +
  "AND t.PROCESSLIST_COMMAND = 'Sleep' GROUP BY id, user, host, seconds ORDER BY seconds DESC LIMIT 3";

/** The plugin `metadata_lock_info` of MariaDB. */
const fromPlugin =
  'SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.TIME AS seconds, ' +
  "CONCAT(MIN(l.TABLE_SCHEMA), '.', MIN(l.TABLE_NAME)) AS locked " +
  'FROM information_schema.METADATA_LOCK_INFO l JOIN information_schema.PROCESSLIST p ON p.ID = l.THREAD_ID ' +
  "WHERE l.LOCK_MODE = 'MDL_SHARED_NO_READ_WRITE' AND l.LOCK_TYPE = 'Table metadata lock' " +
  "AND p.COMMAND = 'Sleep' GROUP BY id, user, host, seconds ORDER BY seconds DESC LIMIT 3";

/**
 * Who holds tables without doing anything, by each way that a server may tell it: the first that answers. They need the
 * instrument for metadata locks, on by default from MySQL 8 on, or on MariaDB the plugin.
 */
export function tableLocksQueries({
  flavor,
}: Pick<Server, 'flavor'>): readonly Query<readonly TableLock[]>[] {
  const ways = flavor === 'mysql' ? [fromPerformanceSchema] : [fromPlugin, fromPerformanceSchema];
  return ways.map((sql) => ({ sql, parse: (rows) => rows.map(lockIn) }));
}

function lockIn(row: Row): TableLock {
  const columns = columnsOf(row, 'metadata locks');
  return {
    id: columns.whole('id'),
    user: columns.optionalText('user') ?? '',
    host: columns.optionalText('host') ?? '',
    seconds: Math.max(0, Number(columns.optionalText('seconds') ?? 0)),
    table: columns.optionalText('locked') ?? '',
  };
}

/**
 * Names of users whose sessions only a user with SYSTEM_USER may end; none where ours has it, or the release knows no such
 * right. Of accounts that we may not see it tells nothing.
 */
export function outrankingUsersQuery(
  server: Pick<Server, 'flavor' | 'release'>,
): Query<readonly string[]> | null {
  if (!can(server, 'systemUser')) return null;
  const own =
    "CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))";
  return {
    sql:
      'SELECT DISTINCT USER AS whose, EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES ' +
      `WHERE PRIVILEGE_TYPE = 'SYSTEM_USER' AND GRANTEE = ${own}) AS ours FROM mysql.global_grants WHERE PRIV = 'SYSTEM_USER' LIMIT 1000`,
    parse: (rows) => {
      const told = rows.map((row) => columnsOf(row, 'mysql.global_grants'));
      if (told.some((it) => it.whole('ours') === 1)) return [];
      return told.map((it) => it.text('whose'));
    },
  };
}
