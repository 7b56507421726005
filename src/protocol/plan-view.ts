import type { Check, Effects, Plan, Refusal, Step, Wish } from '../core/model/plan.ts';
import { stepsOf } from '../core/model/plan.ts';
import { headlines } from './labels.ts';
import type {
  CheckView,
  EffectView,
  PlanSheetView,
  RefusalView,
  StageView,
  StepView,
} from './panel-state.ts';
import { sentences } from './sentences.ts';
import { spell, type Localizer } from './localizer.ts';

export interface PlanContext {
  readonly words: Localizer;
  /** How people know an instance: see shortLabels. */
  readonly labelOf: (key: string) => string;
  readonly environment: 'lab' | 'staging' | 'production';
}

/** The plan as people read it before they say yes: made from the very plan that will run. */
export function planSheetOf(plan: Plan, planId: string, context: PlanContext): PlanSheetView {
  const { words, labelOf } = context;
  return {
    kind: 'plan',
    planId,
    headline: headlineOf(plan, context),
    checks: plan.checks.map((it) => checkOf(it, words)),
    stages: plan.stages.map((stage): StageView => ({
      title: spell(stage.title, words),
      undoable: stage.onFailure === 'undo',
      lanes: stage.lanes.map((lane) => lane.map((it) => stepOf(it, context))),
    })),
    effects: effectsOf(plan.effects, context),
    confirm: words.t(confirmSentence(plan), { instance: labelOf(plan.subject) }),
    typed: typedOf(plan, context),
  };
}

/** Whether a word must be typed before the plan may run: in production, and where a loss was accepted. */
export function mustType(plan: Plan, environment: PlanContext['environment']): boolean {
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

const refusedSentences: Record<Wish['kind'], string> = {
  promote: sentences.refusedPromote,
  rejoin: sentences.refusedRejoin,
  relocate: sentences.refusedRelocate,
  'create-user': sentences.refusedUser,
  fix: sentences.refusedFix,
  'end-session': sentences.refusedEnd,
};

export function refusalOf(
  wish: Wish,
  refusal: Refusal,
  possibleWithLoss: boolean,
  { words, labelOf }: PlanContext,
): RefusalView {
  return {
    kind: 'refusal',
    headline: words.t(refusedSentences[wish.kind], { instance: labelOf(wish.instance) }),
    because: refusal.because.map((it) => spell(it, words)),
    instead: refusal.instead.map((it) => spell(it, words)),
    checks: refusal.checks.map((it) => checkOf(it, words)),
    possibleWithLoss: possibleWithLoss ? wish.instance : null,
  };
}

/** In few words, of a plan or of its record: with the short names of the instances. */
export function headlineOf(
  { kind, subject, cluster, headline }: Pick<Plan, 'kind' | 'subject' | 'cluster' | 'headline'>,
  { words, labelOf }: Pick<PlanContext, 'words' | 'labelOf'>,
): string {
  if (kind !== 'relocate' && kind !== 'fix' && kind !== 'end-session')
    return words.t(headlines[kind], { instance: labelOf(subject), cluster });
  // Who is moved below whom, or what is mended, only its own sentence knows.
  const values = Object.entries(headline.values).map(([name, value]) => [
    name,
    typeof value === 'string' ? labelOf(value) : value,
  ]);
  return spell({ text: headline.text, values: Object.fromEntries(values) }, words);
}

function checkOf({ says, measured, verdict }: Check, words: Localizer): CheckView {
  return { says: spell(says, words), measured: spell(measured, words), verdict };
}

function confirmSentence(plan: Plan): string {
  if (plan.kind === 'rejoin') return sentences.confirmRejoin;
  if (plan.kind === 'relocate') return sentences.confirmRelocate;
  if (plan.kind === 'fix') return sentences.confirmFix;
  if (plan.kind === 'end-session') return sentences.confirmEnd;
  return acceptsLoss(plan) ? sentences.confirmLoss : sentences.confirmPromote;
}

function typedOf(plan: Plan, { words, environment }: PlanContext): PlanSheetView['typed'] {
  return mustType(plan, environment)
    ? {
        word: plan.cluster,
        says: words.t(sentences.typeCluster, { cluster: plan.cluster }),
      }
    : null;
}

function stepOf(step: Step, { words, labelOf }: PlanContext): StepView {
  return {
    id: step.id,
    on: labelOf(step.on),
    says: spell(step.says, words),
    sql: step.sql,
    state: 'waiting',
    took: '',
    note: '',
  };
}

function effectsOf(effects: Effects, { words, labelOf }: PlanContext): readonly EffectView[] {
  const loses = effects.mayLose.length > 0;
  const leaves = effects.leftBehind.length > 0;
  const left = effects.leftBehind.map(({ instance, because }) =>
    words.t(sentences.leftBehind, { instance: labelOf(instance), because: spell(because, words) }),
  );
  return [
    {
      name: words.t(sentences.effectWriteStop),
      texts: [spell(effects.writeStop, words)],
      tone: 'muted',
    },
    {
      name: words.t(sentences.effectLoss),
      texts: loses
        ? effects.mayLose.map((it) => spell(it, words))
        : [words.t(sentences.effectNothingLost)],
      tone: loses ? 'warning' : 'ok',
    },
    {
      name: words.t(sentences.effectLeftBehind),
      texts: leaves ? left : [words.t(sentences.effectNobody)],
      tone: leaves ? 'warning' : 'ok',
    },
    { name: words.t(sentences.effectUndo), texts: [spell(effects.undo, words)], tone: 'muted' },
  ];
}
