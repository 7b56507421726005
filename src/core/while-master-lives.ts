import type { ClusterState } from './backend.ts';
import { confirmed, suspect, type Suspicion } from './decide/suspicion.ts';
import { familyOf } from './model/finding.ts';
import { phrase } from './model/phrase.ts';
import { ReplicationError } from './model/replication-error.ts';
import type { Clock } from './ports.ts';

/** Between two looks at the cluster, in milliseconds. */
const everyMs = 200;

/** A look that is broken off would find everybody silent: each is let end. */
const never = new AbortController().signal;

/** What it needs of the cluster. */
export interface LivingGround {
  readonly clock: Clock;
  readonly look: (signal: AbortSignal) => Promise<Pick<ClusterState, 'findings'>>;
  readonly confirmSeconds: () => Promise<number>;
}

/**
 * Waits with a signal that ends with `signal`, and also when the master is suspected for as long as a verdict must hold:
 * what waits holds the cluster's lease and its servers' locks, and a recovery must not stand behind it. Throws
 * ReplicationError `refused-by-check` then.
 */
export async function whileMasterLives<Result>(
  ground: LivingGround,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const lost = new AbortController();
  const watching = watchMaster(ground, lost, AbortSignal.any([over.signal, signal]));
  try {
    return await wait(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    throw lost.signal.aborted ? lostMaster(error) : error;
  } finally {
    over.abort();
    await watching;
  }
}

async function watchMaster(
  { clock, look, confirmSeconds }: LivingGround,
  lost: AbortController,
  over: AbortSignal,
): Promise<void> {
  let suspicion: Suspicion | undefined;
  while (!over.aborted) {
    await clock.sleep(everyMs, over).catch(() => undefined);
    // A look that fails says nothing about the master; the wait has its own end.
    const seen = over.aborted ? undefined : await look(never).catch(() => undefined);
    if (seen === undefined) continue;
    const ofMaster = seen.findings.filter((it) => isOfMaster(familyOf(it.code)));
    const now = clock.monotonic();
    suspicion = suspect(suspicion, ofMaster, now);
    if (suspicion !== undefined && confirmed(suspicion, now, await confirmSeconds())) {
      lost.abort();
      return;
    }
  }
}

function isOfMaster(family: ReturnType<typeof familyOf>): boolean {
  return family === 'dead-master' || family === 'unreachable-master';
}

function lostMaster(cause: unknown): ReplicationError {
  const says = phrase(
    'The master does not answer any more: nothing waits any longer, so that a recovery can begin.',
  );
  return new ReplicationError('refused-by-check', says, { cause });
}
