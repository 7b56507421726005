import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  closedToAllQuery,
  killStatement,
  noSuchSession,
  notOwnerOfSession,
  writersQuery,
  type ClientSession,
} from '../../dialect/writers.ts';
import type { Session } from './session.ts';
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
  const spared: ClientSession[] = [];
  for (const writer of await writers()) {
    if (await end(session, writer.id, { deadlineMs, first })) {
      ended.add(writer.id);
    } else {
      spared.push(writer);
    }
  }
  if (first) {
    checkSpared(spared, session.address);
  }
  // A killed session lives on until it has rolled back what it was doing.
  for (let left = await writers(); left.some((it) => ended.has(it.id)); left = await writers()) {
    // One whose commit waits for a replica, and all that commit behind it, live on until that master waits no more, which
    // is for a later step to say: their clients are gone, and take nothing for acknowledged.
    if (first && left.some((it) => it.waitsForReplica && ended.has(it.id))) {
      break;
    }
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
  return outcome(ended.size, spared.length, first);
}

/** To let a master wait no more would tell such a client that its commit is safe. */
function checkSpared(spared: readonly ClientSession[], address: string): void {
  const { length } = spared.filter((it) => it.waitsForReplica);
  if (length > 0) {
    throw new ReplicationError(
      'refused-by-check',
      phrase('{count} sessions that we may not end wait for a replica on {address}.', {
        count: length,
        address,
      }),
    );
  }
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
