import { inEnglish } from '../../core/model/phrase.ts';
import type { Plan, Refusal, Step } from '../../core/model/plan.ts';
import { checkJson, effectsJson } from '../../protocol/record-json.ts';

/** A plan or a refusal as `--json` shows it: every sentence as English text. Its shape is a contract. */
export function planJson(plan: Plan) {
  return {
    ...plan,
    headline: inEnglish(plan.headline),
    checks: plan.checks.map(checkJson),
    stages: plan.stages.map((stage) => ({
      ...stage,
      title: inEnglish(stage.title),
      lanes: stage.lanes.map((lane) => lane.map(stepJson)),
    })),
    effects: effectsJson(plan.effects),
  };
}

export function refusalJson({ because, instead, checks }: Refusal) {
  return {
    because: because.map(inEnglish),
    instead: instead.map(inEnglish),
    checks: checks.map(checkJson),
  };
}

function stepJson(step: Step) {
  return { ...step, says: inEnglish(step.says) };
}
