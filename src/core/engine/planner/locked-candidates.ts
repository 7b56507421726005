import { answered, type InstanceKey } from '../../model/instance.ts';
import { memberOf, replicasOf, type Topology } from '../../model/topology.ts';
import type { Hindrance, HindranceReader } from '../../ports.ts';

/**
 * Replicas of a silent master under a lock on the whole server, as a backup takes it. Nothing where the master answers:
 * then nobody is chosen without a person, and the plan asks the candidate before writes stop.
 */
export async function lockedCandidates(
  topology: Topology,
  hindrances: HindranceReader | undefined,
): Promise<ReadonlyMap<InstanceKey, Hindrance> | undefined> {
  const master = memberOf(topology, topology.master);
  if (hindrances === undefined || master === undefined || answered(master) !== undefined) {
    return undefined;
  }
  const asked = await Promise.all(
    replicasOf(topology, master.key).map(async (it) => {
      const server = answered(it);
      const found =
        server === undefined ? undefined : await hindrances.hindrance(it.address, server);
      return found === undefined ? [] : [[it.key, found] as const];
    }),
  );
  return new Map(asked.flat());
}
