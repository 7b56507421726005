import { decide } from '../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../src/core/decide/planning-context.ts';
import type { InstanceKey } from '../../../src/core/model/instance.ts';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Plan } from '../../../src/core/model/plan.ts';
import type { Policy } from '../../../src/core/model/policy.ts';
import { draw } from './drawing.ts';
import { policy } from './world.ts';

export function contextIn(drawing: string, rules: Partial<Policy> = {}): RejoinContext {
  return {
    topology: draw(drawing),
    policy: { ...policy, ...rules },
    spell: () => [],
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

/** What a person gets who wants to promote `instance` in this drawing. */
export function promotionOf(
  instance: InstanceKey,
  drawing: string,
  rules: Partial<Policy> = {},
): Decision {
  return decide({ kind: 'promote', instance, acceptLoss: false }, contextIn(drawing, rules));
}

/** The same where a plan must come of it. */
export function plannedFor(
  instance: InstanceKey,
  drawing: string,
  rules: Partial<Policy> = {},
): Plan {
  const decision = promotionOf(instance, drawing, rules);
  if (decision.kind === 'hold') {
    throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  }
  return decision.plan;
}

export function actionsOf(plan: Plan): readonly string[] {
  return stepsOf(plan).map((it) => it.action.do);
}
