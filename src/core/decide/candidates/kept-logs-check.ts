import { answered, type Server } from '../../model/instance.ts';
import { parseGtidSet } from '../../model/gtid-set.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { lacks, type Position } from '../../model/position.ts';
import { executedOf } from '../../model/server-position.ts';
import type { Member } from '../../model/topology.ts';
import { check } from '../planning-context.ts';

/**
 * Whether a source still has what its new replica did not execute: what is only received is dropped when it is pointed
 * elsewhere. No check on MariaDB, which does not tell what it purged.
 */
export function keptLogsCheck(source: Member, member: Member): readonly Check[] {
  const server = answered(member);
  const mine = server === undefined ? null : executedOf(server, { self: member.key });
  const purged = purgedOf(answered(source));
  if (purged === null || mine?.kind !== purged.kind) {
    return [];
  }
  const gone = lacks(mine, purged);
  return [
    check(
      gone.length === 0,
      phrase('{source} still has the binary logs that {instance} needs', {
        source: source.key,
        instance: member.key,
      }),
      gone.length === 0
        ? phrase('nothing that it needs is purged')
        : phrase('{ranges} is purged; only a rebuild brings it back', { ranges: gone.join(', ') }),
    ),
  ];
}

function purgedOf(server: Server | undefined): Position | null {
  return server?.gtid.kind === 'mysql'
    ? { kind: 'gtid-set', set: parseGtidSet(server.gtid.purged) }
    : null;
}
