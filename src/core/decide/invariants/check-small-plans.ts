import { stepsOf, type Action, type Plan } from '../../model/plan.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import { stageOf } from '../plans/plan-shape.ts';

export function rejoinIsReadOnlyFirst(plan: Plan): readonly string[] {
  if (plan.kind !== 'rejoin') {
    return [];
  }
  const order = (['set-read-only', 'look-again', 'point-at'] as const).map((what) =>
    stageOf(plan, (it) => it.action.do === what && it.on === plan.subject),
  );
  const [closes = 0, looks = 0, points = 0] = order;
  return closes < looks && looks < points
    ? []
    : [`${plan.subject} is not closed and looked at before it follows.`];
}

const movingActions: ReadonlySet<Action['do']> = new Set([
  'stop-replication',
  'mark-position',
  'wait-for-mark',
  'point-at',
  'start-replication',
  'verify-replicating',
]);

/** Replicas get another source: no door moves, and the master itself reads from nobody new. */
export function relocationSparesTheMaster(plan: Plan, topology: Topology): readonly string[] {
  return plan.kind !== 'relocate'
    ? []
    : stepsOf(plan)
        .filter(
          ({ action, on }) =>
            !movingActions.has(action.do) ||
            (on === topology.master && action.do !== 'wait-for-mark'),
        )
        .map(({ id }) => `Step ${id} does more than move a replica.`);
}

/** One receiver stops, of a replica that reads from somebody other than the master. */
export function detachOnlyStops(plan: Plan, topology: Topology): readonly string[] {
  const source = memberOf(topology, plan.subject)?.source ?? null;
  return plan.kind !== 'detach'
    ? []
    : stepsOf(plan)
        .filter(
          ({ action, on }) =>
            action.do !== 'stop-receiver' ||
            on !== plan.subject ||
            on === topology.master ||
            source === null ||
            source === plan.newMaster,
        )
        .map(({ id }) => `Step ${id} does more than detach a lost replica.`);
}

/** Receivers begin again, and nothing else is touched. */
export function repairOnlyStarts(plan: Plan, topology: Topology): readonly string[] {
  return plan.kind !== 'repair'
    ? []
    : stepsOf(plan)
        .filter(
          ({ action, on }) =>
            (action.do !== 'start-receiver' && action.do !== 'verify-replicating') ||
            memberOf(topology, on)?.source !== plan.newMaster,
        )
        .map(({ id }) => `Step ${id} does more than start a receiver.`);
}

/** One session is ended, and nothing else is touched. */
export function endSessionOnlyEnds(plan: Plan): readonly string[] {
  return plan.kind !== 'end-session'
    ? []
    : stepsOf(plan)
        .filter(({ action, on }) => action.do !== 'end-session' || on !== plan.subject)
        .map(({ id }) => `Step ${id} does more than end a session.`);
}

/** Accounts alone are made: in the binary log on the master, outside of it anywhere else. */
export function userPlanOnlyMakesAccounts(plan: Plan, topology: Topology): readonly string[] {
  return plan.kind !== 'create-user'
    ? []
    : stepsOf(plan)
        .filter(({ action, on }) =>
          action.do === 'create-user'
            ? action.alone === (on === topology.master)
            : action.do !== 'verify-user',
        )
        .map(({ id }) => `Step ${id} does more than make an account, or leaves a transaction.`);
}
