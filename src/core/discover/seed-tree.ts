import { keyOf, type Instance, type InstanceKey, type Server } from '../model/instance.ts';
import type { Outsider } from '../model/topology.ts';

type Sources = ReadonlyMap<InstanceKey, readonly InstanceKey[]>;

/** A cluster among all that was seen. */
export interface SeedTree {
  /** Of an instance with several sources, the one within the cluster; of others their only one. */
  readonly leading: ReadonlyMap<InstanceKey, InstanceKey>;
  /** Those that belong to another cluster, which one of this cluster reads from too. */
  readonly outside: ReadonlyMap<
    InstanceKey,
    Extract<Outsider['why'], 'outside-source' | 'other-cluster'>
  >;
}

/**
 * A cluster is the tree that holds its seeds. Where an instance reads from several sources, the one that is in the tree
 * leads, and the others bound it: what stands around them is another cluster. `all`: whom each instance reads from, in the
 * order of its channels. An instance that nothing connects to anybody, such as a former master, stays in the cluster.
 */
export function seedTree(all: Sources, seeds: readonly InstanceKey[]): SeedTree {
  const several = [...all.values()].some((it) => it.length > 1);
  const tree = several ? grow(all, seeds) : new Set<InstanceKey>();
  const leading = new Map(
    [...all].flatMap(([key, sources]) => {
      const lead = sources.find((it) => tree.has(it)) ?? sources[0];
      return lead === undefined ? [] : [[key, lead] as const];
    }),
  );
  return { leading, outside: several ? around(all, tree, leading) : new Map() };
}

/** Down to all replicas, up to the only source; up from several sources only where none of them is there yet. */
function grow(all: Sources, seeds: readonly InstanceKey[]): ReadonlySet<InstanceKey> {
  const tree = new Set(seeds.filter((it) => all.has(it)));
  for (let before = -1; before < tree.size;) {
    before = tree.size;
    for (const [key, sources] of all) {
      if (sources.some((it) => tree.has(it))) tree.add(key);
    }
    const [above] = [...tree].flatMap((it) => missingAbove(all.get(it) ?? [], tree, all));
    if (before === tree.size && above !== undefined) tree.add(above);
  }
  return tree;
}

function missingAbove(
  sources: readonly InstanceKey[],
  tree: ReadonlySet<InstanceKey>,
  all: Sources,
): readonly InstanceKey[] {
  const [first] = sources;
  const isThere = sources.some((it) => tree.has(it));
  return first === undefined || isThere || !all.has(first) ? [] : [first];
}

/** The sources of the tree that are not in it, and all who are connected to them. */
function around(
  all: Sources,
  tree: ReadonlySet<InstanceKey>,
  leading: SeedTree['leading'],
): SeedTree['outside'] {
  const outside = new Map<InstanceKey, 'outside-source' | 'other-cluster'>();
  for (const reader of tree) {
    const beside = (all.get(reader) ?? []).filter((it) => it !== leading.get(reader));
    beside.filter((it) => !tree.has(it)).forEach((it) => outside.set(it, 'outside-source'));
  }
  for (let before = -1; before < outside.size;) {
    before = outside.size;
    const linked = [...all].flatMap(([key, sources]) => linkedBy(key, sources, outside));
    linked
      .filter((it) => all.has(it) && !tree.has(it) && !outside.has(it))
      .forEach((it) => outside.set(it, 'other-cluster'));
  }
  return outside;
}

/** Who stands right above or below one that is outside. */
function linkedBy(
  key: InstanceKey,
  sources: readonly InstanceKey[],
  outside: SeedTree['outside'],
): readonly InstanceKey[] {
  if (outside.has(key)) {
    return sources;
  }
  return sources.some((it) => outside.has(it)) ? [key] : [];
}

/** The same server with the channel first that reads from `lead`: it is the one that the cluster is about. */
export function ledBy(
  instance: Instance,
  lead: InstanceKey | undefined,
  nameIn: (name: InstanceKey) => InstanceKey,
): Instance {
  const { probe, lastAnswer } = instance;
  const channels = lastAnswer?.server.channels ?? [];
  if (lastAnswer === null || lead === undefined || channels.length < 2) {
    return instance;
  }
  const isLead = (it: Server['channels'][number]): boolean =>
    nameIn(keyOf(it.source.host, it.source.port)) === lead;
  const led = (server: Server): Server => ({
    ...server,
    channels: [...server.channels.filter(isLead), ...server.channels.filter((it) => !isLead(it))],
  });
  return {
    ...instance,
    probe: probe.kind === 'answered' ? { ...probe, server: led(probe.server) } : probe,
    lastAnswer: { ...lastAnswer, server: led(lastAnswer.server) },
  };
}
