import { answered } from '../model/instance.ts';
import { memberOf, replicasOf, unheardMembers, type Topology } from '../model/topology.ts';

/**
 * Since when the master's sessions wait and no replica receives anything; undefined when that is not so. The count of
 * connected replicas does not tell: a master notices only after minutes that packets to them get lost.
 */
export function standstill(now: Topology, before: Topology | undefined): number | undefined {
  if (before === undefined || before.master !== now.master || now.master === null) {
    return undefined;
  }
  const waits = [before, now].every((it) => (waitingSessions(it) ?? 0) > 0);
  // One that was never heard may receive and acknowledge all the same.
  const unsure = unheardMembers(now).length > 0;
  const still = replicasOf(now, now.master).every((it) => {
    const old = memberOf(before, it.key);
    const [was, is] = [old, it].map((member) => answered(member)?.channels[0]?.received);
    return is === undefined || (was?.file === is.file && was.offset === is.offset);
  });
  return waits && still && !unsure ? (before.standsStillSince ?? before.at) : undefined;
}

function waitingSessions(topology: Topology): number | undefined {
  return answered(memberOf(topology, topology.master))?.semiSync.source?.waitingSessions;
}
