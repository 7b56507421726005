import { knownPosition, ownOrigin } from '../../decide/candidates/completeness.ts';
import type { InstanceKey } from '../../model/instance.ts';
import { contains, merge, whatLacks, type Position } from '../../model/position.ts';
import { parsePosition, serialisePosition } from '../../model/position-text.ts';
import { isPromotion, type Handover, type Recovery } from '../../model/recovery.ts';
import { memberOf, type Member, type Topology } from '../../model/topology.ts';
import { notedStandings, type NotedStandings } from './noted-standings.ts';
import type { KnownInstance, Store } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** How often what was seen is written down although nothing changed, in milliseconds. */
export const writeDownEveryMs = 10_000;

/** The role under which a master is written down that its group elected: a failover needs to know it when it is gone. */
const groupPrimary = 'group-primary';

/** How many detections the views show. */
export const shownDetections = 20;

/** How many recoveries the views show. */
const shownRecoveries = 50;
/** How many promotions count beside them, however long ago they were: they say who is the master, and what blocks. */
const rememberedPromotions = 20;

/** What one cluster's engine remembers between rounds and, through the store, between runs. */
export interface ClusterMemory extends NotedStandings {
  readonly knownKeys: () => readonly InstanceKey[];
  /** The key of the instance that once answered to a name, by that name; its key is one of them. */
  readonly lastKeys: () => ReadonlyMap<InstanceKey, InstanceKey>;
  readonly lastMaster: () => InstanceKey | null;
  /** Members of a group that elects its own primaries, when they last answered. */
  readonly inGroups: () => ReadonlySet<InstanceKey>;
  readonly lastSources: () => ReadonlyMap<InstanceKey, InstanceKey | null>;
  /** Who the newest promotion of this cluster opened, and whom it replaced; null when none is recorded. */
  readonly lastPromotion: () => {
    readonly opened: InstanceKey;
    readonly replaced: InstanceKey | null;
  } | null;
  readonly highWater: () => ReadonlyMap<InstanceKey, Position>;
  readonly recoveries: () => readonly Recovery[];
  /** The one that began last. */
  readonly newest: () => Recovery | undefined;
  /** The newest hand-over that made `newMaster` out of a replica of `oldMaster`. */
  readonly handoverBetween: (
    oldMaster: InstanceKey,
    newMaster: InstanceKey | null,
  ) => Handover | null;
  /** Where each known instance was reached last. */
  readonly knownAddresses: () => ReadonlyMap<InstanceKey, string>;
  /** Lets go of what an earlier cluster of the same name left behind. */
  readonly forget: (keys: readonly InstanceKey[]) => void;
  /** Takes in a new picture; writes it down when the members changed or `writeDown` says so. */
  readonly learn: (topology: Topology, writeDown: boolean) => void;
}

export function clusterMemory(cluster: string, store: Store | undefined): ClusterMemory {
  const { known, highWater, load } = readLate(cluster, store);
  const recoveries = (): readonly Recovery[] => recoveriesIn(cluster, store);
  let written = '';
  return {
    knownKeys: () => {
      load();
      return [...known.keys()];
    },
    knownAddresses: () => new Map([...known].map(([key, it]) => [key, it.address] as const)),
    ...notedStandings(cluster, store, (name) => known.delete(name)),
    lastKeys: () => lastKeysOf([...known.values()]),
    lastMaster: () => [...known.values()].find(isMaster)?.key ?? null,
    inGroups: () => new Set([...known.values()].filter(isGrouped).map((it) => it.key)),
    lastSources: () => new Map([...known].map(([key, it]) => [key, it.source] as const)),
    lastPromotion: () => {
      const promotion = recoveries().find(opened);
      return promotion === undefined
        ? null
        : { opened: promotion.newMaster, replaced: promotion.oldMaster };
    },
    highWater: () => highWater,
    recoveries,
    newest: () => store?.recoveries(cluster, 1)[0],
    handoverBetween: (oldMaster, newMaster) =>
      recoveries()
        .map((it) => it.handover)
        .find((it) => it?.oldMaster === oldMaster && it.newMaster === newMaster) ?? null,
    forget: (keys) => {
      for (const key of keys) {
        known.delete(key);
        highWater.delete(key);
        store?.forgetInstance(cluster, key);
      }
    },
    learn: (topology, writeDown) => {
      raise(highWater, topology);
      const shape = shapeOf(topology);
      if (writeDown || shape !== written) {
        written = shape;
        // A name that never answered may be a slip of the pen in the settings: it is not remembered.
        const now = topology.members
          .filter((it) => it.lastAnswer !== null)
          .map((it) => remembered(it, highWater));
        now.forEach((it) => known.set(it.key, it));
        store?.rememberInstances(cluster, now);
      }
    },
  };
}

