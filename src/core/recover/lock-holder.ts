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

/** Two looks further apart than this are not one time of holding, where sessions of an account take turns. Seconds. */
const longestGapSeconds = 60;

interface Sighting {
  readonly session: number;
  readonly user: string;
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly last: number;
}

/** Remembers since when who was seen to hold a lock. */
export function lockTerms(clock: Pick<Clock, 'monotonic'>): (delaySeconds: number) => LockTerms {
  const seen = new Map<string, Sighting>();
  const heldSeconds = (address: string, holder: LockHolder): number => {
    const now = clock.monotonic();
    const before = seen.get(address);
    const { session, user } = holder;
    const since = before !== undefined && goesOn(before, holder, now) ? before.since : now;
    seen.set(address, { session, user, since, last: now });
    return (now - since) / 1000;
  };
  return (delaySeconds) => ({
    heldSeconds,
    mayEnd: (address, holder) =>
      mayBeEnded(holder, heldSeconds(address, holder), delaySeconds + otherStepsSeconds),
  });
}

/**
 * Sessions of an account whose rights we are not shown could hand the lock on for ever: their time counts as one. An
 * account that may change replication may run one plan after the other: each of its sessions counts for itself.
 */
function goesOn(before: Sighting, holder: LockHolder, now: number): boolean {
  if (before.session === holder.session) return true;
  return (
    holder.mayChangeReplication === 'unknown' &&
    before.user === holder.user &&
    now - before.last <= longestGapSeconds * 1000
  );
}
