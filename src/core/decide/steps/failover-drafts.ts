import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Member } from '../../model/topology.ts';
import type { PlanningContext } from '../planning-context.ts';
import { keysOf } from './supply.ts';
import { draft, type Draft } from './steps.ts';

interface Look {
  readonly context: PlanningContext;
  readonly master: Member;
  readonly candidate: Member;
  readonly acceptLoss: boolean;
}

/** `suppliers`: what these hold is fetched later, and does not count as missing yet. */
export function lookAgain(
  { context, master, candidate, acceptLoss }: Look,
  suppliers: readonly Member[],
): Draft {
  const { key } = candidate;
  return draft(
    context,
    key,
    {
      do: 'look-again',
      expect: {
        that: 'candidate-complete',
        master: master.key,
        candidate: key,
        acceptLoss,
        suppliers: keysOf(suppliers),
      },
    },
    {
      says: phrase('Check that {master} is still silent and that {instance} holds everything.', {
        master: master.key,
        instance: key,
      }),
    },
  );
}

/** An applier that stopped without an error: somebody stopped it. */
export function startApplier(context: PlanningContext, member: Member): readonly Draft[] {
  const channel = answered(member)?.channels[0];
  return channel?.applier === 'no' && channel.applierError === null
    ? [
        draft(
          context,
          member.key,
          { do: 'start-applier' },
          { says: phrase('Start the applier on {instance}.', { instance: member.key }) },
        ),
      ]
    : [];
}
