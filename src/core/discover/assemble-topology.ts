import {
  answered,
  keyOf,
  type Instance,
  type InstanceKey,
  type Server,
} from '../model/instance.ts';
import type { Member, Outsider, Topology } from '../model/topology.ts';
import { boundedBy, slowReasons } from './bounds.ts';
import { chooseMaster, type Promotion } from './choose-master.ts';
import type { KnownNames } from './group-names.ts';
import { mergeNames } from './merge-names.ts';
import type { Sighting } from './sighting.ts';
import { ledBy, seedTree } from './seed-tree.ts';
import { nameOf } from './spellings.ts';
import { standstill } from './standstill.ts';

export interface Memory extends KnownNames {
  /** Who the last recorded promotion opened, and whom it replaced; null when none is recorded. */
  readonly lastPromotion: Promotion | null;
  /** The master when the cluster was last looked at, in this process or another; null when unknown. */
  readonly lastMaster: InstanceKey | null;
  /** Whom each instance read from when it was last seen, in this process or another. */
  readonly lastSources: ReadonlyMap<InstanceKey, InstanceKey | null>;
  /** Names of those that were heard before, in this process or another. */
  readonly heard: ReadonlySet<InstanceKey>;
  /** These are the first rounds of this process. */
  readonly early: boolean;
  /** Whose tree the cluster is. */
  readonly seeds: readonly InstanceKey[];
}

/** Makes one picture of what was seen; a server seen under two names becomes one instance. */
export function assembleTopology(
  cluster: string,
  at: number,
  sightings: readonly Sighting[],
  memory: Memory,
): Topology {
  const seen = mergeNames(sightings, memory).map((it) =>
    isUnheard(it, memory) ? { ...it, unheard: true as const } : it,
  );
  const canonical = canonicalNames(seen);
  const nameIn = (name: InstanceKey): InstanceKey => canonical.get(name) ?? name;
  const all = sourcesOf(seen, nameIn, memory.lastSources);
  const { leading, outside } = seedTree(all, memory.seeds.map(nameIn));
  const inside = seen.filter((it) => !outside.has(it.key));
  const picture = pictureOf(
    inside.map((it) => ledBy(it, leading.get(it.key), nameIn)),
    leading,
    {
      memory,
      canonical,
    },
  );
  const beyond = [...outside, ...picture.beyond.map((it) => [it, 'outside-source'] as const)].map(
    ([key, why]): Outsider => ({
      key,
      namedBy: inside.map((it) => it.key).filter((it) => all.get(it)?.includes(key)),
      why,
    }),
  );
  const topology = {
    cluster,
    at,
    master: picture.master,
    members: picture.members,
    ...(memory.early ? { early: true as const } : {}),
    ...(beyond.length === 0 ? {} : { outsiders: beyond }),
  };
  const since = standstill(topology, memory.previous);
  return since === undefined ? topology : { ...topology, standsStillSince: since };
}

/** Every name that an instance goes by, to its key. */
function canonicalNames(instances: readonly Instance[]): ReadonlyMap<InstanceKey, InstanceKey> {
  return new Map([
    ...instances.flatMap((it) => it.aliases.map((name) => [name, it.key] as const)),
    ...instances.map((it) => [it.key, it.key] as const),
  ]);
}

