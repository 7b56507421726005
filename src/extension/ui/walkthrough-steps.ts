import type { ClusterState } from '../../core/backend.ts';
import { familyOf } from '../../core/model/finding.ts';
import { answered } from '../../core/model/instance.ts';
import { isPromotion, type Recovery } from '../../core/model/recovery.ts';
import { memberOf } from '../../core/model/topology.ts';
import { happenedByItself } from '../../protocol/recovery-now.ts';

/** Context keys of the manifest that tick a step of the walkthrough: by what has come about, not by what was clicked. */
export type WalkthroughStep =
  | 'switchover.hasLostMaster'
  | 'switchover.hasPromotion'
  | 'switchover.hasReturnedMaster'
  | 'switchover.hasRejoined'
  | 'switchover.hasAcknowledgedPromotion'
  | 'switchover.hasArmedCluster'
  | 'switchover.hasAutomaticRecovery'
  | 'switchover.hasAcknowledgedRecovery';

type State = Pick<ClusterState, 'topology' | 'findings' | 'watch'>;

/** Which steps are done. A step whose question was cancelled is not. */
export function walkthroughSteps(
  states: readonly State[],
  recoveries: readonly Recovery[],
): Readonly<Record<WalkthroughStep, boolean>> {
  const findings = states.flatMap((it) => it.findings);
  const ended = recoveries.filter((it) => it.state !== 'running');
  const promotions = ended.filter(isPromotionByHand);
  const automatic = ended.filter(happenedByItself);
  const hasRejoined = ended.some((it) => it.kind === 'rejoin' && it.state === 'succeeded');
  return {
    'switchover.hasLostMaster': findings.some((it) => familyOf(it.code) === 'dead-master'),
    'switchover.hasPromotion': promotions.length > 0,
    'switchover.hasReturnedMaster': hasRejoined || states.some(hasReturned),
    'switchover.hasRejoined': hasRejoined,
    'switchover.hasAcknowledgedPromotion': promotions.some(isAcknowledged),
    'switchover.hasArmedCluster': states.some((it) => it.watch?.armed === true),
    'switchover.hasAutomaticRecovery': automatic.length > 0,
    'switchover.hasAcknowledgedRecovery': automatic.some(isAcknowledged),
  };
}

/** A former master answers again, and follows nobody yet. */
function hasReturned({ topology, findings }: State): boolean {
  return findings.some(
    (it) => it.code === 'NeedsRejoin' && answered(memberOf(topology, it.instance)) !== undefined,
  );
}

function isPromotionByHand(recovery: Recovery): boolean {
  const { trigger, openedAt, state } = recovery;
  return isPromotion(recovery) && trigger === 'user' && openedAt !== null && state !== 'undone';
}

function isAcknowledged({ acknowledgement }: Recovery): boolean {
  return acknowledgement !== null;
}
