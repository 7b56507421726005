import { alive, answered, type Instance, type InstanceKey } from '../model/instance.ts';

type Sources = ReadonlyMap<InstanceKey, InstanceKey | null>;

/**
 * Which instance is the cluster's master, dead or alive: the top of the tree that most instances hang under.
 * A promotion that we recorded decides while the promoted one is writable and reads from nobody,
 * so that a replica that could not follow does not make its dead source the master again.
 */
export function chooseMaster(
  instances: readonly Instance[],
  sources: Sources,
  memory: { readonly lastPromoted: InstanceKey | null; readonly lastMaster: InstanceKey | null },
): InstanceKey | null {
  const promoted = instances.find((it) => it.key === memory.lastPromoted);
  if (
    promoted !== undefined &&
    writable(promoted) &&
    (sources.get(promoted.key) ?? null) === null
  ) {
    return promoted.key;
  }
  const tops = instances.filter((it) => isTop(it.key, sources));
  const ranked = tops
    .map((it) => ({ key: it.key, rank: rankOf(it, instances, sources, memory.lastMaster) }))
    .toSorted((a, b) => compare(b.rank, a.rank) || (a.key < b.key ? -1 : 1));
  const [first] = ranked;
  // A lone name that never answered, with nobody under it, shows nothing about a cluster.
  const shown = memory.lastMaster !== null || instances.some((it) => it.lastAnswer !== null);
  return shown ? (first?.key ?? null) : null;
}

function rankOf(
  instance: Instance,
  instances: readonly Instance[],
  sources: Sources,
  lastMaster: InstanceKey | null,
): readonly number[] {
  const below = instances.filter(
    (it) => it.key !== instance.key && leadsTo(it.key, instance.key, sources),
  ).length;
  return [
    below,
    Number(writable(instance)),
    Number(instance.key === lastMaster),
    Number(alive(instance)),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function writable(instance: Instance): boolean {
  return answered(instance)?.readOnly === false;
}

/** Reads from nobody, or stands in a ring. */
function isTop(key: InstanceKey, sources: Sources): boolean {
  const source = sources.get(key) ?? null;
  return source === null || source === key || leadsTo(source, key, sources);
}

function leadsTo(from: InstanceKey, to: InstanceKey, sources: Sources): boolean {
  const seen = new Set<InstanceKey>();
  let at: InstanceKey | null = from;
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    at = sources.get(at) ?? null;
    if (at === to) {
      return true;
    }
  }
  return false;
}
