import { endsWhenDisarmed } from '../../model/recovery.ts';
import type { Clock, Store } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** How often the store is asked whether a person switched automatic failover off, in milliseconds. */
const everyMs = 100;

export interface DisarmingContext {
  readonly store: Pick<Store, 'disarmed' | 'recovery'>;
  readonly clock: Clock;
  readonly cluster: string;
  /** The id of the recovery that runs. */
  readonly id: string;
}

/**
 * Runs with a signal that ends with `signal`, and also when a person of any process switches automatic failover of the
 * cluster off before the recovery opens its new master.
 */
export async function untilDisarmed<Result>(
  context: DisarmingContext,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const cancelled = new AbortController();
  const heeding = heed(context, cancelled, over.signal);
  try {
    return await run(AbortSignal.any([signal, cancelled.signal]));
  } finally {
    over.abort();
    await heeding;
  }
}

async function heed(
  { store, clock, cluster, id }: DisarmingContext,
  cancelled: AbortController,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(everyMs, over).catch(() => undefined);
    const disarmed = !over.aborted && orUndefined(() => store.disarmed(cluster)) !== undefined;
    if (!disarmed) continue;
    const recovery = orUndefined(() => store.recovery(id));
    if (recovery !== undefined && endsWhenDisarmed(recovery)) cancelled.abort();
    return;
  }
}
