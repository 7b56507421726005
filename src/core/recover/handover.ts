import type { Plan } from '../model/plan.ts';
import type { Position } from '../model/position.ts';
import type { Handover } from '../model/recovery.ts';

/** Where the two masters stood at the same moment; null where GTIDs make it needless. */
export function handoverOf(plan: Plan, marks: ReadonlyMap<string, Position>): Handover | null {
  const old = marks.get('final') ?? marks.get('applied');
  const fresh = marks.get('handover');
  return plan.oldMaster !== null && old?.kind === 'file' && fresh?.kind === 'file'
    ? { oldMaster: plan.oldMaster, oldAt: old.at, newMaster: plan.newMaster, newAt: fresh.at }
    : null;
}
