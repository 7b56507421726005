import type { InstanceKey } from '../core/model/instance.ts';
import type { Member, Topology } from '../core/model/topology.ts';

export interface TreePlace {
  readonly member: Member;
  /** null for a root. */
  readonly parent: InstanceKey | null;
  /** 1 for a root. */
  readonly level: number;
}

/**
 * Lays the members out as a forest, each before those that hang under it, the master's tree first.
 * Members that replicate from each other in a ring are all roots: none is above the other.
 */
export function treeOrder(topology: Topology): readonly TreePlace[] {
  const byKey = new Map(topology.members.map((it) => [it.key, it]));
  const parents = new Map(topology.members.map((it) => [it.key, parentOf(it, byKey)]));
  const childrenOf = (key: InstanceKey | null): readonly Member[] =>
    topology.members.filter((it) => (parents.get(it.key) ?? null) === key);
  const below = (member: Member, level: number): readonly TreePlace[] => [
    { member, parent: parents.get(member.key) ?? null, level },
    ...childrenOf(member.key).flatMap((it) => below(it, level + 1)),
  ];
  return childrenOf(null)
    .toSorted((a, b) => weight(a, topology) - weight(b, topology))
    .flatMap((it) => below(it, 1));
}

function parentOf(member: Member, byKey: ReadonlyMap<InstanceKey, Member>): InstanceKey | null {
  const source = member.source === null ? undefined : byKey.get(member.source);
  return source === undefined || inRing(member, byKey) ? null : source.key;
}

function inRing(member: Member, byKey: ReadonlyMap<InstanceKey, Member>): boolean {
  const seen = new Set<InstanceKey>();
  let at: Member | undefined = member;
  while (at !== undefined && !seen.has(at.key)) {
    seen.add(at.key);
    at = at.source === null ? undefined : byKey.get(at.source);
  }
  return at?.key === member.key;
}

function weight(member: Member, topology: Topology): number {
  if (member.key === topology.master) {
    return 0;
  }
  return member.role === 'master' || member.role === 'co-master' ? 1 : 2;
}
