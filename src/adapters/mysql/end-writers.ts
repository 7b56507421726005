import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  closedToAllQuery,
  killStatement,
  noSuchSession,
  notOwnerOfSession,
  writersQuery,
} from '../../dialect/writers.ts';
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
  first: boolean,
): Promise<Phrase> {
  const endsAt = clock.monotonic() + deadlineMs;
  const { sql, parse } = writersQuery([session.id]);
  const writers = async () =>
    parse(await session.query(sql, deadlineMs)).filter((it) => it.user !== ownUser);
  const ended = new Set<number>();
  let spared = 0;
  for (const { id } of await writers()) {
    if (await end(session, id, { deadlineMs, first })) {
      ended.add(id);
    } else {
      spared += 1;
    }
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
  return outcome(ended.size, spared, first);
}

function outcome(count: number, spared: number, first: boolean): Phrase {
  if (spared > 0) {
    return first
      ? phrase('{count} sessions ended; {spared} may not be ended by us before it is closed.', {
          count,
          spared,
        })
      : phrase('{count} sessions ended; {spared} may not be ended by us and can write no more.', {
          count,
          spared,
        });
  }
  return count === 1 ? phrase('1 session ended.') : phrase('{count} sessions ended.', { count });
}

/**
 * False for a session of a user who outranks ours, on a server that is closed to all or is closed next; elsewhere that
 * is a failure.
 */
async function end(
  session: Session,
  id: number,
  { deadlineMs, first }: { readonly deadlineMs: number; readonly first: boolean },
): Promise<boolean> {
  try {
    await session.query(killStatement(id), deadlineMs);
    return true;
  } catch (error) {
    const errno = error instanceof ReplicationError ? error.errno : undefined;
    if (errno === notOwnerOfSession && (first || (await isClosedToAll(session, deadlineMs)))) {
      return false;
    }
    if (errno !== noSuchSession) {
      throw error;
    }
    return true;
  }
}

async function isClosedToAll(session: Session, deadlineMs: number): Promise<boolean> {
  const { sql, parse } = closedToAllQuery;
  return session.query(sql, deadlineMs).then(parse, () => false);
}
