import { onlyRow, type Query } from './answer.ts';

/**
 * The lock that whoever changes a server's replication holds on it. One name for all clusters: the lock lives on the
 * server, and two people may call the same cluster by different names. MySQL 5.6 holds one lock per session, which is enough.
 */
const lockName = 'switchover.recovery';

/** Takes the lock without waiting; false when another session holds it. */
export const takeLockQuery: Query<boolean> = {
  sql: `SELECT GET_LOCK('${lockName}', 0) AS held`,
  parse: (rows) => onlyRow(rows, 'GET_LOCK').optionalWhole('held') === 1,
};

/** The id of the session that holds it; null when nobody does. */
export const lockHolderQuery: Query<number | null> = {
  sql: `SELECT IS_USED_LOCK('${lockName}') AS holder`,
  parse: (rows) => onlyRow(rows, 'IS_USED_LOCK').optionalWhole('holder'),
};

/** Whether this very session holds it. */
export const holdsLockQuery: Query<boolean> = {
  sql: `SELECT IS_USED_LOCK('${lockName}') = CONNECTION_ID() AS held`,
  parse: (rows) => onlyRow(rows, 'IS_USED_LOCK').optionalWhole('held') === 1,
};

/** Gives the lock back, where the session goes on. */
export const releaseLock = `DO RELEASE_LOCK('${lockName}')`;

/** How long a session may be idle before the server ends it, and its lock with it. */
export function endWhenIdle(seconds: number): string {
  return `SET SESSION wait_timeout = ${String(Math.max(1, Math.floor(seconds)))}`;
}

/** Keeps a session from being idle. */
export const keepAlive = 'DO 1';
