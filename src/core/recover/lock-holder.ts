import type { LockHolder, LockTerms } from '../model/lock-answer.ts';
import type { Clock } from '../ports.ts';

/** A plan waits for appliers as long as the settings say; all its other steps together end within this. Seconds. */
const otherStepsSeconds = 600;

/**
 * Any account may take the lock, also one without any right, and would keep every promotion from happening. A session is
 * ended that cannot be another Switchover at work: its account may not change replication, or it has held the lock longer
 * than any plan lasts.
 */
export function mayBeEnded(
  { mayChangeReplication, sameForSeconds }: LockHolder,
  heldSeconds: number,
  longestPlanSeconds: number,
): boolean {
  return (
    mayChangeReplication === false || Math.max(heldSeconds, sameForSeconds) > longestPlanSeconds
  );
}

/** Remembers since when which session was seen to hold a lock. */
export function lockTerms(clock: Pick<Clock, 'monotonic'>): (delaySeconds: number) => LockTerms {
  const seen = new Map<string, { readonly session: number; readonly since: number }>();
  const heldSeconds = (address: string, session: number): number => {
    const now = clock.monotonic();
    const before = seen.get(address);
    const since = before?.session === session ? before.since : now;
    seen.set(address, { session, since });
    return (now - since) / 1000;
  };
  return (delaySeconds) => ({
    heldSeconds,
    mayEnd: (address, holder) =>
      mayBeEnded(holder, heldSeconds(address, holder.session), delaySeconds + otherStepsSeconds),
  });
}
