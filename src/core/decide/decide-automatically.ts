import type { Circumstances } from '../model/circumstances.ts';
import { familyOf, type Finding } from '../model/finding.ts';
import { answered, type InstanceKey } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../model/topology.ts';
import { withBegunSuccessors } from './interrupted-promotions.ts';
import { choosePromotion, reasonsOf } from './candidates/choose-promotion.ts';
import type { PlanningContext } from './planning-context.ts';
import { objections } from './guards.ts';
import { planFailover } from './plans/plan-failover.ts';
import { relocateOrphans } from './steps/relocate-orphans.ts';
import { exposureObjections } from './unfenced-master.ts';

/** Answers a finding without a person: a plan, or every reason to hold; undefined when nothing is to be decided. */
export function decideAutomatically(
  finding: Finding,
  context: PlanningContext,
  circumstances: Circumstances,
): Decision | undefined {
  const family = familyOf(finding.code);
  if (family === 'dead-intermediate') {
    const against = objections(finding, context.policy, circumstances);
    return against.length > 0 ? held(against) : removal(finding, context);
  }
  if (family !== 'dead-master') {
    return undefined;
  }
  const because = [
    ...objections(finding, context.policy, circumstances),
    ...unheardObjections(finding, context),
    ...testimonyObjections(finding, context, circumstances),
    ...fencingObjections(finding, context),
  ];
  return because.length > 0 ? held(because) : succession(finding, context);
}

/** Where this server was never heard from here, its address may be wrong, and its silence is no news. */
function unheardObjections(finding: Finding, { topology }: PlanningContext): readonly Phrase[] {
  const master = memberOf(topology, finding.instance);
  return master?.unheard === true
    ? [
        phrase(
          '{master} was never reached from here, so nothing tells that it is dead and not only out of our reach. Check its address, or promote a replica by hand.',
          { master: master.key },
        ),
      ]
    : [];
}

/**
 * A receiver that somebody stopped hears nothing and says nothing of the master. At least one replica must have tried
 * and failed; or the master's host itself must have refused us: then nothing listens there.
 */
function testimonyObjections(
  finding: Finding,
  context: PlanningContext,
  { lostBy }: Circumstances,
): readonly Phrase[] {
  const master = memberOf(context.topology, finding.instance);
  return master === undefined || isWitnessed(context.topology, master, lostBy)
    ? []
    : [
        phrase('No replica has tried to reach {master}: their receivers are stopped.', {
          master: master.key,
        }),
        ...replicasOf(context.topology, master.key)
          .filter((it) => answered(it) !== undefined)
          .slice(0, 1)
          .map((it) => howToAsk(context, master, it)),
      ];
}

/** Somebody found the master gone: a replica that tried to reach it, or its host itself, which refused us. */
export function isWitnessed(
  topology: Topology,
  master: Member,
  lostBy: ReadonlySet<InstanceKey>,
): boolean {
  const refused = master.probe.kind === 'silent' && master.probe.reason === 'refused';
  return (
    refused ||
    replicasOf(topology, master.key).some((it) => {
      const channel = answered(it)?.channels[0];
      return (
        lostBy.has(it.key) ||
        channel?.receiver === 'connecting' ||
        (channel?.receiverError ?? null) !== null
      );
    })
  );
}

function howToAsk({ spell }: PlanningContext, master: Member, replica: Member): Phrase {
  return phrase(
    'Start the receiver of {instance} ({sql}): what it meets is judged at once. Or promote a replica by hand, if you know that {master} is dead.',
    {
      instance: replica.key,
      sql: spell({ do: 'start-receiver' }, answered(replica)).join('; '),
      master: master.key,
    },
  );
}

function fencingObjections(finding: Finding, context: PlanningContext): readonly Phrase[] {
  const master = memberOf(context.topology, finding.instance);
  return master === undefined ? [] : exposureObjections(context, master);
}

function removal(finding: Finding, context: PlanningContext): Decision {
  const dead = memberOf(context.topology, finding.instance);
  return dead === undefined
    ? held([phrase('The finding is gone.')])
    : relocateOrphans(context, dead);
}

function succession(finding: Finding, seen: PlanningContext): Decision {
  const context = withBegunSuccessors(seen);
  const master = memberOf(context.topology, finding.instance);
  if (master === undefined) {
    return held([phrase('The master is not known.')]);
  }
  const promotion = choosePromotion(context, master);
  if (promotion.kind === 'none') {
    return held(reasonsOf(promotion.excluded));
  }
  const acceptLoss = context.policy.onPossibleLoss === 'report';
  return planFailover(context, master, promotion.candidate, acceptLoss);
}

function held(because: readonly Phrase[]): Decision {
  return { kind: 'hold', refusal: { because, instead: [], checks: [] } };
}
