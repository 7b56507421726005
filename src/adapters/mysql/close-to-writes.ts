import { phrase, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock } from '../../core/ports.ts';
import { clientsQuery, type ClientSession } from '../../dialect/writers.ts';
import { runBounded } from './bounded-statement.ts';
import { endClients } from './end-writers.ts';
import { throughSecond, type SecondWay } from './second-session.ts';
import type { Session } from './session.ts';

/** Closing waits for no statement of a client longer than this; writes wait behind it meanwhile. Milliseconds. */
const patienceMs = 150;
/** How long those get who were ended before idle sessions are ended too. Milliseconds. */
const turnMs = 150;

/** A commit that waits for its acknowledgement as usual is done by then. Milliseconds. */
const againMs = 50;

export interface ClosingNeeds extends SecondWay {
  readonly clock: Clock;
}

/**
 * Closes a server to writes. A session with LOCK TABLES, or a statement that itself waits, such as an ALTER behind an open
 * transaction, would hold that up, and all writes with it: such sessions are ended, as all are once it is closed. First
 * what waits for a lock on a table, then also what is idle. Never one that works or commits. Throws ReplicationError, with
 * the name of who stands in the way.
 */
export async function closeToWrites(
  session: Session,
  sql: string,
  deadlineMs: number,
  needs: ClosingNeeds,
): Promise<Phrase | null> {
  const over = new AbortController();
  const closing = runBounded(session, sql, deadlineMs, needs).finally(() => {
    over.abort();
  });
  const ended = endThoseInTheWay(session, needs, over.signal).catch(() => 0);
  try {
    await closing;
  } catch (error) {
    const inTheWay = await nameThoseInTheWay(session, needs);
    throw inTheWay === undefined || !(error instanceof ReplicationError)
      ? error
      : new ReplicationError(
          error.code,
          phrase('{because} In the way: {sessions}.', { because: error.says, sessions: inTheWay }),
          { cause: error },
        );
  }
  const count = await ended;
  return count === 0 ? null : phrase('{count} sessions in the way were ended.', { count });
}

/** How many were ended. */
async function endThoseInTheWay(
  session: Session,
  needs: ClosingNeeds,
  over: AbortSignal,
): Promise<number> {
  const { login, connectTimeoutMs, clock } = needs;
  await clock.sleep(patienceMs, over).catch(() => undefined);
  if (over.aborted) return 0;
  return throughSecond(session, needs, over, async (second) => {
    if (await commitsAreStuck(second, session.id, needs)) return 0;
    let count = 0;
    for (const idle of [[], 'all'] as const) {
      const wish = { own: session.id, ownUser: login.user, idle };
      const { ended } = await endClients(second, wish, {
        deadlineMs: connectTimeoutMs,
        sparing: true,
        which: mayBeEnded,
      });
      count += ended.size;
      await clock.sleep(turnMs, over).catch(() => undefined);
      if (over.aborted) break;
    }
    return count;
  });
}

/** One that waits for a replica for good holds the closing up whoever is ended: then nobody is ended in vain. */
async function commitsAreStuck(
  second: Session,
  own: number,
  { login, clock, connectTimeoutMs }: ClosingNeeds,
): Promise<boolean> {
  const { sql, parse } = clientsQuery({ own, ownUser: login.user, idle: [] });
  const waiting = async (): Promise<readonly number[]> =>
    parse(await second.query(sql, connectTimeoutMs))
      .filter((it) => it.waitsForReplica)
      .map((it) => it.id);
  const before = await waiting();
  if (before.length === 0) return false;
  await clock.sleep(againMs, AbortSignal.timeout(connectTimeoutMs));
  const still = await waiting();
  return still.some((it) => before.includes(it));
}

/**
 * Idle, or waiting for a lock on a table. What works is left alone: a commit that is ended while it writes the binary log,
 * on a disk that is full, can stay in the storage engine and be missing in the log.
 */
function mayBeEnded({ command, state }: ClientSession): boolean {
  return command === 'Sleep' || /^waiting for (table|schema|stored)/i.test(state);
}

/** Its write waits behind the closing, and is refused once that is done. */
function waitsForUs({ state }: ClientSession): boolean {
  return /waiting for (global read|commit|backup) lock/i.test(state);
}

/** Those that are still there and do something, longest first; undefined where there are none, or nobody tells. */
async function nameThoseInTheWay(
  session: Session,
  needs: ClosingNeeds,
): Promise<string | undefined> {
  const { login, connectTimeoutMs } = needs;
  const { sql, parse } = clientsQuery({
    own: session.id,
    ownUser: login.user,
    idle: [],
    order: 'longest-first',
  });
  try {
    const clients = await throughSecond(
      session,
      needs,
      AbortSignal.timeout(connectTimeoutMs),
      async (second) => parse(await second.query(sql, connectTimeoutMs)),
    );
    const named = clients
      .filter((it) => !waitsForUs(it))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, 3)
      .map(describeSession);
    return named.length === 0 ? undefined : named.join('; ');
  } catch {
    return undefined;
  }
}

function describeSession({ id, user, host, seconds, state, statement }: ClientSession): string {
  const doing = [statement, state].filter((it) => it !== '').join(', ');
  return `${String(id)} ${user}@${host} (${String(seconds)} s${doing === '' ? '' : `: ${doing}`})`;
}
