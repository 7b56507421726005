import type { InstanceKey } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import { unheardMembers, type Member } from '../../model/topology.ts';
import { lossDespiteAcknowledgement } from '../acknowledgement.ts';
import { lostWithMaster, type Gap } from './completeness.ts';
import type { PlanningContext } from '../planning-context.ts';
import { omittedLosses } from './omission-checks.ts';

/** What a failover may lose, one sentence each; empty when nothing. */
export function lossesOf(
  context: PlanningContext,
  master: Member,
  candidate: Member,
  gaps: readonly Gap[],
): readonly Phrase[] {
  return [
    ...gaps.map((it) =>
      phrase('{ranges}, held by {holder}.', { ranges: it.ranges.join(', '), holder: it.holder }),
    ),
    ...unheardLosses(context),
    ...omittedLosses(master, candidate),
    ...((gaps.length === 0 ? lossDespiteAcknowledgement(context.topology, master) : undefined) ??
      lostWith(master.key, lostWithMaster(candidate, master.key, context.highWater))),
  ];
}

/** One that was never heard may hold what nobody else has. */
function unheardLosses({ topology }: PlanningContext): readonly Phrase[] {
  const names = unheardMembers(topology).map((it) => it.key);
  return names.length === 0
    ? []
    : [
        phrase('What only {list} received: it cannot be reached from here.', {
          list: names.join(', '),
        }),
      ];
}

/** `lost`: see lostWithMaster. */
function lostWith(master: InstanceKey, lost: readonly string[] | null): readonly Phrase[] {
  if (lost === null) {
    return [
      phrase(
        'What {master} acknowledged without sending it to any replica; how much is not known.',
        { master },
      ),
    ];
  }
  return lost.length === 0
    ? [
        phrase(
          'What {master} acknowledged without sending it to any replica; it was last seen to hold nothing more.',
          { master },
        ),
      ]
    : lost.map((ranges) => phrase('{ranges}, last seen on {master} only.', { ranges, master }));
}
