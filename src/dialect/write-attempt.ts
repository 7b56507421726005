import { columnsOf, type Query } from './answer.ts';
import { literal } from './literal.ts';

/** The schema and table of our own that the write probe writes in: one row for each cluster, which replicates. */
const schema = 'switchover';
const table = `${schema}.write_probe`;

/** Whether the server takes writes: our user may write on one that is read-only, and must not. */
export const closedQuery: Query<boolean> = {
  sql: 'SELECT @@GLOBAL.read_only AS closed',
  parse: (rows) => rows.some((row) => columnsOf(row, 'read_only').whole('closed') === 1),
};

/** Lock waits of this session end after a second, so that what is left to wait for is the storage. */
export const shortLockWaits = 'SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1';

/** Writes nothing where the server was closed meanwhile. `at`: milliseconds since the epoch. */
export function writeAttempt(cluster: string, at: number): string {
  const when = String(Math.floor(at));
  return `INSERT INTO ${table} (cluster, tried_at) SELECT ${literal(cluster)}, ${when} FROM DUAL WHERE @@GLOBAL.read_only = 0 ON DUPLICATE KEY UPDATE tried_at = ${when}`;
}

/** For people: the moment is known only as it is written. */
export function shownWriteAttempt(cluster: string): string {
  return writeAttempt(cluster, 0)
    .replaceAll('tried_at = 0', 'tried_at = <now>')
    .replace(', 0 FROM', ', <now> FROM');
}

/** What the first attempt in a cluster needs. */
export const writeTable: readonly string[] = [
  `CREATE DATABASE IF NOT EXISTS ${schema}`,
  `CREATE TABLE IF NOT EXISTS ${table} (cluster VARCHAR(150) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, tried_at BIGINT NOT NULL) ENGINE=InnoDB`,
];

/** What our user needs for it. */
export function writeGrant(user: string): string {
  return `GRANT CREATE, SELECT, INSERT, UPDATE ON ${schema}.* TO '${user}'@'%'`;
}

/** What the server's error number says about an attempt to write. */
export type AttemptError = 'storage' | 'rights' | 'no-table' | 'other';

/** No such schema, no such table. */
const absent: ReadonlySet<number> = new Set([1049, 1146]);

/** Denied: a schema, a table, a column, a right. */
const denied: ReadonlySet<number> = new Set([1044, 1142, 1143, 1227]);

/**
 * Files that cannot be written (3, 20, 1004 to 1006, 1015 to 1017, 1021, 1026, 1876, 1877, 1878), a full table space
 * or disk (1114, 3675), an engine that gives up (1030, 1180, 1194, 1195, 1836), a binary log that cannot be written (1598).
 */
const storage: ReadonlySet<number> = new Set([
  3, 20, 1004, 1005, 1006, 1015, 1016, 1017, 1021, 1026, 1030, 1114, 1180, 1194, 1195, 1598, 1836,
  1876, 1877, 1878, 3675,
]);

export function attemptError(errno: number | undefined): AttemptError {
  if (errno === undefined) {
    return 'other';
  }
  return absent.has(errno)
    ? 'no-table'
    : denied.has(errno)
      ? 'rights'
      : storage.has(errno)
        ? 'storage'
        : 'other';
}
