import {
  answered,
  keyOf,
  type Instance,
  type InstanceKey,
  type Server,
} from '../model/instance.ts';
import type { Member, Topology } from '../model/topology.ts';
import { chooseMaster, type Promotion } from './choose-master.ts';
import type { Sighting } from './sighting.ts';
import { standstill } from './standstill.ts';

export interface Memory {
  /** The picture of the round before; undefined in the first. */
  readonly previous: Topology | undefined;
  /** Who the last recorded promotion opened, and whom it replaced; null when none is recorded. */
  readonly lastPromotion: Promotion | null;
  /** The master when the cluster was last looked at, in this process or another; null when unknown. */
  readonly lastMaster: InstanceKey | null;
  /** Whom each instance read from when it was last seen, in this process or another. */
  readonly lastSources: ReadonlyMap<InstanceKey, InstanceKey | null>;
}

/** Makes one picture of what was seen; a server seen under two names becomes one instance. */
export function assembleTopology(
  cluster: string,
  at: number,
  sightings: readonly Sighting[],
  memory: Memory,
): Topology {
  const instances = mergeNames(sightings, memory.previous);
  const canonical = new Map(
    instances.flatMap((it) => [it.key, ...it.aliases].map((name) => [name, it.key] as const)),
  );
  const sources = new Map(
    instances.map((it) => [it.key, sourceOf(it, canonical, memory.lastSources)] as const),
  );
  const lastPromotion =
    memory.lastPromotion === null
      ? null
      : {
          opened: resolve(memory.lastPromotion.opened, canonical) ?? memory.lastPromotion.opened,
          replaced: resolve(memory.lastPromotion.replaced, canonical),
        };
  const promoted = instances.find((it) => it.key === lastPromotion?.opened);
  if (promoted !== undefined && standsAlone(promoted)) {
    sources.set(promoted.key, null);
  }
  const master = chooseMaster(instances, sources, {
    lastPromotion,
    lastMaster: resolve(memory.previous?.master ?? memory.lastMaster, canonical),
  });
  const members = instances
    .map((it): Member => ({
      ...it,
      source: sources.get(it.key) ?? null,
      role: roleOf(it.key, master, sources),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const topology = { cluster, at, master, members };
  const since = standstill(topology, memory.previous);
  return since === undefined ? topology : { ...topology, standsStillSince: since };
}

/** Writable, and its channel, if it still has one, is stopped: a promotion that was cut short leaves it so. */
function standsAlone(instance: Instance): boolean {
  const server = answered(instance);
  return server?.readOnly === false && server.channels.every((it) => it.receiver === 'no');
}

function resolve(
  name: InstanceKey | null,
  canonical: ReadonlyMap<InstanceKey, InstanceKey>,
): InstanceKey | null {
  return name === null ? null : (canonical.get(name) ?? null);
}

/**
 * A server is the same under two names when it gives the same uuid, server id, host name and port.
 * A copied data directory repeats the uuid but not the host name and port, and stays two instances.
 */
function identityOf(server: Server): string {
  return [server.serverUuid ?? '', server.serverId, server.hostname, server.port].join('/');
}

function mergeNames(
  sightings: readonly Sighting[],
  previous: Topology | undefined,
): readonly Instance[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const group = groupOf(sighting, previous);
    groups.set(group, [...(groups.get(group) ?? []), sighting]);
  }
  const spoken = namesInUse(sightings);
  const owners = new Map(
    [...groups].flatMap(([id, group]) => group.map((it) => [it.name, id] as const)),
  );
  return [...groups].map(([id, group]) =>
    instanceOf(group, { spoken, previous, isElsewhere: (name) => (owners.get(name) ?? id) !== id }),
  );
}

/** A silent name belongs to the instance that answered to it before; a name never answered stands for itself. */
function groupOf(sighting: Sighting, previous: Topology | undefined): string {
  if (sighting.probe.kind === 'answered') {
    return identityOf(sighting.probe.server);
  }
  const before = previous?.members.find(
    (it) => it.key === sighting.name || it.aliases.includes(sighting.name),
  );
  if (before?.lastAnswer !== undefined && before.lastAnswer !== null) {
    return identityOf(before.lastAnswer.server);
  }
  return `silent at ${sighting.address}`;
}

/** The names by which servers speak of each other. */
function namesInUse(sightings: readonly Sighting[]): ReadonlySet<InstanceKey> {
  const servers = sightings.flatMap((it) =>
    it.probe.kind === 'answered' ? [it.probe.server] : [],
  );
  return new Set(
    servers.flatMap((server) => server.channels.map((it) => keyOf(it.source.host, it.source.port))),
  );
}

interface Naming {
  readonly spoken: ReadonlySet<InstanceKey>;
  readonly previous: Topology | undefined;
  /** Whether another instance answers to a name now. */
  readonly isElsewhere: (name: InstanceKey) => boolean;
}

function instanceOf(
  group: readonly Sighting[],
  { spoken, previous, isElsewhere }: Naming,
): Instance {
  const names = [...new Set(group.map((it) => it.name))].toSorted();
  const best = bestOf(group);
  const before = memberBefore(names, answerOf(best)?.server, previous);
  const lastAnswer = answerOf(best) ?? before?.lastAnswer ?? null;
  const key = before?.key ?? nameFor(names, lastAnswer?.server, { spoken, group });
  const kept = (before?.aliases ?? []).filter((it) => !isElsewhere(it));
  const all = new Set([...names, ...kept]);
  const aliases = [...all].filter((it) => it !== key).toSorted();
  return { key, address: best.address, aliases, probe: best.probe, lastAnswer };
}

/**
 * Which member of the picture before this is. A name alone does not tell: the address of a stopped container may be given
 * to another one.
 */
function memberBefore(
  names: readonly InstanceKey[],
  server: Server | undefined,
  previous: Topology | undefined,
): Member | undefined {
  const named = (previous?.members ?? []).filter((it) =>
    names.some((name) => it.key === name || it.aliases.includes(name)),
  );
  const same = (it: Member): boolean =>
    server !== undefined &&
    it.lastAnswer !== null &&
    identityOf(it.lastAnswer.server) === identityOf(server);
  return (
    named.find(same) ??
    named.find((it) => names.includes(it.key)) ??
    named.find((it) => server === undefined || it.lastAnswer === null)
  );
}

/** An answer under one name outweighs silence under another. */
function bestOf(group: readonly Sighting[]): Sighting {
  const best = group.find((it) => it.probe.kind === 'answered') ?? group[0];
  if (best === undefined) {
    throw new Error('A group of sightings is never empty.');
  }
  return best;
}

function answerOf({ probe }: Sighting): Instance['lastAnswer'] {
  return probe.kind === 'answered' ? { at: probe.at, server: probe.server } : null;
}

/**
 * The name of an instance: as its replicas call it, else as it reports itself, else as its peers would find it, else as it
 * was asked for. An address says less than the name of its container, which stays when it starts again.
 */
function nameFor(
  names: readonly InstanceKey[],
  server: Server | undefined,
  {
    spoken,
    group,
  }: { readonly spoken: ReadonlySet<InstanceKey>; readonly group: readonly Sighting[] },
): InstanceKey {
  const peerName = group.find((it) => it.peerName !== undefined)?.peerName;
  const reported =
    server?.reportHost === undefined || server.reportHost === null
      ? undefined
      : keyOf(server.reportHost, server.reportPort ?? server.port);
  const called = names.find((it) => spoken.has(it) && (peerName === undefined || !isAddress(it)));
  const name = called ?? reported ?? peerName ?? names[0];
  if (name === undefined) {
    throw new Error('An instance is never without a name.');
  }
  return name;
}

/** `172.18.0.2:3306` or `[fd00::2]:3306`. */
function isAddress(key: InstanceKey): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[.*\]):\d+$/.test(key);
}

function sourceOf(
  instance: Instance,
  canonical: ReadonlyMap<InstanceKey, InstanceKey>,
  lastSources: Memory['lastSources'],
): InstanceKey | null {
  if (instance.lastAnswer === null) {
    const name = lastSources.get(instance.key) ?? null;
    return name === null ? null : (canonical.get(name) ?? name);
  }
  const channel = instance.lastAnswer.server.channels[0];
  if (channel === undefined || channel.source.host === '') {
    return null;
  }
  const name = keyOf(channel.source.host, channel.source.port);
  return canonical.get(name) ?? name;
}

function roleOf(
  key: InstanceKey,
  master: InstanceKey | null,
  sources: ReadonlyMap<InstanceKey, InstanceKey | null>,
): Member['role'] {
  if (key === master) {
    return 'master';
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
