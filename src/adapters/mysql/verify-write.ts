import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { shortLockWaits, writeGrant } from '../../dialect/write-attempt.ts';
import type { Waiting } from './waiting.ts';
import { writeError, writeRow } from './write-row.ts';

/**
 * Writes and commits one row of our own: the proof that applications can write. Where our user has no right to, that is
 * said, and what was read before stands for it. Throws ReplicationError.
 */
export async function verifyWrite(
  { session, clock, deadlineMs }: Waiting,
  cluster: string,
  ownUser: string,
): Promise<Phrase> {
  const began = clock.monotonic();
  try {
    await session.query(shortLockWaits, deadlineMs);
    await writeRow(session, { cluster, at: clock.now(), timeoutMs: deadlineMs });
  } catch (error) {
    if (writeError(error) === 'rights') {
      return phrase('No row was written: {user} has no right to. Grant it with {statement}.', {
        user: `'${ownUser}'`,
        statement: writeGrant(ownUser),
      });
    }
    throw error instanceof ReplicationError && error.code === 'hung'
      ? new ReplicationError(
          'refused-by-check',
          phrase('{address} did not finish writing a row within {count} ms.', {
            address: session.address,
            count: deadlineMs,
          }),
          { cause: error },
        )
      : error;
  }
  const count = Math.round(clock.monotonic() - began);
  return phrase('A row was written and committed within {count} ms.', { count });
}
