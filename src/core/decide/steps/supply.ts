import { answered, olderSeries, type InstanceKey, type Server } from '../../model/instance.ts';
import { parseGtidSet } from '../../model/gtid-set.ts';
import { omissionsOf } from '../../model/omissions.ts';
import { contains, type Position } from '../../model/position.ts';
import type { Member } from '../../model/topology.ts';
import { errantAmong, gapsOf, knownPosition, type Gap } from '../candidates/completeness.ts';
import { placesByGtid } from './follow.ts';
import type { PlanningContext } from '../planning-context.ts';
import { hasSeveralSources } from '../several-sources.ts';

/** How a candidate comes to hold everything that any replica holds. */
export interface Supply {
  /** Replicas from which it must fetch something before it opens; empty: it needs nothing. */
  readonly suppliers: readonly Member[];
  /** What nobody who answers can give it. */
  readonly gaps: readonly Gap[];
}

/**
 * A replica that must not be promoted may hold the last transactions of a dead master: whoever is promoted then reads
 * them from it first. All that is missing must be there for the taking, or nothing is taken.
 */
export function supplyFor(
  context: Pick<PlanningContext, 'topology' | 'highWater'>,
  candidate: Member,
): Supply {
  const { topology, highWater } = context;
  const gaps = gapsOf(topology, candidate, highWater);
  const holders = new Set(gaps.map((it) => it.holder));
  const able = topology.members.filter(
    (it) => holders.has(it.key) && canSupply(context, it, candidate),
  );
  const rest = able.length === 0 ? gaps : gapsOf(topology, candidate, highWater, able);
  return rest.length === 0 ? { suppliers: able, gaps: [] } : { suppliers: [], gaps };
}

function canSupply(
  context: Pick<PlanningContext, 'topology' | 'highWater'>,
  holder: Member,
  candidate: Member,
): boolean {
  const [server, reader] = [answered(holder), answered(candidate)];
  return (
    server !== undefined &&
    reader !== undefined &&
    holder.key !== candidate.key &&
    !hasSeveralSources(holder) &&
    placesByGtid(context, [holder.key, candidate.key]) &&
    servesAll(server) &&
    !olderSeries(reader, server) &&
    errantAmong(context.topology, holder).length === 0 &&
    findsItsPlace(holder, server, candidate)
  );
}

/** What it received ends up, whole, in its own binary log. */
function servesAll(server: Server): boolean {
  return (
    server.binlog &&
    server.logsReplicaUpdates &&
    omissionsOf(server).length === 0 &&
    server.unknownLogFilters !== true &&
    server.channels.every((it) => it.applierError === null)
  );
}

/**
 * MySQL sends whatever the reader lacks, unless it is purged. MariaDB refuses a reader that is ahead of it in any
 * domain.
 */
function findsItsPlace(holder: Member, { gtid }: Server, candidate: Member): boolean {
  const [theirs, mine] = [knownPosition(holder), knownPosition(candidate)];
  if (theirs === null || mine === null) {
    return false;
  }
  if (gtid.kind === 'mysql') {
    const purged: Position = { kind: 'gtid-set', set: parseGtidSet(gtid.purged) };
    return contains(mine, purged);
  }
  return contains(theirs, mine);
}

export function keysOf(members: readonly Member[]): readonly InstanceKey[] {
  return members.map((it) => it.key);
}
