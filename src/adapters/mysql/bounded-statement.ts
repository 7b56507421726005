import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { boundLockWaits } from '../../dialect/session.ts';
import { killStatement } from '../../dialect/writers.ts';
import { throughSecond, type SecondWay } from './second-session.ts';
import type { Session } from './session.ts';

/**
 * Runs a statement that may wait for locks, such as closing a master behind a commit that waits. The server itself
 * gives up a moment before the deadline. Where it does not, its session is ended from outside, so that the statement
 * cannot take effect later, when everything was taken back already. Throws ReplicationError.
 */
export async function runBounded(
  session: Session,
  sql: string,
  deadlineMs: number,
  second: SecondWay,
): Promise<void> {
  const seconds = Math.floor(deadlineMs / 1000) - 1;
  try {
    // Both in one round trip: writes may be stopped meanwhile.
    await session.queryAll([boundLockWaits(seconds), sql], deadlineMs);
  } catch (error) {
    if (error instanceof ReplicationError && error.code === 'hung') {
      await endFromOutside(session, second);
      throw new ReplicationError(
        'deadline',
        phrase('{address} did not finish "{statement}" within {count} ms.', {
          address: session.address,
          statement: firstWords(sql),
          count: deadlineMs,
        }),
        { cause: error },
      );
    }
    throw error;
  }
}

/** Best effort within its own bound: a server that lets nobody in cannot be told anything. */
async function endFromOutside(session: Session, way: SecondWay): Promise<void> {
  const { connectTimeoutMs } = way;
  try {
    await throughSecond(session, way, AbortSignal.timeout(connectTimeoutMs), (second) =>
      second.query(killStatement(session.id), connectTimeoutMs),
    );
  } catch {
    // The step has failed already, and says so.
  }
}

/** A statement's beginning: enough to tell it, never as far as a password. */
function firstWords(sql: string): string {
  return sql.split(/\s+/).slice(0, 4).join(' ');
}
