import { ReplicationError } from '../../model/replication-error.ts';
import type { Controller } from '../../model/watch.ts';
import type { Lease, Store } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** Without its holder the watch is free after this many milliseconds; a holder that died frees it at once. */
const watchMs = 10_000;

/** Who keeps the watch over a cluster: the first to ask, until it ends or stops asking. */
export interface WatchLease {
  /** Takes or renews it; call it every round. */
  claim(): Controller | null;
  /** Keeps what we have, also while a plan takes longer than a round. */
  keep(): void;
  /** Who has it, without asking for it. */
  look(): Controller | null;
  release(): void;
}

export function watchLease(cluster: string, store: Store | undefined, actor: string): WatchLease {
  const name = `watch:${cluster}`;
  let lease: Lease | undefined;
  const look = (): Controller | null => {
    const holder = store?.leaseHolder(name);
    return holder === undefined ? null : { holder, us: lease !== undefined && holder === actor };
  };
  /** Nothing can be written: whoever had the watch keeps it, and its proxies, unless another process took it. */
  const unrecorded = (): Controller | null => {
    const holder = orUndefined(() => store?.leaseHolder(name));
    if (lease === undefined || (holder !== undefined && holder !== actor)) {
      lease = undefined;
      return holder === undefined ? null : { holder, us: false };
    }
    return { holder: actor, us: true };
  };
  return {
    claim: () => {
      try {
        if (lease !== undefined && !lease.renew()) {
          lease = undefined;
        }
        lease ??= store?.takeLease(name, actor, watchMs);
      } catch (error) {
        if (!(error instanceof ReplicationError)) throw error;
        return unrecorded();
      }
      return lease === undefined ? look() : { holder: actor, us: true };
    },
    keep: () => {
      if (lease !== undefined && orUndefined(() => lease?.renew()) === false) {
        lease = undefined;
      }
    },
    look,
    release: () => {
      lease?.release();
      lease = undefined;
    },
  };
}