/** Who is master, and what all others are. `beyond`: sources outside the cluster that nobody could ask. */
function pictureOf(
  instances: readonly Instance[],
  leading: ReadonlyMap<InstanceKey, InstanceKey>,
  {
    memory,
    canonical,
  }: { readonly memory: Memory; readonly canonical: ReadonlyMap<InstanceKey, InstanceKey> },
): Pick<Topology, 'master' | 'members'> & { readonly beyond: readonly InstanceKey[] } {
  const lastMaster = resolve(memory.previous?.master ?? memory.lastMaster, canonical);
  const lastPromotion = promotionIn(memory, canonical);
  const sources = new Map(instances.map((it) => [it.key, leading.get(it.key) ?? null] as const));
  const bounded = boundedBy(instances, sources, { ...memory, lastMaster });
  bounded.forEach((_, key) => sources.set(key, null));
  const beyond = [...new Set(bounded.values())];
  const within = instances.filter((it) => !beyond.includes(it.key));
  const promoted = within.find((it) => it.key === lastPromotion?.opened);
  if (promoted !== undefined && standsAlone(promoted)) {
    sources.set(promoted.key, null);
  }
  const master = chooseMaster(within, sources, { lastPromotion, lastMaster });
  const members = within
    .map((it): Member => ({
      ...it,
      source: sources.get(it.key) ?? null,
      role: roleOf(it, master, sources),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { master, members, beyond };
}

/**
 * One that only an earlier process heard counts as heard once this process had time to reach it: in its first rounds a
 * busy machine looks like a silent server. A host that refuses a connection says by itself that no server is there.
 */
function isUnheard(
  { key, aliases, probe, lastAnswer }: Instance,
  { heard, early }: Memory,
): boolean {
  const before = [key, ...aliases].some((it) => heard.has(it));
  const conclusive = probe.kind === 'silent' && !slowReasons.has(probe.reason);
  return lastAnswer === null && !(before && (!early || conclusive));
}

/** Who tells that an instance which was never heard reads from it; null for nobody. */
function toldSource(
  { key, unheard }: Instance,
  instances: readonly Instance[],
  nameIn: (name: InstanceKey) => InstanceKey,
): InstanceKey | null {
  const reads = (server: Server): boolean =>
    server.replicas.some((it) => nameIn(keyOf(it.host, it.port ?? server.port)) === key);
  const source = instances.find((it) => it.lastAnswer !== null && reads(it.lastAnswer.server));
  return unheard === true ? (source?.key ?? null) : null;
}

/** Writable, and its channel, if it still has one, is stopped: a promotion that was cut short leaves it so. */
function standsAlone(instance: Instance): boolean {
  const server = answered(instance);
  return server?.readOnly === false && server.channels.every((it) => it.receiver === 'no');
}

/** Whom each reads from, in the order of its channels; of one that was never heard, who tells so. */
function sourcesOf(
  instances: readonly Instance[],
  nameIn: (name: InstanceKey) => InstanceKey,
  lastSources: Memory['lastSources'],
): ReadonlyMap<InstanceKey, readonly InstanceKey[]> {
  return new Map(
    instances.map((it) => {
      const named = it.lastAnswer?.server.channels.filter((one) => one.source.host !== '');
      const told = lastSources.get(it.key) ?? toldSource(it, instances, nameIn);
      const names = named?.map(nameOf) ?? (told === null ? [] : [told]);
      return [it.key, [...new Set(names.map(nameIn))]] as const;
    }),
  );
}

/** The last promotion, by the names of this picture. */
function promotionIn(
  { lastPromotion }: Memory,
  canonical: ReadonlyMap<InstanceKey, InstanceKey>,
): Promotion | null {
  return lastPromotion === null
    ? null
    : {
        opened: resolve(lastPromotion.opened, canonical) ?? lastPromotion.opened,
        replaced: resolve(lastPromotion.replaced, canonical),
      };
}

function resolve(
  name: InstanceKey | null,
  canonical: ReadonlyMap<InstanceKey, InstanceKey>,
): InstanceKey | null {
  return name === null ? null : (canonical.get(name) ?? null);
}

function roleOf(
  { key, unheard }: Instance,
  master: InstanceKey | null,
  sources: ReadonlyMap<InstanceKey, InstanceKey | null>,
): Member['role'] {
  if (key === master) {
    return 'master';
  }
  if (unheard === true) {
    return 'unknown';
  }
  const source = sources.get(key) ?? null;
  if (source === null) {
    return 'detached';
  }
  if (source === master && master !== null && sources.get(master) === key) {
    return 'co-master';
  }
  return [...sources.values()].includes(key) ? 'intermediate' : 'replica';
}
