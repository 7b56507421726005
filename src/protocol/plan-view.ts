import type { Effects, Plan, Refusal, Step, Wish } from '../core/model/plan.ts';
import { stepsOf } from '../core/model/plan.ts';
import { headlines } from './labels.ts';
import type { EffectView, PlanSheetView, RefusalView, StageView, StepView } from './panel-state.ts';
import { sentences } from './sentences.ts';
import type { Words } from './words.ts';

export interface PlanGround {
  readonly words: Words;
  /** How people know an instance: see shortLabels. */
  readonly labelOf: (key: string) => string;
  readonly environment: 'lab' | 'staging' | 'production';
}

/** The plan as people read it before they say yes: made from the very plan that will run. */
export function planSheetOf(plan: Plan, planId: string, ground: PlanGround): PlanSheetView {
  const { words, labelOf } = ground;
  return {
    kind: 'plan',
    planId,
    headline: headlineOf(plan, ground),
    checks: plan.checks.map((it) => ({ ...it, says: words.t(it.says) })),
    stages: plan.stages.map((stage): StageView => ({
      title: words.t(stage.title),
      undoable: stage.onFailure === 'undo',
      lanes: stage.lanes.map((lane) => lane.map((it) => stepOf(it, ground))),
    })),
    effects: effectsOf(plan.effects, ground),
    confirm: words.t(confirmSentence(plan), { instance: labelOf(plan.subject) }),
    typed: typedOf(plan, ground),
  };
}

/** Whether a word must be typed before the plan may run: in production, and where a loss was accepted. */
export function mustType(plan: Plan, environment: PlanGround['environment']): boolean {
  return environment === 'production' || acceptsLoss(plan);
}

/** Without that, the effects may still name what no plan can exclude. */
function acceptsLoss(plan: Plan): boolean {
  return stepsOf(plan).some(
    ({ action }) =>
      action.do === 'look-again' &&
      action.expect.that === 'candidate-complete' &&
      action.expect.acceptLoss,
  );
}

export function refusalOf(
  wish: Wish,
  refusal: Refusal,
  possibleWithLoss: boolean,
  { words, labelOf }: PlanGround,
): RefusalView {
  const sentence = wish.kind === 'promote' ? sentences.refusedPromote : sentences.refusedRejoin;
  return {
    kind: 'refusal',
    headline: words.t(sentence, { instance: labelOf(wish.instance) }),
    because: refusal.because.map((it) => words.t(it)),
    instead: refusal.instead.map((it) => words.t(it)),
    checks: refusal.checks.map((it) => ({ ...it, says: words.t(it.says) })),
    possibleWithLoss: possibleWithLoss ? wish.instance : null,
  };
}

export function headlineOf(plan: Plan, { words, labelOf }: PlanGround): string {
  return words.t(headlines[plan.kind], {
    instance: labelOf(plan.subject),
    cluster: plan.cluster,
  });
}

function confirmSentence(plan: Plan): string {
  if (plan.kind === 'rejoin') {
    return sentences.confirmRejoin;
  }
  return acceptsLoss(plan) ? sentences.confirmLoss : sentences.confirmPromote;
}

function typedOf(plan: Plan, { words, environment }: PlanGround): PlanSheetView['typed'] {
  return mustType(plan, environment)
    ? {
        word: plan.cluster,
        says: words.t(sentences.typeCluster, { cluster: plan.cluster }),
      }
    : null;
}

function stepOf(step: Step, { words, labelOf }: PlanGround): StepView {
  return {
    id: step.id,
    on: labelOf(step.on),
    says: words.t(step.says),
    sql: step.sql,
    state: 'waiting',
    took: '',
    note: '',
  };
}

function effectsOf(effects: Effects, { words, labelOf }: PlanGround): readonly EffectView[] {
  const loses = effects.mayLose.length > 0;
  const leaves = effects.leftBehind.length > 0;
  const left = effects.leftBehind.map(({ instance, because }) =>
    words.t(sentences.leftBehind, { instance: labelOf(instance), because: words.t(because) }),
  );
  return [
    {
      name: words.t(sentences.effectWriteStop),
      texts: [words.t(effects.writeStop)],
      tone: 'muted',
    },
    {
      name: words.t(sentences.effectLoss),
      texts: loses
        ? effects.mayLose.map((it) => words.t(it))
        : [words.t(sentences.effectNothingLost)],
      tone: loses ? 'warning' : 'ok',
    },
    {
      name: words.t(sentences.effectLeftBehind),
      texts: leaves ? left : [words.t(sentences.effectNobody)],
      tone: leaves ? 'warning' : 'ok',
    },
    { name: words.t(sentences.effectUndo), texts: [words.t(effects.undo)], tone: 'muted' },
  ];
}
