import type { ClusterState } from '../../backend.ts';
import { confirmed, suspect, type Suspicion } from '../../decide/suspicion.ts';
import { familyOf } from '../../model/finding.ts';
import type { Clock } from '../../ports.ts';

/** Between two looks at the cluster, in milliseconds. */
const everyMs = 200;

/** What it needs of the cluster. */
export interface LivingContext {
  readonly clock: Clock;
  readonly look: (signal: AbortSignal) => Promise<Pick<ClusterState, 'findings'>>;
  readonly confirmSeconds: () => Promise<number>;
}

/**
 * Looks at a cluster whose master lives until `over` ends. The signal ends when the master is suspected for as long as a
 * verdict must hold: whoever waits then holds the cluster's lease and its servers' locks against its recovery.
 */
export function masterLost(context: LivingContext, over: AbortSignal): AbortSignal {
  const lost = new AbortController();
  void watchMaster(context, lost, over);
  return lost.signal;
}

/** Never rejects. */
async function watchMaster(
  { clock, look, confirmSeconds }: LivingContext,
  lost: AbortController,
  over: AbortSignal,
): Promise<void> {
  let suspicion: Suspicion | undefined;
  while (!over.aborted) {
    try {
      await clock.sleep(everyMs, over);
      const { findings } = await look(over);
      const ofMaster = findings.filter((it) => isOfMaster(familyOf(it.code)));
      const now = clock.monotonic();
      suspicion = suspect(suspicion, ofMaster, now);
      if (suspicion !== undefined && confirmed(suspicion, now, await confirmSeconds())) {
        lost.abort();
        return;
      }
    } catch {
      // A look that fails says nothing about the master, and whoever waits has an end of their own.
    }
  }
}

function isOfMaster(family: ReturnType<typeof familyOf>): boolean {
  return family === 'dead-master' || family === 'unreachable-master';
}
