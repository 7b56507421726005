import { stepsOf, type Action, type Plan, type Stage, type Step } from '../../model/plan.ts';

export function doing(plan: Plan, what: Action['do']): readonly Step[] {
  return stepsOf(plan).filter((it) => it.action.do === what);
}

/** The stage's index; behind the last one when no step fits. */
export function stageOf(plan: Plan, fits: (step: Step) => boolean): number {
  const index = plan.stages.findIndex((stage: Stage) => stage.lanes.flat().some(fits));
  return index === -1 ? plan.stages.length : index;
}

export function promotes(plan: Plan): boolean {
  return plan.kind === 'switchover' || plan.kind === 'failover';
}

export const waiting: ReadonlySet<Action['do']> = new Set(['wait-for-mark', 'wait-until-applied']);
