import { columnsOf, onlyRow, type Query } from './answer.ts';
import { literal } from './literal.ts';

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

/** Waits in line for the lock, at most so long. */
export function queueForLockQuery(seconds: number): Query<boolean> {
  return { ...takeLockQuery, sql: `SELECT GET_LOCK('${lockName}', ${String(seconds)}) AS held` };
}

/** A session as the process list shows it. */
export interface ListedSession {
  readonly id: number;
  readonly user: string;
  /** `host:port` of its client. */
  readonly client: string;
  readonly seconds: number;
  /** The beginning of the statement that it runs; null for none. */
  readonly statement: string | null;
}

/** The session of this id; empty when it is gone. */
export function sessionQuery(id: number): Query<readonly ListedSession[]> {
  return sessionsWhere(`ID = ${String(id)}`);
}

/** Sessions of this user that wait in line for a lock of this kind. */
export function waitingForLockQuery(user: string): Query<readonly ListedSession[]> {
  return sessionsWhere(`USER = ${literal(user)} AND STATE = 'User lock'`);
}

function sessionsWhere(condition: string): Query<readonly ListedSession[]> {
  const sql = `SELECT ID, USER, HOST, TIME, LEFT(INFO, 100) AS INFO FROM information_schema.PROCESSLIST WHERE ${condition}`;
  return {
    sql,
    parse: (rows) =>
      rows
        .map((row) => columnsOf(row, sql))
        .map((columns) => ({
          id: columns.whole('ID'),
          user: columns.text('USER'),
          client: columns.optionalText('HOST') ?? '',
          seconds: Math.max(0, Number(columns.optionalText('TIME') ?? 0)),
          statement: columns.optionalText('INFO'),
        })),
  };
}
