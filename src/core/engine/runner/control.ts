import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Clock, Lease } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** How long a lease lasts without its holder; renewed at a third of it. Milliseconds. */
export const leaseMs = 15_000;
const renewEveryMs = leaseMs / 3;

/**
 * What was proven so short a time ago holds still: shorter than the lease, and than the time after which a server ends
 * the idle session that holds our lock, less the longest pause between two signs of life. Milliseconds.
 */
const provenMs = 6_000;

/** What proves that this process, and no other, changes the cluster. */
export interface ControlContext {
  readonly cluster: string;
  readonly clock: Clock;
  readonly lease: Pick<Lease, 'renew'>;
  /** Whether the server that the plan is about still keeps its lock for us; asked only after a pause. */
  readonly holdsLock: () => Promise<boolean>;
  readonly log: (level: 'error', line: string) => void;
}

/** Whether this process may go on changing the cluster. */
export interface Control {
  /** Says why no further step may be taken; null while one may. Asks nobody unless this process stood still. */
  lost(): Promise<Phrase | null>;
  /** Ends when the control is lost. */
  readonly signal: AbortSignal;
}

/**
 * Renews the lease until `over`. A process that stood still, because it was frozen or its machine slept, proves anew that
 * it holds the lease and the lock before it goes on: another process may have acted meanwhile. Once lost, it stays lost.
 */
export function keepControl(context: ControlContext, over: AbortSignal): Control {
  const { clock, cluster, log } = context;
  const ended = new AbortController();
  let because: Phrase | null = null;
  let proven = moment(clock);
  let proving: Promise<void> | undefined;

  const lose = (says: Phrase): void => {
    because ??= says;
    ended.abort();
    log('error', `${cluster}: the control was lost while a plan runs.`);
  };
  /** The token of the lease is raised by whoever takes it: false is certain. Undefined: the journal does not say. */
  const renew = (): boolean => {
    const renewed = orUndefined(() => context.lease.renew());
    if (renewed === false) lose(leaseLost);
    return renewed === true;
  };
  const prove = async (): Promise<void> => {
    const began = moment(clock);
    renew();
    if (because === null && !(await context.holdsLock().catch(() => false))) lose(lockLost);
    proven = because === null ? began : proven;
  };
  const stoodStill = (): boolean => sinceMs(proven, clock) > provenMs;
  const lost = async (): Promise<Phrase | null> => {
    if (because === null && stoodStill()) {
      proving ??= prove().finally(() => (proving = undefined));
      await proving;
    }
    return because;
  };
  const keep = async (): Promise<void> => {
    while (!over.aborted && !ended.signal.aborted) {
      await clock.sleep(renewEveryMs, over).catch(() => undefined);
      if (over.aborted) return;
      const pausedMs = sinceMs(proven, clock);
      if (pausedMs > provenMs) {
        await lost();
      } else if (renew()) {
        proven = moment(clock);
      }
    }
  };
  void keep();
  return { lost, signal: ended.signal };
}

const leaseLost = phrase(
  'This process stood still, and another one changed the cluster meanwhile: it takes no further step.',
);
const lockLost = phrase(
  'This process stood still and lost its lock on the server: another one may have changed the cluster meanwhile. It takes no further step.',
);

/** The steady clock stops while a machine sleeps, and the clock on the wall may be set: the longer of both counts. */
interface Moment {
  readonly steady: number;
  readonly wall: number;
}

function moment(clock: Clock): Moment {
  return { steady: clock.monotonic(), wall: clock.now() };
}

function sinceMs(then: Moment, clock: Clock): number {
  const now = moment(clock);
  return Math.max(now.steady - then.steady, now.wall - then.wall);
}
