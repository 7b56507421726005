import type { InstanceKey } from './instance.ts';
import type { Recovery } from './recovery.ts';
import type { Disarming, Downtime } from './watch.ts';

/** What beside the topology speaks for or against acting by itself. Times: milliseconds since the epoch. */
export interface Circumstances {
  readonly now: number;
  readonly disarmed: Disarming | undefined;
  readonly downtimes: readonly Downtime[];
  /** The newest recovery of this cluster's master that nobody acknowledged; a switchover that a user asked for is none. */
  readonly unacknowledged: Recovery | undefined;
  /** Who keeps the watch; null when nobody does. */
  readonly controller: { readonly holder: string; readonly us: boolean } | null;
  readonly storeWritable: boolean;
  /** Replicas that were asked and did not get through to the master. */
  readonly lostBy: ReadonlySet<InstanceKey>;
}
