import {
  keyOf,
  type ConnectedReplica,
  type DumpThread,
  type InstanceKey,
  type Server,
} from '../model/instance.ts';
import { memberOf, type BinlogReader, type Topology } from '../model/topology.ts';
import { isSourceOf } from './aliases.ts';
import type { Crawl } from './crawl.ts';
import type { Sighting } from './sighting.ts';

export interface ReaderFacts {
  /** The picture of the round before. */
  readonly previous: Topology | undefined;
  /** Whether a name stands in the settings, or was heard before: nothing is concluded about it. */
  readonly isKnown: (name: InstanceKey) => boolean;
}

/** A source that answered, with the servers that read from it. */
interface Place {
  readonly name: InstanceKey;
  readonly server: Server;
  readonly replicas: readonly Sighting[];
}

/** What one source tells: who only reads its binary log, and the names that are guessed from that. */
interface Told {
  readonly readers: readonly BinlogReader[];
  readonly names: readonly InstanceKey[];
}

/**
 * Programs that read a binary log without being a server, such as change data capture. A server registers before it
 * reads, with a port, and MySQL with its uuid. So one that registers no port is none; where every server that registered
 * was found, all other dump threads are none; and on MySQL one without a uuid is none where no such server answers to its
 * name. Their names are taken out of the crawl.
 */
export function withoutReaders(
  crawl: Crawl,
  facts: ReaderFacts,
): { readonly crawl: Crawl; readonly readers: readonly BinlogReader[] } {
  const told = placesIn(crawl.sightings).map((it) => toldBy(it, crawl.sightings, facts));
  const names = new Set(told.flatMap((it) => it.names));
  const isReader = (name: InstanceKey): boolean => names.has(name) && !facts.isKnown(name);
  return {
    crawl: {
      sightings: crawl.sightings.filter((it) => it.probe.kind === 'answered' || !isReader(it.name)),
      outsiders: crawl.outsiders.filter((it) => it.why !== 'unconfirmed' || !isReader(it.key)),
    },
    readers: told.flatMap((it) => it.readers),
  };
}

function placesIn(sightings: readonly Sighting[]): readonly Place[] {
  const answering = sightings.filter(
    (it, place) => sightings.findIndex((one) => one.address === it.address) === place,
  );
  return answering.flatMap(({ name, probe }) =>
    probe.kind === 'answered'
      ? [
          {
            name,
            server: probe.server,
            replicas: answering.filter((it) =>
              serverOf(it)?.channels.some((channel) => isSourceOf(probe.server, channel)),
            ),
          },
        ]
      : [],
  );
}

function toldBy(place: Place, sightings: readonly Sighting[], { previous }: ReaderFacts): Told {
  const { name, server, replicas } = place;
  const { registered, dumpThreads } = server;
  if (registered === undefined) {
    return { readers: [], names: [] };
  }
  const programs = registered.filter((it) => isProgram(it, place, sightings));
  const servers = registered.filter((it) => !programs.includes(it));
  const missing = servers.filter((it) => !replicas.some((one) => isRow(it, serverOf(one)))).length;
  const allFound = missing === 0;
  const others = threadsOfOthers(place);
  const certain = allFound ? others : knownAmong(others, place, { previous, missing });
  const [only] = programs;
  const isSole = programs.length === 1 && certain.length === 1;
  const byThread = certain.map(({ user, host }): BinlogReader => ({
    source: name,
    account: user,
    host,
    serverId: isSole ? (only?.serverId ?? null) : null,
  }));
  const unseen = dumpThreads !== undefined && allFound ? [] : programs.slice(certain.length);
  const byRow = unseen.map(({ host, serverId }): BinlogReader => ({
    source: name,
    account: null,
    host,
    serverId,
  }));
  return {
    readers: [...byThread, ...byRow],
    names: [
      ...(allFound ? (dumpThreads ?? []) : certain).map((it) => keyOf(it.host, server.port)),
      ...programs.map((it) => nameOfRow(it, server)),
    ],
  };
}

/**
 * While a server that registered is not found, such as one that just died, one of the threads is its own. Beyond that
 * those stay readers that were readers in the round before.
 */
function knownAmong(
  threads: readonly DumpThread[],
  { name }: Place,
  { previous, missing }: { readonly previous: Topology | undefined; readonly missing: number },
): readonly DumpThread[] {
  if (previous?.readers === undefined) return [];
  const source = memberOf(previous, name)?.key;
  const before = previous.readers.filter((it) => it.source === source);
  return threads
    .filter(({ user, host }) => before.some((it) => it.account === user && it.host === host))
    .slice(0, Math.max(0, threads.length - missing));
}

/** Threads that are left when each replica that was found has taken its own: of its user, from its host if there is one. */
function threadsOfOthers({ server, replicas }: Place): readonly DumpThread[] {
  const left = [...(server.dumpThreads ?? [])];
  for (const replica of replicas) {
    const channel = serverOf(replica)?.channels.find((it) => isSourceOf(server, it));
    const ofUser = left.filter((it) => it.user === channel?.user);
    const own = ofUser.find((it) => isHostOf(it.host, replica)) ?? ofUser[0];
    if (own !== undefined && channel?.receiver === 'yes') left.splice(left.indexOf(own), 1);
  }
  return left;
}

function isHostOf(host: string, { name, address }: Sighting): boolean {
  return [name, address].some((it) => it.startsWith(`${host}:`) || it.startsWith(`[${host}]:`));
}

function isProgram(
  row: ConnectedReplica,
  { server, replicas }: Place,
  sightings: readonly Sighting[],
): boolean {
  if (replicas.some((it) => isRow(row, serverOf(it)))) return false;
  if (row.port === null) return true;
  if (server.flavor !== 'mysql' || row.serverUuid !== null) return false;
  const there = sightings.find((it) => it.name === nameOfRow(row, server));
  return there?.probe.kind === 'answered'
    ? !isRow(row, there.probe.server)
    : there !== undefined && isNoServer(there.probe.reason);
}

function isNoServer(reason: string): boolean {
  return reason === 'refused' || reason === 'not-a-server';
}

function isRow({ serverId, serverUuid }: ConnectedReplica, server: Server | undefined): boolean {
  if (server === undefined) return false;
  return serverUuid === null || server.serverUuid === null
    ? server.serverId === serverId
    : server.serverUuid === serverUuid;
}

function nameOfRow({ host, port }: ConnectedReplica, server: Server): InstanceKey {
  return keyOf(host, port ?? server.port);
}

function serverOf({ probe }: Sighting): Server | undefined {
  return probe.kind === 'answered' ? probe.server : undefined;
}
