import { alive, answered, type Instance, type InstanceKey } from '../model/instance.ts';

type Sources = ReadonlyMap<InstanceKey, InstanceKey | null>;

/** A promotion that was recorded: who was opened, and whom it replaced. */
export interface Promotion {
  readonly opened: InstanceKey;
  readonly replaced: InstanceKey | null;
}

/**
 * Which instance is the cluster's master, dead or alive: the top of the tree that most instances hang under.
 * A recorded promotion decides before that: the one it opened is the master while it takes writes, and also while it
 * is silent, so that neither a replica that could not follow nor the replaced master, when it comes back, makes the old
 * one the master again. It counts no more once the opened one answers as a replica or read-only, or once somebody
 * else, not the replaced one, takes writes and is followed.
 */
export function chooseMaster(
  instances: readonly Instance[],
  sources: Sources,
  memory: { readonly lastPromotion: Promotion | null; readonly lastMaster: InstanceKey | null },
): InstanceKey | null {
  const ranked = instances
    .filter((it) => isTop(it.key, sources))
    .map((it) => ({ instance: it, rank: rankOf(it, instances, sources, memory.lastMaster) }))
    .toSorted((a, b) => compare(b.rank, a.rank) || (a.instance.key < b.instance.key ? -1 : 1));
  const promoted = promotedOf(instances, sources, memory.lastPromotion);
  if (promoted !== undefined) {
    return successorOf(promoted, ranked, memory.lastPromotion)?.instance.key ?? promoted.key;
  }
  return staying(ranked, memory.lastMaster) ?? firstShown(ranked, instances, memory.lastMaster);
}

/** A lone name that never answered, with nobody under it, shows nothing about a cluster. */
function firstShown(
  ranked: readonly Ranked[],
  instances: readonly Instance[],
  lastMaster: InstanceKey | null,
): InstanceKey | null {
  const shown = lastMaster !== null || instances.some((it) => it.lastAnswer !== null);
  return shown ? (firstOf(ranked)?.instance.key ?? null) : null;
}

/** The one that the last promotion opened, while that counts. */
function promotedOf(
  instances: readonly Instance[],
  sources: Sources,
  lastPromotion: Promotion | null,
): Instance | undefined {
  const promoted = instances.find((it) => it.key === lastPromotion?.opened);
  return promoted !== undefined && counts(promoted, sources) ? promoted : undefined;
}

/** Who came after a promoted one that is silent. */
function successorOf(
  promoted: Instance,
  ranked: readonly Ranked[],
  lastPromotion: Promotion | null,
): Ranked | undefined {
  return answered(promoted) === undefined
    ? ranked.find(
        ({ instance, rank: [below = 0] }) =>
          below > 0 &&
          writable(instance) &&
          instance.key !== promoted.key &&
          instance.key !== lastPromotion?.replaced,
      )
    : undefined;
}

/** One that was never heard outweighs nobody who takes writes and is followed, whatever hangs under it. */
function firstOf(ranked: readonly Ranked[]): Ranked | undefined {
  const [first] = ranked;
  const solid = ranked.find(
    ({ instance, rank: [below = 0] }) =>
      writable(instance) && (below > 0 || (answered(instance)?.replicas.length ?? 0) > 0),
  );
  return first?.instance.unheard === true ? (solid ?? first) : first;
}

interface Ranked {
  readonly instance: Instance;
  readonly rank: readonly number[];
}

/**
 * The last master that lives and takes writes stays it, however many follow another one, until a plan or a person says
 * otherwise. A person does by moving all its replicas below another that takes writes.
 */
function staying(ranked: readonly Ranked[], lastMaster: InstanceKey | null): InstanceKey | null {
  const last = ranked.find(({ instance }) => instance.key === lastMaster);
  if (last === undefined || !writable(last.instance)) {
    return null;
  }
  const isFollowed = ({ rank: [below = 0] }: Ranked): boolean => below > 0;
  const isLeft =
    !isFollowed(last) &&
    ranked.some((it) => it !== last && writable(it.instance) && isFollowed(it));
  return isLeft ? null : last.instance.key;
}

/** Takes writes and reads from nobody, or is silent. */
function counts(promoted: Instance, sources: Sources): boolean {
  return answered(promoted) === undefined
    ? true
    : writable(promoted) && (sources.get(promoted.key) ?? null) === null;
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
