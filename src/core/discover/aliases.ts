import { keyOf, type Channel, type InstanceKey, type Server } from '../model/instance.ts';
import type { Topology } from '../model/topology.ts';
import type { Crawl } from './crawl.ts';
import type { Sighting } from './sighting.ts';
import { spellingsIn } from './spellings.ts';

export interface AliasFacts {
  /** The picture of the round before. */
  readonly previous: Topology | undefined;
  /** Where each instance of the journal was reached. */
  readonly knownAddresses: ReadonlyMap<InstanceKey, string>;
  /** The key of the instance that once answered to a name, by that name. */
  readonly lastKeys: ReadonlyMap<InstanceKey, InstanceKey>;
}

/**
 * Finds the members among those who were not asked: a server has a name in the settings and others among its peers. A name
 * by which a member is read from becomes a sighting of that member, which is not asked again; one under which a member
 * only registered is no outsider either. Nobody is logged in to under such a name, so that a false one leads nowhere.
 */
export function foldAliases({ sightings, outsiders }: Crawl, facts: AliasFacts): Crawl {
  const aliases = outsiders.flatMap(({ key }): readonly Sighting[] => {
    const meant = sightingCalled(key, sightings, facts);
    return meant === undefined ? [] : [{ ...meant, name: key }];
  });
  const folded = new Set(aliases.map((it) => it.name));
  const all = [...sightings, ...aliases];
  return {
    sightings: all,
    outsiders: outsiders.filter(
      (it) => !folded.has(it.key) && (it.why !== 'unconfirmed' || !isRegistered(it.key, all)),
    ),
  };
}

function sightingCalled(
  name: InstanceKey,
  sightings: readonly Sighting[],
  { previous, knownAddresses, lastKeys }: AliasFacts,
): Sighting | undefined {
  const before = previous?.members.find((it) => it.key === name || it.aliases.includes(name));
  const names = before === undefined ? [] : [before.key, ...before.aliases];
  const last = lastKeys.get(name);
  const address = knownAddresses.get(last ?? name);
  return (
    sightings.find((it) => names.includes(it.name)) ??
    sightings.find((it) => last !== undefined && lastKeys.get(it.name) === last) ??
    sightings.find((it) => it.address === address) ??
    sourceCalled(name, sightings) ??
    sourceSpelled(name, sightings)
  );
}

/** Whom a member that receives under this name is connected to, where exactly one member is that server. */
function sourceCalled(name: InstanceKey, sightings: readonly Sighting[]): Sighting | undefined {
  const channels = sightings
    .flatMap((it) => serverOf(it)?.channels ?? [])
    .filter((it) => it.receiver === 'yes' && keyOf(it.source.host, it.source.port) === name);
  const meant = sightings.filter((it) => {
    const server = serverOf(it);
    return server !== undefined && channels.some((channel) => isSourceOf(server, channel));
  });
  return new Set(meant.map((it) => it.address)).size === 1 ? meant[0] : undefined;
}

/** The silent server that replicas know under this name too, as they tell of what they read from. */
function sourceSpelled(name: InstanceKey, sightings: readonly Sighting[]): Sighting | undefined {
  const spellings = spellingsIn(sightings.flatMap((it) => serverOf(it) ?? []));
  const identity = spellings.identityOf(name);
  return sightings.find(
    (it) =>
      it.probe.kind === 'silent' &&
      identity !== undefined &&
      spellings.identityOf(it.name) === identity &&
      !spellings.areTwo(it.name, name),
  );
}

/** Whether a channel is connected to a server, or was when it last was. */
export function isSourceOf(server: Server, { sourceUuid, sourceServerId }: Channel): boolean {
  return sourceUuid === null || server.serverUuid === null
    ? sourceServerId !== 0 && server.serverId === sourceServerId
    : server.serverUuid === sourceUuid;
}

/** Whether everybody who names it means a member that reads from it, by the id under which that one registered. */
function isRegistered(name: InstanceKey, sightings: readonly Sighting[]): boolean {
  const readers = sightings
    .flatMap((it) => serverOf(it) ?? [])
    .filter((it) => it.channels.length > 0);
  const rows = sightings
    .flatMap((it) => serverOf(it) ?? [])
    .flatMap((server) =>
      server.replicas
        .filter((it) => it.host !== '' && keyOf(it.host, it.port ?? server.port) === name)
        .map((it) => ({ ...it, source: server })),
    );
  return (
    rows.length > 0 &&
    rows.every(({ serverUuid, serverId, source }) =>
      readers.some(
        (it) =>
          (serverUuid === null || it.serverUuid === null
            ? serverId !== null && it.serverId === serverId
            : it.serverUuid === serverUuid) &&
          it.channels.some((channel) => isSourceOf(source, channel)),
      ),
    ) &&
    !sightings
      .flatMap((it) => serverOf(it)?.channels ?? [])
      .some((it) => keyOf(it.source.host, it.source.port) === name)
  );
}

function serverOf({ probe }: Sighting): Server | undefined {
  return probe.kind === 'answered' ? probe.server : undefined;
}
