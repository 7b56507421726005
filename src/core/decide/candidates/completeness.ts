import { answered, type InstanceKey } from '../../model/instance.ts';
import {
  contains,
  describePosition,
  lacks,
  merge,
  whatLacks,
  type Origins,
  type Position,
} from '../../model/position.ts';
import { compareFilePositions } from '../../model/file-position.ts';
import { executedOf, knownOf, receivedFileOf } from '../../model/server-position.ts';
import type { Member, Topology } from '../../model/topology.ts';
import { hasSeveralSources } from '../several-sources.ts';

/** Everything an instance executed or received; by files where the cluster has no GTID. */
export function knownPosition(member: Member): Position | null {
  const server = answered(member);
  if (server === undefined) {
    return null;
  }
  const names =
    member.source === null ? { self: member.key } : { self: member.key, source: member.source };
  return server.gtid.kind === 'off' ? receivedFileOf(server, names) : knownOf(server, names);
}

/** MariaDB shows no GTIDs of what a channel by file received and did not apply yet: there the file tells more. */
function receivedFile(member: Member): Position | null {
  const byFile = answered(member)?.channels.some((it) => it.method === 'file') === true;
  return byFile ? placeInSource(member) : null;
}

function placeInSource(member: Member): Position | null {
  const server = answered(member);
  return server?.gtid.kind !== 'mariadb' || member.source === null
    ? null
    : receivedFileOf(server, { self: member.key, source: member.source });
}

/** Somebody who holds what the candidate lacks. */
export interface Gap {
  readonly holder: InstanceKey;
  /** What the candidate lacks, as ranges; empty when the two cannot be compared. */
  readonly ranges: readonly string[];
}

/**
 * Who is known to hold something that the candidate lacks: every replica of the same master, the candidate among them,
 * by what it holds now and by the most it was ever seen to hold: a replica that restarted may have dropped what it had
 * received. The dead master does not count here: what only it holds is told apart. Nor does what a replica wrote
 * itself: it never was the master meanwhile, so nobody acknowledged that to an application of this cluster.
 * `suppliers`: whom the candidate reads everything from before it opens.
 */
export function gapsOf(
  topology: Topology,
  candidate: Member,
  highWater: ReadonlyMap<InstanceKey, Position>,
  suppliers: readonly Member[] = [],
): readonly Gap[] {
  const mine = withMaster(
    topology,
    suppliers.reduce(
      (position, it) => together(position, knownPosition(it)),
      knownPosition(candidate),
    ),
  );
  const myFile = placeInSource(candidate);
  return topology.members
    .filter((it) => it.key !== topology.master && it.source === candidate.source)
    .flatMap((it) => {
      const theirs = mostKnown(it, highWater.get(it.key));
      const theirFile = receivedFile(it);
      return [
        theirs === null
          ? null
          : gapBetween(mine, theirs, withElders(notOurs(topology, it), candidate, it)),
        theirFile === null ? null : gapBetween(myFile, theirFile, notOurs(topology, it)),
      ];
    })
    .filter((it) => it !== null);
}

/**
 * A replica that was rebuilt from a backup knows no writers of older days. What it provably holds of the master's log
 * it holds with all that stands there.
 */
function withMaster(topology: Topology, mine: Position | null): Position | null {
  const master = topology.members.find((it) => it.key === topology.master);
  const theirs = master === undefined ? null : lastExecuted(master);
  return mine !== null && theirs !== null && contains(mine, theirs) ? together(mine, theirs) : mine;
}

function together(a: Position | null, b: Position | null): Position | null {
  return a === null || b === null ? (a ?? b) : (merge(a, b) ?? a);
}

function mostKnown(member: Member, seen: Position | undefined): Position | null {
  return together(knownPosition(member), seen ?? null);
}

interface Holder {
  readonly key: InstanceKey;
  /** Who wrote what it holds and this cluster need not have. */
  readonly ignored: Origins;
}

function gapBetween(
  mine: Position | null,
  theirs: Position,
  { key: holder, ignored }: Holder,
): Gap | null {
  if (mine === null) {
    return { holder, ranges: [describePosition(theirs)] };
  }
  const { ranges } = whatLacks(mine, theirs, ignored);
  return contains(mine, theirs) || ranges.length === 0 ? null : { holder, ranges };
}

/**
 * Beside what it wrote itself, what a replica with several sources holds of writers whom no other member knows: that came
 * from another cluster. Where they cannot be told apart for certain, nothing is left out.
 */
function notOurs(topology: Topology, holder: Member): Holder {
  const own = ownOrigin(holder);
  if (!hasSeveralSources(holder)) {
    return { key: holder.key, ignored: own };
  }
  const others = topology.members.filter((it) => it.key !== holder.key && !hasSeveralSources(it));
  const known = others.flatMap(writersIn);
  const serverIds = known.map(serverIdOf);
  const foreign = writersIn(holder).filter((it) => !known.includes(it));
  return {
    key: holder.key,
    ignored: {
      serverIds: [
        ...own.serverIds,
        ...foreign.map(serverIdOf).filter((it) => !serverIds.includes(it)),
      ],
      uuids: [...own.uuids, ...foreign],
    },
  };
}

