import { answered } from '../../model/instance.ts';
import type { Plan, Step } from '../../model/plan.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import { doing, promotes, stageOf, waiting } from '../plans/plan-shape.ts';

/** A commit that waits for its acknowledgement would be acknowledged by the switch: its session must be gone. */
export function waitersEndBeforeSemiSync(plan: Plan, topology: Topology): readonly string[] {
  return doing(plan, 'set-semi-sync')
    .filter((it) => it.action.do === 'set-semi-sync' && !it.action.source)
    .filter(({ on }) => waitedAtLastLook(topology, on) && !appliesOnly(topology, on))
    .filter((it) => !endedBefore(plan, it))
    .map(({ on }) => `Commits that wait on ${on} would be acknowledged.`);
}

/** In an earlier stage, or earlier in the same lane, which ends where they could not all be ended. */
function endedBefore(plan: Plan, { on, id }: Step): boolean {
  const ends = (it: Step): boolean => it.action.do === 'end-writers' && it.on === on;
  const lane = plan.stages
    .flatMap((it) => it.lanes)
    .find((it) => it.some((step) => step.id === id));
  const before = lane?.slice(
    0,
    lane.findIndex((it) => it.id === id),
  );
  return before?.some(ends) === true || stageOf(plan, ends) < stageOf(plan, (it) => it.id === id);
}

function waitedAtLastLook(topology: Topology, key: string): boolean {
  return memberOf(topology, key)?.lastAnswer?.server.semiSync.source?.enabled === true;
}

/** A read-only replica: what waits there is its applier, and no client is told anything. */
function appliesOnly(topology: Topology, key: string): boolean {
  const member = memberOf(topology, key);
  return member !== undefined && member.source !== null && answered(member)?.readOnly === true;
}

/** Where a promotion waits for an applier whose commits wait for an acknowledgement, it is freed of that first. */
export function appliersAreFreed(plan: Plan, topology: Topology): readonly string[] {
  return plan.stages.flatMap((stage, index) =>
    stage.lanes.flat().flatMap(({ on, action }) => {
      const waits = promotes(plan) && waiting.has(action.do);
      const freed = stageOf(
        plan,
        (it) => it.action.do === 'set-semi-sync' && !it.action.source && it.on === on,
      );
      return waits && waitedAtLastLook(topology, on) && appliesOnly(topology, on) && freed >= index
        ? [`The applier of ${on} may wait for an acknowledgement.`]
        : [];
    }),
  );
}

export function newMasterWaitsBeforeItOpens(plan: Plan): readonly string[] {
  const opens = stageOf(plan, (it) => it.action.do === 'set-writable' && it.on === plan.newMaster);
  const late = plan.stages
    .slice(opens)
    .flatMap((it) => it.lanes.flat())
    .filter((it) => it.action.do === 'set-semi-sync' && it.on === plan.newMaster);
  return promotes(plan) && late.length > 0
    ? [`${plan.newMaster} takes writes before it waits for replicas.`]
    : [];
}
