import { matchesCluster } from '../../decide/filters.ts';
import type { WatchState } from '../../backend.ts';
import type { Circumstances } from '../../model/circumstances.ts';
import type { Policy } from '../../model/policy.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Controller } from '../../model/watch.ts';
import type { Store } from '../../ports.ts';

/** Reads what beside the topology speaks for or against acting. */
export function circumstancesOf(
  cluster: string,
  store: Store | undefined,
  recoveries: readonly Recovery[],
  facts: {
    readonly now: number;
    readonly controller: Controller | null;
    /** Why nothing can be recorded now. */
    readonly storeTrouble?: string | undefined;
  },
): Circumstances {
  return {
    now: facts.now,
    disarmed: store?.disarmed(cluster),
    downtimes: store?.downtimes(cluster, facts.now) ?? [],
    unacknowledged: recoveries.find(blocks),
    controller: facts.controller,
    storeWritable: store !== undefined && facts.storeTrouble === undefined,
    lostBy: new Set(),
  };
}

/** Only what opened somebody blocks, and what nobody asked for: a user's switchover is no recovery. */
function blocks(recovery: Recovery): boolean {
  const replaces =
    recovery.kind === 'failover' || (recovery.kind === 'switchover' && recovery.trigger !== 'user');
  return (
    replaces &&
    recovery.openedAt !== null &&
    recovery.state !== 'undone' &&
    recovery.acknowledgement === null
  );
}

/** What views show of it. */
export function watchStateOf(
  policy: Policy,
  circumstances: Circumstances,
  { proxies, detections }: Pick<WatchState, 'proxies' | 'detections'>,
): WatchState {
  const { now, unacknowledged, disarmed } = circumstances;
  const until = (unacknowledged?.startedAt ?? 0) + policy.blockSeconds * 1000;
  return {
    controller: circumstances.controller,
    armed: disarmed === undefined && matchesCluster(policy.cluster, policy.recoverMasterFilters),
    disarmed,
    downtimes: circumstances.downtimes,
    blocking:
      until > now && unacknowledged !== undefined ? { by: unacknowledged, until } : undefined,
    proxies,
    detections,
  };
}
