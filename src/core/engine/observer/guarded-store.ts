import type { EngineParts } from '../engine-parts.ts';
import type { Recovery } from '../../model/recovery.ts';
import { ReplicationError } from '../../model/replication-error.ts';
import type { Standing } from '../../model/standing.ts';
import type { Detection, Disarming, Downtime, StoppedReceiver } from '../../model/watch.ts';
import type { Lease, Store } from '../../ports.ts';

/** A store whose trouble ends no round: what was read last stands for what cannot be read now. */
export interface GuardedStore {
  readonly store: Store | undefined;
  /** Why nothing can be recorded now; one sentence. Undefined while all is well, and where there is no store. */
  readonly trouble: () => string | undefined;
}

/** The parts of one cluster's engine, their store guarded. */
export function guardedParts<Parts extends Pick<EngineParts, 'cluster' | 'store' | 'log'>>(
  given: Parts,
): { readonly parts: Parts; readonly trouble: GuardedStore['trouble'] } {
  const { store, trouble } = guardedStore(given.store, (level, line) => {
    given.log(level, `${given.cluster}: ${line}`);
  });
  return { parts: { ...given, store }, trouble };
}

/** Told once when the trouble begins, once when it has ended. */
type Tell = (level: 'error' | 'info', line: string) => void;

/**
 * Rounds, pictures and proxies go on where the journal is locked, full or broken: reads give their last good answer, and
 * what is only worth a note is dropped. What a plan must not do without a record of is thrown as before.
 */
export function guardedStore(store: Store | undefined, tell: Tell): GuardedStore {
  const troubles = new Map<'read' | 'write', string>();
  const trouble = (): string | undefined => troubles.get('write') ?? troubles.get('read');
  const watched = <Result>(kind: 'read' | 'write', work: () => Result): Result => {
    const before = trouble();
    try {
      const result = work();
      if (troubles.delete(kind) && trouble() === undefined) {
        tell('info', 'The journal can be read and written again.');
      }
      return result;
    } catch (error) {
      if (!(error instanceof ReplicationError)) throw error;
      troubles.set(kind, error.message);
      if (before === undefined) tell('error', error.message);
      throw error;
    }
  };
  if (store === undefined) return { store, trouble };
  return { trouble, store: guarded(store, watched) };
}

type Watched = <Result>(kind: 'read' | 'write', work: () => Result) => Result;

function guarded(store: Store, watched: Watched): Store {
  const read = <Answer>(ask: () => Answer): Answer => watched('read', ask);
  const note = (work: () => void): void => {
    unlessUnavailable(() => watched('write', work), undefined);
  };
  const recoveries = lastGood<readonly Recovery[]>([]);
  const promotions = lastGood<readonly Recovery[]>([]);
  const detections = lastGood<readonly Detection[]>([]);
  const downtimes = lastGood<readonly Downtime[]>([]);
  const standings = lastGood<readonly Standing[]>([]);
  const stopped = lastGood<readonly StoppedReceiver[]>([]);
  const disarmed = lastGood<Disarming | undefined>(undefined);
  const holder = lastGood<string | undefined>(undefined);
  return {
    ...store,
    recoveries: (cluster, limit) =>
      recoveries(`${cluster ?? ''} ${String(limit)}`, () =>
        read(() => store.recoveries(cluster, limit)),
      ),
    promotions: (cluster, limit) =>
      promotions(`${cluster} ${String(limit)}`, () => read(() => store.promotions(cluster, limit))),
    detections: (cluster, limit) =>
      detections(`${cluster ?? ''} ${String(limit)}`, () =>
        read(() => store.detections(cluster, limit)),
      ),
    downtimes: (cluster, now) =>
      downtimes(cluster, () => read(() => store.downtimes(cluster, now))),
    standings: (cluster) => standings(cluster, () => read(() => store.standings(cluster))),
    stoppedReceivers: (cluster) =>
      stopped(cluster, () => read(() => store.stoppedReceivers(cluster))),
    disarmed: (cluster) => disarmed(cluster, () => read(() => store.disarmed(cluster))),
    leaseHolder: (name) => holder(name, () => read(() => store.leaseHolder(name))),
    // None at all is no answer: it is asked for again.
    knownInstances: (cluster) => read(() => store.knownInstances(cluster)),
    rememberInstances: (cluster, instances) =>
      note(() => store.rememberInstances(cluster, instances)),
    forgetInstance: (cluster, key) => note(() => store.forgetInstance(cluster, key)),
    saveDetection: (detection) => note(() => store.saveDetection(detection)),
    noteStandings: (cluster, them) => note(() => store.noteStandings(cluster, them)),
    saveRecovery: (recovery) => watched('write', () => store.saveRecovery(recovery)),
    noteStopped: (cluster, them) => watched('write', () => store.noteStopped(cluster, them)),
    takeLease: (...wish) => {
      const lease = watched('write', () => store.takeLease(...wish));
      return lease === undefined ? undefined : guardedLease(lease, watched);
    },
  };
}

function guardedLease(lease: Lease, watched: Watched): Lease {
  return {
    token: lease.token,
    renew: () => watched('write', () => lease.renew()),
    release: () => lease.release(),
  };
}

/** Answers by what was asked about; the last good one stands for one that cannot be had. */
function lastGood<Answer>(otherwise: Answer): (about: string, ask: () => Answer) => Answer {
  const answers = new Map<string, Answer>();
  return (about, ask) => {
    const answer = unlessUnavailable(ask, answers.get(about) ?? otherwise);
    answers.set(about, answer);
    return answer;
  };
}

function unlessUnavailable<Answer>(ask: () => Answer, otherwise: Answer): Answer {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof ReplicationError)) throw error;
    return otherwise;
  }
}
