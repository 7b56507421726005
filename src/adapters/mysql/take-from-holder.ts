import type {
  LockAnswer,
  LockHolder,
  LockStatement,
  LockTerms,
} from '../../core/model/lock-answer.ts';
import { phrase } from '../../core/model/phrase.ts';
import { isPlainText } from '../../core/model/plain-text.ts';
import type { Clock } from '../../core/ports.ts';
import {
  lockHolderQuery,
  queueForLockQuery,
  sessionQuery,
  waitingForLockQuery,
  type ListedSession,
} from '../../dialect/advisory-lock.ts';
import { identityQuery } from '../../dialect/probe-queries.ts';
import { mayChangeReplicationQueries, type MayChange } from '../../dialect/rights-of-others.ts';
import { carriesSecret } from '../../dialect/secret-statement.ts';
import { readVersion } from '../../dialect/version.ts';
import { killStatement } from '../../dialect/writers.ts';
import { withoutLiterals } from '../../dialect/without-literals.ts';
import { throughSecond, type SecondWay } from './second-session.ts';
import type { Session } from './session.ts';

/** One question about who holds the lock, in milliseconds. */
const askMs = 2_000;
/** How long we stand in line while those before us are ended. */
const queueSeconds = 3;
const pauseMs = 20;

export interface TakingNeeds extends SecondWay {
  readonly clock: Clock;
}

/**
 * The lock is held by another session: says whose, or ends that session and takes the lock. We stand in line before it
 * is ended, so that no other session of that account comes between. Throws ReplicationError.
 */
export async function takeFromHolder(
  session: Session,
  terms: LockTerms,
  needs: TakingNeeds,
): Promise<LockAnswer> {
  const holder = await holderOf(session);
  if (holder === undefined) {
    return { kind: 'taken', by: phrase('a session that just ended'), end: null };
  }
  const heldSeconds = terms.heldSeconds(session.address, holder);
  if (terms.mayEnd(session.address, holder) && (await takeInLine(session, terms, needs))) {
    return { kind: 'held' };
  }
  const { user, client, session: id } = holder;
  return {
    kind: 'taken',
    by: phrase("session {id} of '{user}' from {client}, for at least {seconds} s", {
      id,
      user,
      client,
      seconds: Math.floor(Math.max(heldSeconds, holder.sameForSeconds)),
    }),
    end: killStatement(id),
  };
}

/** False when it was not our turn within the time. */
async function takeInLine(
  session: Session,
  terms: LockTerms,
  needs: TakingNeeds,
): Promise<boolean> {
  const over = new AbortController();
  return throughSecond(session, needs, over.signal, async (second) => {
    const { sql, parse } = queueForLockQuery(queueSeconds);
    const held = session
      .query(sql, queueSeconds * 1000 + askMs)
      .then(parse)
      .finally(() => {
        over.abort();
      });
    // It is awaited below; meanwhile a failure must not end the process.
    held.catch(() => undefined);
    while (!over.signal.aborted && (await endHolder(second, session.id, terms))) {
      await needs.clock.sleep(pauseMs, over.signal).catch(() => undefined);
    }
    return held;
  });
}

/** Ends the session that holds the lock, and those of its account that stand in line; false when that may not be. */
async function endHolder(second: Session, own: number, terms: LockTerms): Promise<boolean> {
  const holder = await holderOf(second);
  if (holder === undefined || holder.session === own) return true;
  if (!terms.mayEnd(second.address, holder)) return false;
  const waiting = waitingForLockQuery(holder.user);
  const inLine =
    holder.mayChangeReplication === false
      ? waiting.parse(await second.query(waiting.sql, askMs))
      : [];
  for (const id of [holder.session, ...inLine.map((it) => it.id)]) {
    // One that has ended meanwhile needs no ending.
    await second.query(killStatement(id), askMs).catch(() => []);
  }
  return true;
}

/** The session that holds the lock; undefined where none does, or where it just ended. Throws ReplicationError. */
export async function holderOf(session: Session): Promise<LockHolder | undefined> {
  const id = lockHolderQuery.parse(await session.query(lockHolderQuery.sql, askMs));
  if (id === null) return undefined;
  const { sql, parse } = sessionQuery(id);
  const [listed] = parse(await session.query(sql, askMs));
  return listed === undefined ? undefined : await withRights(session, listed);
}

async function withRights(session: Session, listed: ListedSession): Promise<LockHolder> {
  const { id, user, client, seconds, statement } = listed;
  return {
    session: id,
    user,
    client,
    sameForSeconds: seconds,
    mayChangeReplication: await mayChangeReplication(session, user),
    runs: shownStatement(statement),
  };
}

/** A right that we lack, or a name that cannot be written, leaves it unknown; a lost connection throws ReplicationError. */
async function mayChangeReplication(session: Session, user: string): Promise<MayChange> {
  const identity = identityQuery.parse(await session.query(identityQuery.sql, askMs));
  const version = readVersion(identity.version, identity.versionComment);
  if (!isPlainText(user)) return 'unknown';
  for (const { sql, parse } of mayChangeReplicationQueries(user, version)) {
    const told = await session.query(sql, askMs).then(parse, () => 'unknown' as const);
    if (told !== 'unknown') return told;
  }
  return 'unknown';
}

function shownStatement(sql: string | null): LockStatement {
  if (sql === null) return { kind: 'none' };
  return carriesSecret(sql) ? { kind: 'secret' } : { kind: 'statement', sql: withoutLiterals(sql) };
}
