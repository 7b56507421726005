import type { Plan } from '../core/model/plan.ts';
import { mustType } from '../protocol/plan-view.ts';
import type { PlanGround } from '../protocol/plan-view.ts';
import { lastQuestion } from './plan-words.ts';
import { sentences } from './sentences.ts';
import { showInputBox, showWarningMessage } from './window.ts';

/**
 * The last gate before a plan runs: a modal question, or the cluster's name typed where it is in production or
 * data may be lost. `typed`: what the person typed already in the plan sheet.
 */
export async function confirmPlan(plan: Plan, ground: PlanGround, typed: string): Promise<boolean> {
  if (mustType(plan, ground.environment)) {
    return typed === plan.cluster || typesName(plan, ground);
  }
  const { title, detail, confirm } = lastQuestion(plan, ground);
  const chosen = await showWarningMessage(title, { modal: true, detail }, confirm);
  return chosen === confirm;
}

async function typesName(plan: Plan, ground: PlanGround): Promise<boolean> {
  const { cluster } = plan;
  const { t } = ground.words;
  const { title } = lastQuestion(plan, ground);
  const answer = await showInputBox({
    title,
    prompt: t(sentences.typeCluster, { cluster, headline: title }),
    placeHolder: cluster,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === cluster || text === '' ? undefined : t(sentences.typedWrong, { cluster }),
  });
  return answer === cluster;
}
