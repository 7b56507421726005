import type { ClusterState } from '../core/backend.ts';
import { isPromotion, type Recovery } from '../core/model/recovery.ts';

type Records = Pick<ClusterState, 'running' | 'recoveries'>;

/** What runs now, here or in another process: the journal tells of both. */
export function runningNow({ running, recoveries }: Records): Recovery | null {
  return running ?? recoveries.find((it) => it.state === 'running') ?? null;
}

/**
 * A failover asks for a person: somebody must hear of it, and until then the next one is held off. Planned switchovers
 * do not, nor what the watch does to bring servers back.
 */
export function needsAcknowledgement(recovery: Recovery): boolean {
  const { kind, state, trigger, openedAt, acknowledgement } = recovery;
  if (state === 'running' || acknowledgement !== null) {
    return false;
  }
  const byItself = trigger !== 'user' && isPromotion(recovery);
  return byItself || (kind === 'failover' && openedAt !== null);
}

/** Another master was opened, and nobody asked for it. */
export function happenedByItself(recovery: Recovery): boolean {
  const { trigger, openedAt } = recovery;
  return isPromotion(recovery) && trigger !== 'user' && openedAt !== null;
}

/** The newest recovery that asks for a person. */
export function waitingRecovery(recoveries: readonly Recovery[]): Recovery | undefined {
  return recoveries.find(needsAcknowledgement);
}

/** How many steps have ended: done, failed, skipped or taken back. */
export function endedSteps({ steps }: Recovery): number {
  return steps.filter((it) => it.state !== 'waiting' && it.state !== 'running').length;
}
