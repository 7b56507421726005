import { answered, type Channel } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { warned, type PlanningContext } from '../planning-context.ts';
import { ignoringChecks, masterLogChecks } from './omission-checks.ts';
import { demandChecks, newcomerChecks } from './source-demands.ts';

/** What is lost on the way from one master to the next, and what keeps others from following it. */
export function handoverChecks(
  context: PlanningContext,
  {
    master,
    candidate,
    followers,
    demoted,
  }: {
    readonly master: Member;
    readonly candidate: Member;
    readonly followers: readonly Member[];
    /** The master, where it is to follow too, as the user of the settings. */
    readonly demoted?: Member;
  },
  whenUnmet: 'refuse' | 'warn',
): readonly Check[] {
  return [
    ...masterLogChecks(context, master),
    ...demandChecks(context, candidate, followers, whenUnmet),
    ...(demoted === undefined ? [] : newcomerChecks(context, candidate, demoted)),
    ...ignoringChecks(followers),
  ];
}

export function threadChecks(member: Member): readonly Check[] {
  const channel = answered(member)?.channels[0];
  return channel?.receiver === 'yes' && channel.applier === 'yes'
    ? []
    : [
        warned(
          phrase('{instance} replicates', { instance: member.key }),
          threadsOf(channel ?? { receiver: 'no', applier: 'no' }),
        ),
      ];
}

export function threadsOf({ receiver, applier }: Pick<Channel, 'receiver' | 'applier'>): Phrase {
  return phrase('receiver {receiver}, applier {applier}', { receiver, applier });
}