/** What the journal knows; one that cannot be read yet is read in a later round, and what was seen since is newer. */
function readLate(
  cluster: string,
  store: Store | undefined,
): {
  readonly known: Map<InstanceKey, KnownInstance>;
  readonly highWater: Map<InstanceKey, Position>;
  readonly load: () => void;
} {
  const known = new Map<InstanceKey, KnownInstance>();
  const highWater = new Map<InstanceKey, Position>();
  let isLoaded = false;
  const load = (): void => {
    const rows = isLoaded ? undefined : orUndefined(() => store?.knownInstances(cluster) ?? []);
    if (rows === undefined) return;
    isLoaded = true;
    const missing = rows.filter((it) => !known.has(it.key));
    missing.forEach((it) => known.set(it.key, it));
    missing.flatMap(positionOf).forEach(([key, it]) => highWater.set(key, it));
  };
  load();
  return { known, highWater, load };
}

function positionOf({
  key,
  highWater,
}: KnownInstance): readonly (readonly [InstanceKey, Position])[] {
  const position = highWater === null ? null : parsePosition(highWater);
  return position === null ? [] : [[key, position]];
}

function isMaster({ role }: KnownInstance): boolean {
  return role === 'master' || role === groupPrimary;
}

function isGrouped({ role }: KnownInstance): boolean {
  return role === 'group-member' || role === groupPrimary;
}

function shapeOf({ members }: Topology): string {
  return JSON.stringify(members.map((it) => [it.key, it.role, it.address, it.aliases]));
}

function lastKeysOf(known: readonly KnownInstance[]): ReadonlyMap<InstanceKey, InstanceKey> {
  return new Map([
    ...known.flatMap((it) => it.aliases.map((name) => [name, it.key] as const)),
    ...known.map(({ key }) => [key, key] as const),
  ]);
}

/** Newest first; also promotions that so much came after that no view shows them any more. */
function recoveriesIn(cluster: string, store: Store | undefined): readonly Recovery[] {
  const newest = store?.recoveries(cluster, shownRecoveries) ?? [];
  const ids = new Set(newest.map((it) => it.id));
  const earlier = store?.promotions(cluster, rememberedPromotions) ?? [];
  return [...newest, ...earlier.filter((it) => !ids.has(it.id))];
}

/** Also one that was cut short: whether the new master is open, it says itself. */
function opened(recovery: Recovery): boolean {
  return isPromotion(recovery) && recovery.openedAt !== null && recovery.state !== 'undone';
}

/**
 * The most ever seen grows, until a living master shows that nobody needs it any more: then whoever was rebuilt since
 * counts as it is. A position that cannot be compared (another source's file) replaces the old one.
 */
function raise(highWater: Map<InstanceKey, Position>, topology: Topology): void {
  const living = memberOf(topology, topology.master);
  for (const member of topology.members) {
    const now = knownPosition(member);
    if (now !== null) {
      const before = highWater.get(member.key);
      const needless = before === undefined || isNeedless(before, living);
      highWater.set(member.key, needless ? now : (merge(before, now) ?? now));
    }
  }
}

/**
 * The master holds all of it; or it lacks something that it did not write itself: that was lost when this master was
 * opened without it, and nothing can bring it back into this cluster.
 */
function isNeedless(before: Position, living: Member | undefined): boolean {
  const all = living === undefined ? null : knownPosition(living);
  return (
    living !== undefined &&
    all !== null &&
    (contains(all, before) || whatLacks(all, before, ownOrigin(living)).ranges.length > 0)
  );
}

function remembered(member: Member, highWater: ReadonlyMap<InstanceKey, Position>): KnownInstance {
  const position = highWater.get(member.key);
  return {
    key: member.key,
    aliases: member.aliases,
    address: member.address,
    lastSeenAt: member.lastAnswer?.at ?? 0,
    role: member.role === 'master' && member.inGroup === true ? groupPrimary : member.role,
    source: member.source,
    highWater: position === undefined ? null : serialisePosition(position),
  };
}
