import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision, Effects } from '../../model/plan.ts';
import { memberOf, replicasOf, type Member } from '../../model/topology.ts';
import { hold, unmet, type PlanningContext } from '../planning-context.ts';
import { moveChecks, planRelocate } from '../plans/plan-relocate.ts';

/**
 * The replicas of a dead intermediate source read from its own source; where that is silent too, from one of its other
 * replicas, or from the master. Whoever cannot be moved is left behind, and does not hold up the others.
 */
export function relocateOrphans(context: PlanningContext, dead: Member): Decision {
  const { topology } = context;
  const above = memberOf(topology, dead.source);
  const beside = above === undefined ? [] : replicasOf(topology, above.key);
  const sources = [above, ...beside, memberOf(topology, topology.master)]
    .filter((it) => it !== undefined)
    .filter((it) => it.key !== dead.key && answered(it) !== undefined);
  const decisions = [...new Set(sources)].map((it) => moveBelow(context, dead, it));
  return (
    decisions.find((it) => it.kind === 'act') ??
    decisions[0] ??
    hold(
      phrase('Nobody answers who could be the source of the replicas of {instance}.', {
        instance: dead.key,
      }),
      phrase('Start {instance} again.', { instance: dead.key }),
    )
  );
}

function moveBelow(context: PlanningContext, dead: Member, below: Member): Decision {
  const judged = replicasOf(context.topology, dead.key).map((member) => ({
    member,
    failed: moveChecks(context, member, below).find((it) => it.verdict === 'failed'),
  }));
  const moved = judged.filter((it) => it.failed === undefined).map((it) => it.member);
  const leftBehind: Effects['leftBehind'] = judged.flatMap(({ member, failed }) =>
    failed === undefined
      ? []
      : [
          {
            instance: member.key,
            because: unmet(failed),
          },
        ],
  );
  if (moved.length === 0) {
    return nobodyMoves(dead, below, leftBehind);
  }
  return planRelocate(context, {
    moved,
    below,
    subject: dead.key,
    headline: phrase('Move the replicas of {instance} below {source}', {
      instance: dead.key,
      source: below.key,
    }),
    leftBehind,
  });
}

function nobodyMoves(dead: Member, below: Member, leftBehind: Effects['leftBehind']): Decision {
  return {
    kind: 'hold',
    refusal: {
      because: [
        phrase('No replica of {instance} can be moved below {source}.', {
          instance: dead.key,
          source: below.key,
        }),
        ...leftBehind.map(({ instance, because }) =>
          phrase('{instance} is left out: {because}', { instance, because }),
        ),
      ],
      instead: [],
      checks: [],
    },
  };
}
