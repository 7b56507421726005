import { printRange, unprovable } from '../../model/mariadb-gtid.ts';
import { errantOf } from '../../model/errant.ts';
import { answered, type Server } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { executedOf } from '../../model/server-position.ts';
import type { Member } from '../../model/topology.ts';
import { failed } from '../planning-context.ts';

/**
 * The wait at the end of a switchover would be in vain, while nobody can write: a server that was rebuilt from a backup
 * knows a domain that its source only holds from before neither from that backup nor ever from its source.
 */
export function restoredChecks(
  candidate: Member,
  server: Server,
  master: Server,
): readonly Check[] {
  const [mine, theirs] = [executedOf(server), executedOf(master)];
  if (mine?.kind !== 'mariadb' || theirs?.kind !== 'mariadb') {
    return [];
  }
  const ranges = unprovable(theirs.position, mine.position).map(printRange).join(', ');
  return ranges === ''
    ? []
    : [
        failed(
          phrase('{instance} can show that it holds everything', { instance: candidate.key }),
          phrase(
            'its gtid_slave_pos has nothing of the domain of {ranges}: set it as the backup tells it, or rebuild the replica',
            { ranges },
          ),
        ),
      ];
}

/** Without strict order, what a restored server does not know by name counts as missing there. */
export function restoredAdvice(...servers: readonly (Server | undefined)[]): readonly Phrase[] {
  return servers.some((it) => it?.gtid.kind === 'mariadb' && !it.gtid.strict)
    ? [
        phrase(
          'Where servers were rebuilt from a backup, everyone may have these transactions: switch gtid_strict_mode on everywhere, as the doctor does (GtidNotStrict); the order of the log then shows it.',
        ),
      ]
    : [];
}

/** Of a candidate that seems to hold transactions of its own. */
export function adviceOnOwn(candidate: Member, master: Member): readonly Phrase[] {
  const [server, masterServer] = [answered(candidate), answered(master)];
  return server !== undefined &&
    masterServer !== undefined &&
    errantOf(server, masterServer, 1).count > 0
    ? restoredAdvice(server, masterServer)
    : [];
}
