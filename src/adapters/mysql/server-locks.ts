import type { Server } from '../../core/model/instance.ts';
import { phrase, type Phrase } from '../../core/model/phrase.ts';
import type { Hindrance } from '../../core/ports.ts';
import { globalLocksQuery, type LockingSession } from '../../dialect/open-for-writes.ts';
import type { Session } from './session.ts';

/** Sessions that hold a lock on the whole server; undefined where the server does not tell. */
export async function serverLocks(
  session: Session,
  server: Pick<Server, 'flavor'>,
  timeoutMs: number,
): Promise<readonly LockingSession[] | undefined> {
  const { sql, parse } = globalLocksQuery(server);
  return session.query(sql, timeoutMs).then(parse, () => undefined);
}

/** One that forbids a promotion is worse than one that only keeps writes out. */
export function worstOf(locks: readonly LockingSession[]): Hindrance | undefined {
  return (['promotion', 'writes'] as const)
    .flatMap((keepsOut) => {
      const lock = locks.find((it) => it.keepsOut === keepsOut);
      return lock === undefined ? [] : [{ says: describeLock(lock), keepsOut }];
    })
    .at(0);
}

/** Whose session holds it, for how long, and how to end it. */
export function describeLock({ id, user, host, seconds, lock }: LockingSession): Phrase {
  return phrase(
    "session {id} of '{user}' from {host} holds {lock} for {seconds} s; end it with {statement}",
    { id, user, host, lock, seconds, statement: `KILL CONNECTION ${String(id)}` },
  );
}