/** UUIDs on MySQL, `domain-server` on MariaDB: whose transactions it holds, or held when it was last heard. */
function writersIn(member: Member): readonly string[] {
  const position = knownPosition(member) ?? lastExecuted(member);
  switch (position?.kind) {
    case 'gtid-set':
      return [...position.set.intervals.keys()].map((it) => it.split(':', 1)[0] ?? it);
    case 'mariadb':
      return [...position.position.last.keys()];
    default:
      return [];
  }
}

function serverIdOf(writer: string): number {
  return Number(writer.split('-')[1]);
}

function withElders({ key, ignored }: Holder, candidate: Member, holder: Member): Holder {
  const serverIds = [...ignored.serverIds, ...elderWriters(candidate, holder)];
  return { key, ignored: { ...ignored, serverIds } };
}

/**
 * Writers of older days that the holder knows and the candidate, which was rebuilt from a backup, does not (MariaDB).
 * Both read the log of the same source, and the candidate is at least as far in it: it lacks nothing of that log.
 */
function elderWriters(candidate: Member, holder: Member): readonly number[] {
  const [mine, theirs] = [answered(candidate), answered(holder)];
  const [channel, other] = [mine?.channels[0], theirs?.channels[0]];
  if (channel === undefined || other === undefined || theirs === undefined) {
    return [];
  }
  const sameSource =
    channel.source.host === other.source.host && channel.source.port === other.source.port;
  const order = compareFilePositions(channel.received, other.received);
  if (!sameSource || order === null || order < 0) {
    return [];
  }
  const known = new Set(writersOf(knownPosition(candidate)));
  return writersOf(knownPosition(holder)).filter(
    (it) => !known.has(it) && it !== other.sourceServerId,
  );
}

function writersOf(position: Position | null): readonly number[] {
  return position?.kind === 'mariadb'
    ? [...position.position.last.keys()].map((pair) => Number(pair.slice(pair.indexOf('-') + 1)))
    : [];
}

/** What this instance wrote itself. */
export function ownOrigin(member: Member): Origins {
  const server = answered(member) ?? member.lastAnswer?.server;
  return {
    serverIds: server === undefined ? [] : [server.serverId],
    uuids:
      server?.serverUuid === undefined || server.serverUuid === null ? [] : [server.serverUuid],
  };
}

/**
 * What a replica wrote itself and nobody else of the cluster holds: errant, for it is not the master. A former master
 * wrote a lot itself, but there at least its successor, alive or as last seen, holds it too. As ranges; empty without
 * GTID.
 */
export function errantAmong(topology: Topology, member: Member): readonly string[] {
  const mine = knownPosition(member);
  if (mine === null || mine.kind === 'file') {
    return [];
  }
  const lacking = topology.members
    .filter((it) => it.key !== member.key)
    .flatMap((it) => knownPosition(it) ?? lastExecuted(it) ?? [])
    .filter((it) => it.kind === mine.kind)
    .map((theirs) => ofItsOwn(member, theirs, mine));
  return lacking.every((it) => it.length > 0) ? (lacking[0] ?? []) : [];
}

/**
 * What this server once wrote, as `other` still shows, and does not hold any more. As ranges; empty without GTID. It
 * would never get it back as a replica: servers skip what bears their own server id.
 */
export function forgottenOwn(member: Member, other: Member): readonly string[] {
  const [mine, theirs] = [lastExecuted(member), lastExecuted(other)];
  return mine === null || theirs === null || mine.kind === 'file' || mine.kind !== theirs.kind
    ? []
    : ofItsOwn(member, mine, theirs);
}

/** Of what `holding` holds and `lacking` lacks, only what this member wrote. */
function ofItsOwn(member: Member, lacking: Position, holding: Position): readonly string[] {
  const all = whatLacks(lacking, holding).ranges;
  const others = whatLacks(lacking, holding, ownOrigin(member)).ranges;
  return all.filter((it) => !others.includes(it));
}

function lastExecuted(member: Member): Position | null {
  const server = member.lastAnswer?.server;
  return server === undefined ? null : executedOf(server, { self: member.key });
}

/** What the dead master was last seen to hold and the candidate lacks; null when it was never seen. */
export function lostWithMaster(
  candidate: Member,
  master: InstanceKey,
  highWater: ReadonlyMap<InstanceKey, Position>,
): readonly string[] | null {
  const theirs = highWater.get(master);
  const mine = knownPosition(candidate);
  return theirs === undefined || mine === null || mine.kind !== theirs.kind
    ? null
    : lacks(mine, theirs);
}
