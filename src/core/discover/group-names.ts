import type { InstanceKey, Server } from '../model/instance.ts';
import type { Member, Topology } from '../model/topology.ts';
import { identityOf, isSameServer, type Seen } from './same-server.ts';
import type { Sighting } from './sighting.ts';
import { isReadAs, nameOf, spellingsIn, type Spellings } from './spellings.ts';

/** What is remembered of names. */
export interface KnownNames {
  /** The picture of the round before; undefined in the first. */
  readonly previous: Topology | undefined;
  /** The instance that answered to a name in an earlier process, by that name. */
  readonly lastKeys: ReadonlyMap<InstanceKey, InstanceKey>;
}

/** All names under which one server was asked, at least one; those that answered first. */
export type Group = readonly Sighting[];

/** Which of the names that were asked lead, or led, to one server. */
export function groupNames(sightings: readonly Sighting[], known: KnownNames): readonly Group[] {
  const living = groupsThatAnswer(sightings);
  const servers = living.map((it) => seenOf(it[0])?.server).filter((it) => it !== undefined);
  const spellings = spellingsIn(servers);
  const silent: Sighting[][] = [];
  for (const sighting of sightings.filter((it) => it.probe.kind === 'silent')) {
    const readers = servers.filter((it) =>
      it.channels.some((one) => nameOf(one) === sighting.name),
    );
    const group =
      living.find(
        (it) => wasNamed(sighting, it, known.previous) || isCalled(sighting, it, readers),
      ) ?? silent.find((it) => areOneSilent(sighting, it, known, spellings));
    if (group === undefined) silent.push([sighting]);
    else group.push(sighting);
  }
  return [...living, ...silent];
}

function groupsThatAnswer(sightings: readonly Sighting[]): readonly Sighting[][] {
  const byIdentity = new Map<string, Sighting[][]>();
  for (const sighting of sightings) {
    const seen = seenOf(sighting);
    if (seen !== undefined) {
      const identity = identityOf(seen.server);
      const alike = byIdentity.get(identity) ?? [];
      byIdentity.set(identity, alike);
      const group = alike.find((it) => it.every((other) => areSame(seen, other)));
      if (group === undefined) alike.push([sighting]);
      else group.push(sighting);
    }
  }
  return [...byIdentity.values()].flat();
}

function areSame(seen: Seen, other: Sighting): boolean {
  const its = seenOf(other);
  return its === undefined || isSameServer(seen, its);
}

/** What it answered; undefined when it is silent. */
export function seenOf(sighting: Sighting | undefined): Seen | undefined {
  return sighting?.probe.kind === 'answered'
    ? {
        name: sighting.name,
        address: sighting.address,
        at: sighting.probe.at,
        server: sighting.probe.server,
      }
    : undefined;
}

/** A name that is silent now, and answered before as this very server, which answers under another name. */
function wasNamed({ name }: Sighting, group: Group, previous: Topology | undefined): boolean {
  const before = memberNamed(name, previous);
  const seen = seenOf(group[0]);
  if (!before?.lastAnswer || seen === undefined) {
    return false;
  }
  const { at, server } = before.lastAnswer;
  const isCalledSo = group.some((it) => it.name === before.key || before.aliases.includes(it.name));
  const isNew = group.every((it) => memberNamed(it.name, previous) === undefined);
  return isCalledSo
    ? identityOf(server) === identityOf(seen.server)
    : // A copy of it answers elsewhere too: only one that nothing tells from it has moved there.
      isNew && isSameServer(seen, { name, address: before.address, at, server });
}

/** A name that leads nowhere from here, under which a replica reads from a server that answers. */
function isCalled({ name }: Sighting, group: Group, readers: readonly Server[]): boolean {
  const server = seenOf(group[0])?.server;
  return server !== undefined && readers.some((it) => isReadAs(name, it, server));
}

/** Two silent names of one server: it answered to both, they lead to one address, or its replicas say so. */
function areOneSilent(
  sighting: Sighting,
  group: Group,
  { previous, lastKeys }: KnownNames,
  spellings: Spellings,
): boolean {
  const before = memberNamed(sighting.name, previous);
  const last = lastKeys.get(sighting.name);
  const identity = spellings.identityOf(sighting.name);
  return group.some((it) => {
    const other = memberNamed(it.name, previous);
    if (wasHeard(before) && wasHeard(other)) {
      return before === other;
    }
    return (
      it.address === sighting.address ||
      (last !== undefined && last === lastKeys.get(it.name)) ||
      (identity !== undefined &&
        identity === spellings.identityOf(it.name) &&
        !spellings.areTwo(it.name, sighting.name))
    );
  });
}

function wasHeard(member: Member | undefined): boolean {
  return Boolean(member?.lastAnswer);
}

function memberNamed(name: InstanceKey, previous: Topology | undefined): Member | undefined {
  return (
    previous?.members.find((it) => it.key === name) ??
    previous?.members.find((it) => it.aliases.includes(name))
  );
}
