import type { ClusterState } from '../../backend.ts';
import { confirmed, suspect, type Suspicion } from '../../decide/suspicion.ts';
import { ReplicationError } from '../../model/replication-error.ts';
import type { Clock } from '../../ports.ts';
import { pauseWith } from './pause.ts';
import { stalled } from './stall.ts';

/** Between rounds while a master is suspected, in milliseconds. */
const closeMs = 50;
/** How long rounds follow one another so closely; a master that only refuses our user may be suspected for days. */
const closeForMs = 15_000;

/** What the loop asks of its cluster. */
export interface Watched {
  readonly pollMs: number;
  readonly clock: Clock;
  readonly confirmSeconds: () => Promise<number>;
  round(signal: AbortSignal): Promise<ClusterState>;
  /** Tells when a server's connection ended without us. */
  onLost(listener: () => void): void;
  /**
   * Answers what was seen; `verdict`: the suspicion, once it is confirmed. Where replicas were asked about an unreachable
   * master and none got through to it: since when they listened, on the clock that never jumps.
   */
  act(state: ClusterState, verdict: Verdict, signal: AbortSignal): Promise<number | undefined>;
  log(level: 'debug' | 'info' | 'warn' | 'error', line: string): void;
}

export interface Verdict {
  /** A master is suspected, though not long enough. */
  readonly suspicion: Suspicion | undefined;
  readonly confirmed: boolean;
}

/**
 * Looks at a cluster round after round until the signal ends. A connection that ends wakes the next round at once;
 * polling is the net below. A round after a stall is shown but never judged.
 */
export async function keepWatch(watched: Watched, signal: AbortSignal): Promise<void> {
  const { clock, pollMs } = watched;
  const pause = pauseWith(clock);
  watched.onLost(() => {
    pause.wake();
  });
  let suspicion: Suspicion | undefined;
  let lostSince: number | undefined;
  let confirmMs = 0;
  let restedMs = 0;
  let restBegan = clock.monotonic();
  while (!signal.aborted) {
    const began = clock.monotonic();
    const stale = stalled(restedMs, began - restBegan);
    const state = await watched.round(signal).catch((error: unknown) => {
      if (!signal.aborted) {
        watched.log('error', `A round failed: ${traceOf(error)}`);
      }
      return undefined;
    });
    const now = clock.monotonic();
    if (state !== undefined && !signal.aborted) {
      suspicion =
        stale || stalled(pollMs, now - began)
          ? undefined
          : suspect(suspicion, state.findings, now, lostSince);
      lostSince = undefined;
      const confirmSeconds = suspicion === undefined ? 0 : await watched.confirmSeconds();
      confirmMs = confirmSeconds * 1_000;
      const holds = suspicion !== undefined && confirmed(suspicion, now, confirmSeconds);
      if (!stale) {
        lostSince = await watched
          .act(state, { suspicion, confirmed: holds }, signal)
          .catch((error: unknown) => {
            // That the journal fails is told where it begins to, once.
            if (!(error instanceof ReplicationError) || error.code !== 'store-unavailable') {
              watched.log('error', `Acting on a finding failed: ${traceOf(error)}`);
            }
            return undefined;
          });
      }
    }
    restBegan = clock.monotonic();
    restedMs = restFor(suspicion, restBegan, { pollMs, confirmMs });
    await pause.rest(restedMs, signal);
  }
}

function restFor(
  suspicion: Suspicion | undefined,
  now: number,
  { pollMs, confirmMs }: { readonly pollMs: number; readonly confirmMs: number },
): number {
  if (suspicion === undefined || now - suspicion.since >= closeForMs) {
    return pollMs;
  }
  // The round that may confirm it begins no later than that.
  const leftMs = suspicion.since + confirmMs - now;
  return leftMs > 0 ? Math.min(closeMs, leftMs) : closeMs;
}

/** A bug goes to the log with its stack. */
function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
