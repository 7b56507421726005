import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  closedToAllQuery,
  clientsQuery,
  killStatement,
  noSuchSession,
  notOwnerOfSession,
  powerfulUsersQuery,
  type ClientSession,
} from '../../dialect/writers.ts';
import type { Session } from './session.ts';
import type { Waiting } from './waiting.ts';

const pauseMs = 10;
/** So many sessions are ended in one round trip. */
const batchSize = 500;

type Ending = Extract<Action, { readonly do: 'end-writers' }>;

/**
 * Ends client sessions of others than our own user, so that nobody keeps a connection that could still write. Clients that
 * log in again meanwhile meet a server that is read-only. One pass, then a look whether those are gone that had to.
 */
export async function endWriters(
  waiting: Waiting,
  ownUser: string,
  { first, whom }: Pick<Ending, 'first' | 'whom'>,
): Promise<Phrase> {
  const { session, deadlineMs } = waiting;
  const closedToAll = await isClosedToAll(session, deadlineMs);
  const hindered = first || closedToAll;
  const chosen = await choose(waiting, ownUser, { whom, closedToAll });
  const { ended, spared } = await endAll(session, chosen, deadlineMs, hindered);
  if (first) {
    checkSpared(spared, session.address);
  }
  if (whom !== 'the-rest') {
    await untilGone(waiting, ownUser, ended, first);
  }
  return outcome(ended.size, spared.length, first);
}

/**
 * Once a server is closed, an idle session can write only where its account may pass over that; all others are ended when
 * the new master is open: what is done while nobody can write must not grow with the number of clients.
 */
async function choose(
  { session, deadlineMs }: Waiting,
  ownUser: string,
  { whom, closedToAll }: { readonly whom: Ending['whom']; readonly closedToAll: boolean },
): Promise<readonly ClientSession[]> {
  const idleToo = whom !== 'could-write';
  const powerful = idleToo || closedToAll ? [] : await powerfulUsers(session, deadlineMs);
  const { sql, parse } = clientsQuery({
    own: session.id,
    ownUser,
    idle: idleToo || powerful === 'unknown' ? 'all' : powerful,
  });
  return parse(await session.query(sql, deadlineMs));
}

/** `unknown` where we may not read the rights of others. */
async function powerfulUsers(
  session: Session,
  deadlineMs: number,
): Promise<readonly string[] | 'unknown'> {
  const { sql, parse } = powerfulUsersQuery;
  return session.query(sql, deadlineMs).then(parse, () => 'unknown' as const);
}

/** A killed session lives on until it has rolled back what it was doing. */
async function untilGone(
  { session, clock, deadlineMs, signal }: Waiting,
  ownUser: string,
  ended: ReadonlySet<number>,
  first: boolean,
): Promise<void> {
  if (ended.size === 0) return;
  const endsAt = clock.monotonic() + deadlineMs;
  const { sql, parse } = clientsQuery({ own: session.id, ownUser, idle: 'all' });
  for (;;) {
    const rows = parse(await session.query(sql, deadlineMs));
    const left = rows.filter((it) => ended.has(it.id));
    // One whose commit waits for a replica, and all that commit behind it, live on until that master waits no more, which
    // is for a later step to say: their clients are gone, and take nothing for acknowledged.
    if (left.length === 0 || (first && left.some((it) => it.waitsForReplica))) return;
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

export interface Ended {
  /** By id; one that had ended by itself counts. */
  readonly ended: ReadonlySet<number>;
  readonly spared: readonly ClientSession[];
}

/**
 * Many in one round trip. A session of a user who outranks ours is spared where `sparing`, on a server that is closed to
 * all or is closed next; elsewhere that is a failure.
 */
export async function endAll(
  session: Session,
  sessions: readonly ClientSession[],
  deadlineMs: number,
  sparing: boolean,
): Promise<Ended> {
  const ended = new Set<number>();
  const spared: ClientSession[] = [];
  let rest = sessions;
  while (rest.length > 0) {
    const batch = rest.slice(0, batchSize);
    const statements = batch.map((it) => killStatement(it.id));
    const { done, failed } = await session.attempt(statements, deadlineMs);
    batch.slice(0, done).forEach((it) => ended.add(it.id));
    const refused = failed === undefined ? undefined : batch[done];
    if (failed !== undefined && refused !== undefined) {
      if (failed.errno === noSuchSession) {
        ended.add(refused.id);
      } else if (failed.errno === notOwnerOfSession && sparing) {
        spared.push(refused);
      } else {
        throw failed;
      }
    }
    rest = rest.slice(refused === undefined ? batch.length : done + 1);
  }
  return { ended, spared };
}

async function isClosedToAll(session: Session, deadlineMs: number): Promise<boolean> {
  const { sql, parse } = closedToAllQuery;
  return session.query(sql, deadlineMs).then(parse, () => false);
}
