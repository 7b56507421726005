import type { Group } from '../model/group.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import type { Member, Topology } from '../model/topology.ts';

/**
 * Marks the members of a group that elects its own primaries. Where the master is one of them, the master is who the group
 * says it is. `remembered`: those that were members when they last answered, in an earlier process.
 */
export function withGroups(topology: Topology, remembered: ReadonlySet<InstanceKey>): Topology {
  const inGroup = topology.members.filter((it) => isIn(it, remembered));
  if (inGroup.length === 0) {
    return topology;
  }
  const keys = new Set(inGroup.map((it) => it.key));
  const master = primaryOf(topology, inGroup);
  return {
    ...topology,
    master,
    members: topology.members.map((it): Member =>
      keys.has(it.key)
        ? { ...it, inGroup: true, role: it.key === master ? 'master' : 'group-member' }
        : it,
    ),
  };
}

function isIn({ key, aliases, lastAnswer }: Member, remembered: ReadonlySet<InstanceKey>): boolean {
  return lastAnswer === null
    ? [key, ...aliases].some((it) => remembered.has(it))
    : lastAnswer.server.group !== undefined;
}

/** A master outside of the group stays: somebody promoted it. */
function primaryOf(
  { members, master: key }: Pick<Topology, 'members' | 'master'>,
  inGroup: readonly Member[],
): InstanceKey | null {
  const master = members.find((it) => it.key === key);
  const isElsewhere = master !== undefined && !inGroup.includes(master);
  if (isElsewhere || answered(master)?.group?.primary === true) {
    return key;
  }
  const name = groupIn(master)?.name;
  const primary = inGroup.find((it) => {
    const group = answered(it)?.group;
    return group?.primary === true && (name ?? group.name) === group.name;
  });
  return primary?.key ?? key;
}

/** As it last said. */
function groupIn(member: Member | undefined): Group | undefined {
  return member?.lastAnswer?.server.group;
}
