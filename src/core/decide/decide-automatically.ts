import type { Circumstances } from '../model/circumstances.ts';
import type { Finding } from '../model/finding.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Decision } from '../model/plan.ts';
import { memberOf } from '../model/topology.ts';
import { choosePromotion, type Promotion } from './choose-promotion.ts';
import type { Ground } from './ground.ts';
import { objections } from './guards.ts';
import { planFailover } from './plan-failover.ts';

/** Answers a finding without a person: a plan, or every reason to hold; undefined when nothing is to be decided. */
export function decideAutomatically(
  finding: Finding,
  ground: Ground,
  circumstances: Circumstances,
): Decision | undefined {
  if (finding.code !== 'DeadMaster') {
    return undefined;
  }
  const because = objections(finding, ground.policy, circumstances);
  return because.length > 0 ? held(because) : succession(finding, ground);
}

function succession(finding: Finding, ground: Ground): Decision {
  const master = memberOf(ground.topology, finding.instance);
  if (master === undefined) {
    return held([phrase('The master is not known.')]);
  }
  const promotion = choosePromotion(ground, master);
  if (promotion.kind === 'none') {
    return held(reasons(promotion));
  }
  const acceptLoss = ground.policy.onPossibleLoss === 'report';
  return planFailover(ground, master, promotion.candidate, acceptLoss);
}

function reasons({ excluded }: Promotion): readonly Phrase[] {
  return [
    phrase('No replica can take over.'),
    ...excluded.map((it) =>
      phrase('{instance} is left out: {because}', { instance: it.instance, because: it.because }),
    ),
  ];
}

function held(because: readonly Phrase[]): Decision {
  return { kind: 'hold', refusal: { because, instead: [], checks: [] } };
}
