import { stepsOf, type Action, type Plan, type Step } from '../../model/plan.ts';
import type { Topology } from '../../model/topology.ts';

const fixing: ReadonlySet<Action['do']> = new Set([
  'set-variable',
  'set-read-only',
  'make-account',
  'stop-receiver',
  'wait-until-applied',
  'stop-replication',
  'change-source-options',
  'start-replication',
  'verify-replicating',
]);

/** On a master settings change and accounts are made; nothing else. */
const onMaster: ReadonlySet<Action['do']> = new Set(['set-variable', 'make-account']);

/** A fix opens nobody, closes no master and repoints nobody; an account is logged on the master only. */
export function fixSparesTheMaster(plan: Plan, topology: Topology): readonly string[] {
  if (plan.kind !== 'fix') {
    return [];
  }
  return [
    ...stepsOf(plan)
      .filter((step) => !isFixing(step, topology))
      .map(({ id }) => `Step ${id} does more than mend.`),
    ...(everyStopIsStarted(plan) ? [] : ['Replication is stopped and not started again.']),
    ...(superReadOnlyComesBack(plan) ? [] : ['super_read_only is lifted and not set again.']),
  ];
}

function isFixing({ action, on }: Step, { master }: Topology): boolean {
  if (action.do === 'make-account' && action.alone !== (on !== master)) {
    return false;
  }
  // It would open the instance beside the plan's own door.
  if (action.do === 'set-variable' && action.name === 'read_only') {
    return false;
  }
  return on === master ? onMaster.has(action.do) && !opens(action) : fixing.has(action.do);
}

function opens(action: Action): boolean {
  return action.do === 'set-variable' && action.name === 'super_read_only';
}

function everyStopIsStarted(plan: Plan): boolean {
  const doings = stepsOf(plan).map((it) => it.action.do);
  return doings.lastIndexOf('start-replication') >= doings.lastIndexOf('stop-replication');
}

function superReadOnlyComesBack(plan: Plan): boolean {
  const values = stepsOf(plan).flatMap(({ action }) =>
    action.do === 'set-variable' && action.name === 'super_read_only' ? [action.value] : [],
  );
  return values.at(-1) !== 'OFF';
}
