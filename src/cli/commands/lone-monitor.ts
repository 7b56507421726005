import type { ClusterState } from '../../core/backend.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import { isToConfirm, replicasOf, type Topology } from '../../core/model/topology.ts';

/**
 * What a monitor that may fail over by itself says when it starts and no replica is a member, so that none could be
 * promoted: one sentence with the line for the settings. Undefined where that is not so.
 */
export function loneMonitorSays(
  { topology, watch }: ClusterState,
  settings: ClusterSettings | undefined,
): string | undefined {
  const { cluster, outsiders = [] } = topology;
  const waiting = outsiders.filter(isToConfirm).map((it) => it.key);
  const isArmed = watch?.armed === true;
  if (!isArmed || waiting.length === 0 || hasReplicas(topology)) {
    return undefined;
  }
  const isGiven = settings?.members !== undefined;
  const names = isGiven ? waiting : [...beyondSeeds(topology, settings), ...waiting];
  const line = `"members": [${names.map((it) => JSON.stringify(it)).join(', ')}]`;
  const where = isGiven ? 'Add them to the list in its settings' : 'Write this into its settings';
  return `${cluster}: automatic failover is armed, but no replica is a member of the cluster, so none can be promoted. ${where}, if they belong to it: ${line}`;
}

function hasReplicas(topology: Topology): boolean {
  return topology.master !== null && replicasOf(topology, topology.master).length > 0;
}

function beyondSeeds(
  { members }: Topology,
  settings: ClusterSettings | undefined,
): readonly InstanceKey[] {
  const seeds = settings?.seeds ?? [];
  return members
    .filter((it) => ![it.key, ...it.aliases].some((name) => seeds.includes(name)))
    .map((it) => it.key);
}
