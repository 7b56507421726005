import type { Plan } from '../../core/model/plan.ts';
import { mustType } from '../../protocol/plan-view.ts';
import type { PlanContext } from '../../protocol/plan-view.ts';
import { lastQuestion } from './plan-words.ts';
import { sentences } from '../language/sentences.ts';
import { showInputBox, showWarningMessage } from '../ui/window.ts';

/**
 * The last gate before a plan runs: a modal question, or the cluster's name typed where it is in production or
 * data may be lost. `typed`: what the person typed already in the plan sheet.
 */
export async function confirmPlan(
  plan: Plan,
  userContext: PlanContext,
  typed: string,
): Promise<boolean> {
  if (mustType(plan, userContext.environment)) {
    return typed === plan.cluster || typesName(plan, userContext);
  }
  const { title, detail, confirm } = lastQuestion(plan, userContext);
  const chosen = await showWarningMessage(title, { modal: true, detail }, confirm);
  return chosen === confirm;
}

async function typesName(plan: Plan, userContext: PlanContext): Promise<boolean> {
  const { cluster } = plan;
  const { t } = userContext.words;
  const { title } = lastQuestion(plan, userContext);
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
