import type { InstanceKey } from '../../model/instance.ts';
import type { Phrase } from '../../model/phrase.ts';
import type { PossibleSource } from '../../model/plan.ts';
import { memberOf } from '../../model/topology.ts';
import { decide } from '../decide.ts';
import type { RejoinContext } from '../planning-context.ts';

/** Judges every other instance as the new source of `instance`: those it can read from first, each as the plan would. */
export function possibleSources(
  context: RejoinContext,
  instance: InstanceKey,
): readonly PossibleSource[] {
  const subject = memberOf(context.topology, instance);
  const judged = context.topology.members
    .filter((it) => it.key !== (subject?.key ?? instance))
    .map(({ key }) => ({ instance: key, because: objectionsTo(context, instance, key) }));
  return [
    ...judged.filter((it) => it.because.length === 0),
    ...judged.filter((it) => it.because.length > 0),
  ];
}

function objectionsTo(
  context: RejoinContext,
  instance: InstanceKey,
  below: InstanceKey,
): readonly Phrase[] {
  const decision = decide({ kind: 'relocate', instance, below }, context);
  return decision.kind === 'hold' ? decision.refusal.because : [];
}
