import { answered } from '../../model/instance.ts';
import { inEnglish } from '../../model/phrase.ts';
import { stepsOf, type Action, type Plan, type Step } from '../../model/plan.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import {
  eventsHinderNothing,
  eventsRunOnTheOpenMaster,
  eventsStopOutsideTheWriteStop,
  stoppedEventsAreStartedAgain,
} from '../candidates/check-events.ts';
import { failoverLooksLast, programsStandOutside, receiversAreCutFirst } from './check-failover.ts';
import { fixSparesTheMaster } from './check-fix.ts';
import {
  appliersAreFreed,
  newMasterWaitsBeforeItOpens,
  waitersEndBeforeSemiSync,
} from '../candidates/check-semi-sync.ts';
import {
  detachOnlyStops,
  endSessionOnlyEnds,
  rejoinIsReadOnlyFirst,
  relocationSparesTheMaster,
  repairOnlyStarts,
  userPlanOnlyMakesAccounts,
} from './check-small-plans.ts';
import { doing, promotes, stageOf, waiting } from '../plans/plan-shape.ts';

/** One invariant of plans: says what is wrong, one sentence each. */
type Invariant = (plan: Plan, topology: Topology) => readonly string[];

/** What every plan of every planner satisfies; an empty list means that it does. */
export function objectionsTo(plan: Plan, topology: Topology): readonly string[] {
  return invariants.flatMap((it) => it(plan, topology));
}

const invariants: readonly Invariant[] = [
  everyStepIsBounded,
  oneDoorOpens,
  oldDoorClosesFirst,
  nothingReceivedIsLost,
  stopsNameTheirStart,
  nothingIsTakenBackAfterOpening,
  everybodyFollowsTheNewMaster,
  oldMasterComesLast,
  receiversAreCutFirst,
  failoverLooksLast,
  rejoinIsReadOnlyFirst,
  waitersEndBeforeSemiSync,
  appliersAreFreed,
  newMasterWaitsBeforeItOpens,
  relocationSparesTheMaster,
  programsStandOutside,
  repairOnlyStarts,
  userPlanOnlyMakesAccounts,
  endSessionOnlyEnds,
  detachOnlyStops,
  eventsHinderNothing,
  eventsStopOutsideTheWriteStop,
  eventsRunOnTheOpenMaster,
  stoppedEventsAreStartedAgain,
  fixSparesTheMaster,
];

function everyStepIsBounded(plan: Plan): readonly string[] {
  const ids = new Set(stepsOf(plan).map((it) => it.id));
  return [
    ...stepsOf(plan).flatMap((it) => (it.deadlineMs > 0 ? [] : [`Step ${it.id} has no deadline.`])),
    ...(ids.size === stepsOf(plan).length ? [] : ['Two steps have one id.']),
    ...(plan.budgetMs > 0 ? [] : ['The plan has no budget.']),
  ];
}

function oneDoorOpens(plan: Plan): readonly string[] {
  const opened = doing(plan, 'set-writable').map((it) => it.on);
  // What takes back may find its master open already.
  const expected =
    promotes(plan) || (plan.kind === 'restore' && opened.length > 0) ? [plan.newMaster] : [];
  return opened.join() === expected.join() ? [] : [`It opens ${opened.join(', ') || 'nobody'}.`];
}

/** A master that answers is closed before; one that does not is looked at again before. */
function oldDoorClosesFirst(plan: Plan, topology: Topology): readonly string[] {
  const { oldMaster } = plan;
  if (!promotes(plan) || oldMaster === null) {
    return [];
  }
  const lives = answered(memberOf(topology, oldMaster)) !== undefined;
  const guard = lives
    ? (it: Step) => it.action.do === 'set-read-only' && it.on === oldMaster
    : (it: Step) => it.action.do === 'look-again' && it.action.expect.that === 'candidate-complete';
  return stageOf(plan, guard) < stageOf(plan, (it) => it.action.do === 'set-writable')
    ? []
    : [`${oldMaster} is not ${lives ? 'closed' : 'looked at'} before ${plan.newMaster} opens.`];
}

