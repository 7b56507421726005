import { answered, type InstanceKey } from '../model/instance.ts';
import { contains, describePosition, lacks, type Position } from '../model/position.ts';
import { knownOf, receivedFileOf } from '../model/server-position.ts';
import type { Member, Topology } from '../model/topology.ts';

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
  const server = answered(member);
  const byFile =
    server?.gtid.kind === 'mariadb' && server.channels.some((it) => it.method === 'file');
  return server === undefined || !byFile || member.source === null
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
 * Who is known to hold something that the candidate lacks: the reachable replicas of the same master as they are now,
 * and the silent ones as they were last seen. The dead master does not count here: what only it holds is told apart.
 */
export function gapsOf(
  topology: Topology,
  candidate: Member,
  highWater: ReadonlyMap<InstanceKey, Position>,
): readonly Gap[] {
  const mine = knownPosition(candidate);
  const myFile = receivedFile(candidate);
  return topology.members
    .filter(
      (it) =>
        it.key !== candidate.key && it.key !== topology.master && it.source === candidate.source,
    )
    .flatMap((it) => {
      const theirs = answered(it) === undefined ? highWater.get(it.key) : knownPosition(it);
      const theirFile = receivedFile(it);
      return [
        theirs === undefined || theirs === null ? null : gapBetween(mine, theirs, it.key),
        theirFile === null ? null : gapBetween(myFile, theirFile, it.key),
      ];
    })
    .filter((it) => it !== null);
}

function gapBetween(mine: Position | null, theirs: Position, holder: InstanceKey): Gap | null {
  if (mine === null) {
    return { holder, ranges: [describePosition(theirs)] };
  }
  return contains(mine, theirs) ? null : { holder, ranges: lacks(mine, theirs) };
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
