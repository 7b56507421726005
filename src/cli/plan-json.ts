import { inEnglish } from '../core/model/phrase.ts';
import type { Check, Effects, Plan, Refusal, Step } from '../core/model/plan.ts';
import type { Recovery, StepRecord } from '../core/model/recovery.ts';

/** A plan, a refusal or a record as `--json` shows it: every sentence as English text. Its shape is a contract. */
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

export type RecoveryJson = ReturnType<typeof recoveryJson>;

export function recoveryJson(recovery: Recovery) {
  return {
    ...recovery,
    headline: inEnglish(recovery.headline),
    checks: recovery.checks.map(checkJson),
    effects: effectsJson(recovery.effects),
    steps: recovery.steps.map(stepRecordJson),
    problems: recovery.problems.map(inEnglish),
  };
}

export type StepRecordJson = ReturnType<typeof stepRecordJson>;

export function stepRecordJson(step: StepRecord) {
  return {
    ...step,
    says: inEnglish(step.says),
    note: step.note === null ? null : inEnglish(step.note),
  };
}

function stepJson(step: Step) {
  return { ...step, says: inEnglish(step.says) };
}

function checkJson({ says, measured, verdict }: Check) {
  return { says: inEnglish(says), measured: inEnglish(measured), verdict };
}

function effectsJson({ writeStop, mayLose, leftBehind, undo }: Effects) {
  return {
    writeStop: inEnglish(writeStop),
    mayLose: mayLose.map(inEnglish),
    leftBehind: leftBehind.map((it) => ({ ...it, because: inEnglish(it.because) })),
    undo: inEnglish(undo),
  };
}
