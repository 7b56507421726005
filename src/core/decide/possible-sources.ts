import type { InstanceKey } from '../model/instance.ts';
import type { Phrase } from '../model/phrase.ts';
import type { PossibleSource } from '../model/plan.ts';
import { memberOf } from '../model/topology.ts';
import { decide } from './decide.ts';
import type { RejoinGround } from './ground.ts';

/** Judges every other instance as the new source of `instance`: those it can read from first, each as the plan would. */
export function possibleSources(
  ground: RejoinGround,
  instance: InstanceKey,
): readonly PossibleSource[] {
  const subject = memberOf(ground.topology, instance);
  const judged = ground.topology.members
    .filter((it) => it.key !== (subject?.key ?? instance))
    .map(({ key }) => ({ instance: key, because: objectionsTo(ground, instance, key) }));
  return [
    ...judged.filter((it) => it.because.length === 0),
    ...judged.filter((it) => it.because.length > 0),
  ];
}

function objectionsTo(
  ground: RejoinGround,
  instance: InstanceKey,
  below: InstanceKey,
): readonly Phrase[] {
  const decision = decide({ kind: 'relocate', instance, below }, ground);
  return decision.kind === 'hold' ? decision.refusal.because : [];
}
