import type { Circumstances } from '../model/circumstances.ts';
import { familyOf, type Finding } from '../model/finding.ts';
import type { InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import type { Recovery } from '../model/recovery.ts';
import { matchesCluster } from './filters.ts';

/** Says why not to act by itself now; undefined means that this guard has no objection. */
type Guard = (finding: Finding, policy: Policy, circumstances: Circumstances) => Phrase | undefined;

/** Every reason not to act by itself; all that hold are told. */
export function objections(
  finding: Finding,
  policy: Policy,
  circumstances: Circumstances,
): readonly Phrase[] {
  return guards
    .map((guard) => guard(finding, policy, circumstances))
    .filter((it) => it !== undefined);
}

/** About a dead source between the master and other replicas. */
function between({ code }: Finding): boolean {
  return familyOf(code) === 'dead-intermediate';
}

const guards: readonly Guard[] = [
  (_, { mode }) =>
    mode === 'manage'
      ? undefined
      : phrase('The mode of this cluster is observe: nothing is changed.'),
  (finding, { cluster, recoverIntermediateFilters }) =>
    !between(finding) || matchesCluster(cluster, recoverIntermediateFilters)
      ? undefined
      : phrase(
          'The replicas of a dead source are not moved: recoverIntermediateMasterClusterFilters does not name {cluster}.',
          { cluster },
        ),
  (finding, { cluster, recoverMasterFilters }) =>
    between(finding) || matchesCluster(cluster, recoverMasterFilters)
      ? undefined
      : phrase(
          'Automatic failover is not armed: recoverMasterClusterFilters does not name {cluster}.',
          {
            cluster,
          },
        ),
  (_, __, { disarmed }) =>
    disarmed === undefined
      ? undefined
      : phrase('{by} disarmed automatic failover: {reason}', {
          by: disarmed.by,
          reason: disarmed.reason === '' ? '-' : disarmed.reason,
        }),
  ({ instance }, _, { downtimes }) => {
    const downtime = downtimes.find((it) => it.instance === null || it.instance === instance);
    return downtime === undefined
      ? undefined
      : phrase('{instance} is in downtime by {owner}: {reason}', {
          instance: downtime.instance ?? downtime.cluster,
          owner: downtime.owner,
          reason: downtime.reason === '' ? '-' : downtime.reason,
        });
  },
  (finding, { blockSeconds }, { now, unacknowledged }) => {
    // Moving replicas cannot flap: nothing is left below the dead one. It may have died together with the master.
    if (
      unacknowledged === undefined ||
      between(finding) ||
      isToBeEnded(unacknowledged, finding.instance)
    ) {
      return undefined;
    }
    const blocked = now < unacknowledged.startedAt + blockSeconds * 1000;
    // No number that changes: what is held for the same reasons is recorded once.
    return blocked
      ? phrase(
          'The recovery {recovery} is not acknowledged: the next automatic one is blocked until somebody does, or until {seconds} s after it began.',
          { recovery: unacknowledged.id, seconds: blockSeconds },
        )
      : undefined;
  },
  (_, __, { storeWritable }) =>
    storeWritable
      ? undefined
      : phrase('The record of recoveries cannot be written: nothing is changed unrecorded.'),
  (_, __, { controller }) =>
    controller?.us === true
      ? undefined
      : phrase('{holder} keeps the watch over this cluster.', {
          holder: controller?.holder ?? '-',
        }),
];

/** It was cut short before the new master opened: the one that it was to replace is still the master, and dead. */
function isToBeEnded({ state, oldMaster }: Recovery, dead: InstanceKey | null): boolean {
  return state === 'interrupted' && oldMaster !== null && oldMaster === dead;
}
