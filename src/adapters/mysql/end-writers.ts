import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { killStatement, noSuchSession, writersQuery } from '../../dialect/writers.ts';
import type { Session } from './connect.ts';
import type { Waiting } from './waiting.ts';

const pauseMs = 10;

/**
 * Ends every client session but those of our own user, so that nobody keeps a connection that could still write.
 * Clients that log in again meanwhile meet a server that is read-only. One pass, then a look whether all are gone.
 */
export async function endWriters(
  { session, clock, deadlineMs, signal }: Waiting,
  ownUser: string,
): Promise<Phrase> {
  const endsAt = clock.monotonic() + deadlineMs;
  const { sql, parse } = writersQuery([session.id]);
  const writers = async () =>
    parse(await session.query(sql, deadlineMs)).filter((it) => it.user !== ownUser);
  const ended = new Set((await writers()).map((it) => it.id));
  for (const id of ended) {
    await end(session, id, deadlineMs);
  }
  // A killed session lives on until it has rolled back what it was doing.
  while ((await writers()).some((it) => ended.has(it.id))) {
    if (clock.monotonic() > endsAt) {
      throw new ReplicationError(
        'deadline',
        phrase('Sessions on {address} did not end within {count} ms.', {
          address: session.address,
          count: deadlineMs,
        }),
      );
    }
    await clock.sleep(pauseMs, signal);
  }
  return ended.size === 1
    ? phrase('1 session ended.')
    : phrase('{count} sessions ended.', { count: ended.size });
}

async function end(session: Session, id: number, deadlineMs: number): Promise<void> {
  try {
    await session.query(killStatement(id), deadlineMs);
  } catch (error) {
    if (!(error instanceof ReplicationError) || error.errno !== noSuchSession) {
      throw error;
    }
  }
}
