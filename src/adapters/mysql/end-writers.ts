import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Action } from '../../core/model/plan.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  closedToAllQuery,
  clientsAtOnce,
  clientsQuery,
  killStatement,
  leftQuery,
  noSuchSession,
  notOwnerOfSession,
  powerfulUsersQuery,
  type ClientSession,
  type ClientsWish,
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
  const idle = await idleToEnd(waiting, { whom, closedToAll });
  const wish = { own: session.id, ownUser, idle };
  const { ended, spared } = await endClients(session, wish, { deadlineMs, sparing: hindered });
  if (first) {
    checkSpared(spared, session.address);
  }
  if (whom !== 'the-rest') {
    await untilGone(waiting, ended, first);
  }
  return outcome(ended.size, spared.length, first);
}

/**
 * Once a server is closed, an idle session can write only where its account may pass over that; all others are ended when
 * the new master is open: what is done while nobody can write must not grow with the number of clients.
 */
async function idleToEnd(
  waiting: Waiting,
  { whom, closedToAll }: { readonly whom: Ending['whom']; readonly closedToAll: boolean },
): Promise<'all' | readonly string[]> {
  if (whom !== 'could-write') return 'all';
  if (closedToAll) return [];
  const powerful = await powerfulUsers(waiting);
  return powerful === 'unknown' ? 'all' : powerful;
}

/** What was learned before writes stopped, by the session that asked. */
const learned = new WeakMap<Session, Promise<readonly string[] | 'unknown'>>();

/** Asks before writes stop who could pass over `read_only`: among thousands of accounts that takes its time. */
export async function learnPowerfulUsers(waiting: Waiting): Promise<void> {
  const { session, deadlineMs } = waiting;
  if (await knowsSuperReadOnly(session, deadlineMs)) return;
  learned.set(session, askPowerfulUsers(waiting));
  await learned.get(session);
}

/** `unknown` where we may not read the rights of others. */
async function powerfulUsers(waiting: Waiting): Promise<readonly string[] | 'unknown'> {
  const known = learned.get(waiting.session);
  // Another plan asks anew.
  learned.delete(waiting.session);
  return known ?? askPowerfulUsers(waiting);
}

async function askPowerfulUsers({
  session,
  server,
  deadlineMs,
}: Waiting): Promise<readonly string[] | 'unknown'> {
  const { sql, parse } = powerfulUsersQuery(server);
  return session
    .query(sql, deadlineMs)
    .then(parse)
    .catch(() => 'unknown' as const);
}

/** A killed session lives on until it has rolled back what it was doing. */
async function untilGone(
  { session, clock, deadlineMs, signal }: Waiting,
  ended: ReadonlySet<number>,
  first: boolean,
): Promise<void> {
  if (ended.size === 0) return;
  const endsAt = clock.monotonic() + deadlineMs;
  const { sql, parse } = leftQuery([...ended]);
  for (;;) {
    const left = parse(await session.query(sql, deadlineMs));
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

/** All of a wish, as many at once as a server tells. */
export async function endClients(
  session: Session,
  wish: ClientsWish,
  {
    deadlineMs,
    sparing,
    which = () => true,
  }: {
    readonly deadlineMs: number;
    readonly sparing: boolean;
    readonly which?: (client: ClientSession) => boolean;
  },
): Promise<Ended> {
  const ended = new Set<number>();
  const spared: ClientSession[] = [];
  let after = 0;
  for (;;) {
    const { sql, parse } = clientsQuery({ ...wish, after });
    const clients = parse(await session.query(sql, deadlineMs));
    const more = await endAll(session, clients.filter(which), deadlineMs, sparing);
    more.ended.forEach((id) => ended.add(id));
    spared.push(...more.spared);
    const last = clients.at(-1);
    if (last === undefined || clients.length < clientsAtOnce) return { ended, spared };
    after = last.id;
  }
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
async function endAll(
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

/** Whether `super_read_only` is there: then no right passes over it. */
async function knowsSuperReadOnly(session: Session, deadlineMs: number): Promise<boolean> {
  return session.query(closedToAllQuery.sql, deadlineMs).then(
    () => true,
    () => false,
  );
}

async function isClosedToAll(session: Session, deadlineMs: number): Promise<boolean> {
  const { sql, parse } = closedToAllQuery;
  return session.query(sql, deadlineMs).then(parse, () => false);
}