/** The candidate lets go of its source only when it has applied what it received. */
function nothingReceivedIsLost(plan: Plan): readonly string[] {
  if (!promotes(plan)) {
    return [];
  }
  const own = stepsOf(plan).filter((it) => it.on === plan.newMaster);
  const forgets = own.findIndex((it) => it.action.do === 'forget-source');
  const opens = own.findIndex((it) => it.action.do === 'set-writable');
  const before = own.slice(0, Math.max(0, opens));
  const lets = before.flatMap((it, place) => (it.action.do === 'stop-replication' ? [place] : []));
  const waits = before.flatMap((it, place) => (waiting.has(it.action.do) ? [place] : []));
  // Each time that it lets go of a source it waited for all of it: one wait before every letting go.
  const inTurn = lets.every((place, turn) =>
    waits.some((it) => it < place && it > (lets[turn - 1] ?? -1)),
  );
  return lets.length > 0 && inTurn && opens < forgets
    ? []
    : [`${plan.newMaster} does not wait, let go, open and forget in this order.`];
}

const stopping: ReadonlySet<Action['do']> = new Set([
  'stop-receiver',
  'stop-replication',
  'set-read-only',
]);

/** A rejoin is the exception: what it closes was outside and stays closed; and so does what was closed before. */
function stopsNameTheirStart(plan: Plan, topology: Topology): readonly string[] {
  const before = !promotes(plan) ? [] : plan.stages.filter((it) => it.onFailure === 'undo');
  return before
    .flatMap((it) => it.lanes.flat())
    .filter((it) => stopping.has(it.action.do) && it.undo === null)
    .filter(
      (it) =>
        it.action.do !== 'set-read-only' || answered(memberOf(topology, it.on))?.readOnly !== true,
    )
    .map((it) => `Step ${it.id} stops something and names nothing that starts it again.`);
}

function nothingIsTakenBackAfterOpening(plan: Plan): readonly string[] {
  const opening = stageOf(plan, (it) => it.action.do === 'set-writable');
  return plan.stages
    .filter((stage, index) => index > opening && stage.onFailure === 'undo')
    .map((stage) => `"${inEnglish(stage.title)}" would take back an open master.`);
}

function everybodyFollowsTheNewMaster(plan: Plan): readonly string[] {
  return plan.stages.flatMap((stage) => stage.lanes.flatMap((lane) => laneObjections(plan, lane)));
}

function laneObjections(plan: Plan, lane: readonly Step[]): readonly string[] {
  return lane.flatMap((step, index) => {
    const { action } = step;
    if (action.do !== 'point-at') {
      return [];
    }
    const rest = lane.slice(index + 1).map((it) => it.action.do);
    if (fetches(plan, step)) {
      return rest.join() === 'start-replication,wait-for-mark'
        ? []
        : [`Step ${step.id} reads from ${action.source} without waiting for all of it.`];
    }
    return [
      ...(action.source === plan.newMaster && step.on !== plan.newMaster
        ? []
        : [`Step ${step.id} points at ${action.source}.`]),
      ...(rest.includes('start-replication') && rest.includes('verify-replicating')
        ? []
        : [`Step ${step.id} is not started and verified.`]),
    ];
  });
}

/** The candidate reads from another replica what only that one holds, before it opens. */
function fetches(plan: Plan, { on, action, id }: Step): boolean {
  return (
    plan.kind === 'failover' &&
    action.do === 'point-at' &&
    on === plan.newMaster &&
    action.source !== plan.newMaster &&
    action.source !== plan.oldMaster &&
    stageOf(plan, (it) => it.id === id) < stageOf(plan, (it) => it.action.do === 'set-writable')
  );
}

/** A demoted master may still hold a transaction that the others must not copy from it. */
function oldMasterComesLast(plan: Plan): readonly string[] {
  const old = stageOf(plan, (it) => it.action.do === 'point-at' && it.on === plan.oldMaster);
  return plan.stages
    .filter((_, index) => index >= old)
    .flatMap((stage) => stage.lanes.flat())
    .filter((it) => it.action.do === 'point-at' && it.on !== plan.oldMaster)
    .map((it) => `${it.on} is pointed after the old master.`);
}
