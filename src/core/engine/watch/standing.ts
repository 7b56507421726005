import { matchesCluster } from '../../decide/filters.ts';
import type { PlanningContext } from '../../decide/planning-context.ts';
import type { Circumstances } from '../../model/circumstances.ts';
import type { Finding } from '../../model/finding.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import type { Member } from '../../model/topology.ts';
import type { Detection } from '../../model/watch.ts';

/** Whether anything may be done by itself here, whatever the finding. */
export function mayAct({ policy }: PlanningContext, circumstances: Circumstances): boolean {
  return (
    policy.mode === 'manage' &&
    matchesCluster(policy.cluster, policy.recoverMasterFilters) &&
    circumstances.disarmed === undefined &&
    circumstances.downtimes.every((it) => it.instance !== null) &&
    circumstances.storeWritable &&
    circumstances.controller?.us === true
  );
}

/** Reads from the master and applies; its receiver may still be connecting. */
export function follows(member: Member, master: InstanceKey | null): boolean {
  const channel = answered(member)?.channels[0];
  return member.source === master && channel?.receiver !== 'no' && channel?.applier === 'yes';
}

/** A finding as the journal keeps it. */
export function toldOf(
  finding: Finding,
): Pick<Detection, 'code' | 'instance' | 'says' | 'facts' | 'evidence'> {
  return {
    code: finding.code,
    instance: finding.instance,
    says: finding.says,
    facts: finding.facts,
    evidence: finding.evidence,
  };
}
