import type { InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Member } from '../model/topology.ts';
import { lossDespiteAcknowledgement } from './acknowledgement.ts';
import { lostWithMaster, type Gap } from './completeness.ts';
import type { Ground } from './ground.ts';

/** What a failover may lose, one sentence each; empty when nothing. */
export function lossesOf(
  ground: Ground,
  master: Member,
  candidate: Member,
  gaps: readonly Gap[],
): readonly Phrase[] {
  return [
    ...gaps.map((it) =>
      phrase('{ranges}, held by {holder}.', { ranges: it.ranges.join(', '), holder: it.holder }),
    ),
    ...((gaps.length === 0 ? lossDespiteAcknowledgement(ground.topology, master) : undefined) ??
      lostWith(master.key, lostWithMaster(candidate, master.key, ground.highWater))),
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
