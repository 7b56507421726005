import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Store } from '../../core/ports.ts';
import { openStore, type OpenedStore, type StoreOptions } from './sqlite-store.ts';

const later = { open: 0, now: 2_000, soon: 500 } as const;
const first = { ...later, open: 5_000 } as const;

/** A journal that could not be opened is tried again after so long, in milliseconds. */
const tryAgainMs = 1_000;

/**
 * The journal in `dir`, opened now, or as soon as it can be: a disk that was full or a folder that was not ours may be put
 * right while we run. Until then every call throws why. `problem`: of the first try.
 */
export function lateStore(dir: string, options: StoreOptions): OpenedStore {
  const { clock } = options;
  let opened: OpenedStore | undefined;
  let refusal: ReplicationError | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  const open = (): OpenedStore => {
    if (opened !== undefined) return opened;
    if (refusal !== undefined && clock.monotonic() - triedAt < tryAgainMs) throw refusal;
    triedAt = clock.monotonic();
    try {
      // Only the first try waits: whoever runs already has other things to do.
      opened = openStore(dir, { ...options, patience: refusal === undefined ? first : later });
      return opened;
    } catch (error) {
      if (error instanceof ReplicationError) refusal = error;
      throw error;
    }
  };
  return { ...delegating(open), problem: firstProblem(open), close: () => opened?.close() };
}

function firstProblem(open: () => OpenedStore): string | undefined {
  try {
    return open().problem;
  } catch (error) {
    if (error instanceof ReplicationError) return error.message;
    throw error;
  }
}

function delegating(open: () => Store): Omit<Store, 'close'> {
  return {
    saveRecovery: (recovery) => open().saveRecovery(recovery),
    recovery: (id) => open().recovery(id),
    recoveries: (cluster, limit) => open().recoveries(cluster, limit),
    promotions: (cluster, limit) => open().promotions(cluster, limit),
    acknowledge: (ids, by, comment) => open().acknowledge(ids, by, comment),
    rememberInstances: (cluster, instances) => open().rememberInstances(cluster, instances),
    knownInstances: (cluster) => open().knownInstances(cluster),
    forgetInstance: (cluster, key) => open().forgetInstance(cluster, key),
    standings: (cluster) => open().standings(cluster),
    noteStandings: (cluster, standings) => open().noteStandings(cluster, standings),
    dropStanding: (cluster, name) => open().dropStanding(cluster, name),
    saveDetection: (detection) => open().saveDetection(detection),
    detections: (cluster, limit) => open().detections(cluster, limit),
    beginDowntime: (downtime) => open().beginDowntime(downtime),
    endDowntime: (cluster, instance) => open().endDowntime(cluster, instance),
    downtimes: (cluster, now) => open().downtimes(cluster, now),
    disarm: (disarming) => open().disarm(disarming),
    arm: (cluster) => open().arm(cluster),
    disarmed: (cluster) => open().disarmed(cluster),
    noteStopped: (cluster, receivers) => open().noteStopped(cluster, receivers),
    stoppedReceivers: (cluster) => open().stoppedReceivers(cluster),
    serverKeys: (cluster) => open().serverKeys(cluster),
    putServerKey: (cluster, key) => open().putServerKey(cluster, key),
    noteServerKey: (cluster, key) => open().noteServerKey(cluster, key),
    forgetServerKey: (cluster, address) => open().forgetServerKey(cluster, address),
    takeLease: (name, holder, ttlMs) => open().takeLease(name, holder, ttlMs),
    leaseHolder: (name) => open().leaseHolder(name),
  };
}
