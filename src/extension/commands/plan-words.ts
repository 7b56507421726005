import { stepsOf } from '../../core/model/plan.ts';
import type { Check, Plan } from '../../core/model/plan.ts';
import { environmentWords } from '../../protocol/labels.ts';
import { sentences as protocolSentences } from '../../protocol/sentences.ts';
import { headlineOf } from '../../protocol/plan-view.ts';
import type { PlanContext } from '../../protocol/plan-view.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { doctorSentences } from '../language/doctor-sentences.ts';
import { sentences } from '../language/sentences.ts';

export interface LastQuestion {
  readonly title: string;
  /** Plain text, a few lines. */
  readonly detail: string;
  readonly confirm: string;
}

/** The last question before a plan runs, made from the very plan that will run. */
export function lastQuestion(plan: Plan, userContext: PlanContext): LastQuestion {
  const { words, labelOf, environment } = userContext;
  return {
    title: words.t(sentences.modalTitle, {
      headline: headlineOf(plan, userContext),
      environment: words.t(environmentWords[environment]),
    }),
    detail: detailLines(plan, userContext).join('\n'),
    confirm: words.t(confirmSentence(plan), {
      instance: labelOf(plan.subject),
    }),
  };
}

function confirmSentence({ kind }: Plan): string {
  if (kind === 'rejoin') return sentences.confirmRejoin;
  if (kind === 'fix') return doctorSentences.confirmFix;
  if (kind === 'end-session') return protocolSentences.confirmEnd;
  return kind === 'relocate' ? sentences.confirmRelocate : sentences.confirmPromote;
}

function detailLines(plan: Plan, userContext: PlanContext): readonly string[] {
  const { words } = userContext;
  const { t } = words;
  const { writeStop, mayLose, leftBehind, undo } = plan.effects;
  const steps = stepsOf(plan);
  const servers = new Set(steps.map((it) => it.on)).size;
  return [
    whatChanges(plan, userContext),
    t(sentences.modalSteps, { steps: steps.length, count: servers }),
    t(sentences.modalWriteStop, { text: spell(writeStop, words) }),
    mayLose.length === 0
      ? t(sentences.modalNoLoss)
      : t(sentences.modalLoss, { text: mayLose.map((it) => spell(it, words)).join(' ') }),
    ...(leftBehind.length === 0
      ? []
      : [t(sentences.modalLeftBehind, { text: leftBehind.map((it) => it.instance).join(', ') })]),
    t(sentences.modalUndo, { text: spell(undo, words) }),
  ];
}

/** Whose session it is, how old, and what it runs: a person judges by it. */
function factOf({ says, measured }: Check, words: Localizer): string {
  return `${spell(says, words)}: ${spell(measured, words)}`;
}

function whatChanges(plan: Plan, { words, labelOf }: PlanContext): string {
  if (plan.kind === 'fix') return words.t(doctorSentences.modalFix);
  if (plan.kind === 'end-session') return plan.checks.map((it) => factOf(it, words)).join('\n');
  if (plan.kind === 'rejoin' || plan.kind === 'relocate') {
    return words.t(sentences.modalRejoin, {
      instance: labelOf(plan.subject),
      master: labelOf(plan.newMaster),
    });
  }
  return words.t(sentences.modalMaster, {
    from: plan.oldMaster === null ? words.t(sentences.noMaster) : labelOf(plan.oldMaster),
    to: labelOf(plan.newMaster),
  });
}
