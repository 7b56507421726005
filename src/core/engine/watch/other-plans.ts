import { isPromotion, type Recovery } from '../../model/recovery.ts';
import type { Clock } from '../../ports.ts';

/** How often the store is asked whether somebody else promotes, in milliseconds. */
const everyMs = 100;
/** A promotion elsewhere that takes longer is stuck: applications are not kept waiting for it. */
const longestMs = 30_000;

export interface OtherPlans {
  readonly clock: Clock;
  readonly actor: string;
  /** The newest recovery of the cluster, whoever performs it. */
  readonly newest: () => Recovery | undefined;
  /** Proxies of this process let new connections wait. */
  readonly hold: () => void;
  /** Called every time. */
  readonly beat: () => void;
  /** Look now: the master may have changed. */
  readonly wake: () => void;
}

/** A promotion by another process, such as the command line, whose new master is not open yet. */
export function promotedElsewhere(recovery: Recovery | undefined, actor: string): boolean {
  return recovery?.state === 'running' && recovery.actor !== actor && isPromotion(recovery);
}

/**
 * While another process promotes, the proxies of this one let applications wait, and every look is taken at once, so
 * that they are led to the new master as soon as it is open. Ends with the signal.
 */
export async function followOtherPlans(others: OtherPlans, signal: AbortSignal): Promise<void> {
  let holding: string | undefined;
  while (!signal.aborted) {
    others.beat();
    const newest = others.newest();
    const stuck = newest !== undefined && others.clock.now() - newest.startedAt > longestMs;
    if (promotedElsewhere(newest, others.actor) && !stuck) {
      if (holding !== newest?.id) {
        others.hold();
      }
      holding = newest?.id;
      others.wake();
    } else if (holding !== undefined) {
      holding = undefined;
      others.wake();
    }
    await others.clock.sleep(everyMs, signal).catch(() => undefined);
  }
}
