import type { ClusterBackend } from '../../core/backend.ts';
import type { Plan, Wish } from '../../core/model/plan.ts';
import type { SheetView } from '../../protocol/panel-state.ts';
import { planSheetOf, refusalOf } from '../../protocol/plan-view.ts';
import type { PlanContext } from '../../protocol/plan-view.ts';

/** What the engine answered to a wish, and how it is shown. */
export interface Offer {
  readonly view: SheetView;
  /** null for a refusal. */
  readonly plan: Plan | null;
}

export interface OfferContext {
  readonly backend: ClusterBackend;
  readonly context: PlanContext;
  readonly signal: AbortSignal;
}

/** Asks the engine. Where it refuses, it also asks whether accepting the named loss would change that. */
export async function offerFor(wish: Wish, planId: string, asked: OfferContext): Promise<Offer> {
  const { backend, context, signal } = asked;
  const decision = await backend.plan(wish, signal);
  if (decision.kind === 'act') {
    return { view: planSheetOf(decision.plan, planId, context), plan: decision.plan };
  }
  const possible = await possibleWithLoss(wish, asked);
  return { view: refusalOf(wish, decision.refusal, possible, context), plan: null };
}

async function possibleWithLoss(wish: Wish, { backend, signal }: OfferContext): Promise<boolean> {
  if (wish.kind !== 'promote' || wish.acceptLoss) {
    return false;
  }
  const decision = await backend.plan({ ...wish, acceptLoss: true }, signal);
  return decision.kind === 'act';
}
