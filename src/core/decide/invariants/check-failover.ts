import { answered } from '../../model/instance.ts';
import type { Plan, Stage } from '../../model/plan.ts';
import { replicasOf, type Topology } from '../../model/topology.ts';
import { stageOf, waiting } from '../plans/plan-shape.ts';

/** A dead master that thaws must find no replica to acknowledge it. */
export function receiversAreCutFirst(plan: Plan, topology: Topology): readonly string[] {
  if (plan.kind !== 'failover' || plan.oldMaster === null) {
    return [];
  }
  const look = plan.stages.findIndex((stage) => looksAgain(stage) && !runsProgram(stage));
  return replicasOf(topology, plan.oldMaster)
    .filter((it) => answered(it) !== undefined)
    .filter(
      ({ key }) => stageOf(plan, (it) => it.action.do === 'stop-receiver' && it.on === key) >= look,
    )
    .map((it) => `${it.key} is not cut from the dead master before the last look.`);
}

/** Between the last wait and the opening nothing but the settings of roles may stand. */
export function failoverLooksLast(plan: Plan): readonly string[] {
  if (plan.kind !== 'failover') {
    return [];
  }
  const looks = plan.stages.findLastIndex((stage) =>
    stage.lanes.flat().some((it) => it.action.do === 'look-again'),
  );
  const opens = stageOf(plan, (it) => it.action.do === 'set-writable');
  const waits = plan.stages
    .slice(0, opens)
    .findLastIndex((stage) => stage.lanes.flat().some((it) => waiting.has(it.action.do)));
  return looks > waits ? [] : ['Nobody looks at the old master again after the wait.'];
}

/** Programs run before anything is changed, or after everything: and only around a failover. */
export function programsStandOutside(plan: Plan): readonly string[] {
  const programs = plan.stages.flatMap((stage, index) => (runsProgram(stage) ? [index] : []));
  const changes = plan.stages.flatMap((stage, index) => (runsProgram(stage) ? [] : [index]));
  const [first = 0] = changes;
  const last = changes.at(-1) ?? 0;
  const amid = programs.filter((it) => it > first && it < last);
  const others = plan.stages
    .filter(runsProgram)
    .flatMap((stage) => stage.lanes.flat())
    .filter(({ action }) => action.do !== 'run-program' && action.do !== 'look-again');
  return [
    ...(programs.length > 0 && plan.kind !== 'failover' ? ['Programs are for failovers.'] : []),
    ...(amid.length + others.length > 0 ? ['A program runs amid the changes.'] : []),
  ];
}

function runsProgram(stage: Stage): boolean {
  return stage.lanes.flat().some((it) => it.action.do === 'run-program');
}

function looksAgain(stage: Stage): boolean {
  return stage.lanes.flat().some((it) => it.action.do === 'look-again');
}
