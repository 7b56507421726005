import { inEnglish } from '../../model/phrase.ts';
import { stepsOf, type Action, type Plan, type Step } from '../../model/plan.ts';
import { doing, promotes, stageOf } from '../plans/plan-shape.ts';

const eventActions: ReadonlySet<Action['do']> = new Set([
  'switch-event-scheduler',
  'enable-events',
]);

/** That events could not be moved never ends a plan, nor keeps another step from being done. */
export function eventsHinderNothing(plan: Plan): readonly string[] {
  return plan.stages
    .filter((stage) => stage.lanes.flat().some((it) => eventActions.has(it.action.do)))
    .filter(
      (stage) =>
        stage.onFailure === 'undo' ||
        stage.lanes.flat().some((it) => !eventActions.has(it.action.do)),
    )
    .map((stage) => `"${inEnglish(stage.title)}" hangs on its events.`);
}

/** Events are stopped before the first door closes, or when the new one is open: never in the time without writes. */
export function eventsStopOutsideTheWriteStop(plan: Plan): readonly string[] {
  const closes = stageOf(
    plan,
    (it) => it.action.do === 'set-read-only' || it.action.do === 'end-writers',
  );
  const opens = stageOf(plan, (it) => it.action.do === 'set-writable');
  return doing(plan, 'switch-event-scheduler').flatMap((step) => {
    const at = stageOf(plan, (it) => it.id === step.id);
    return promotes(plan) && at > closes && at < opens
      ? [`Step ${step.id} lengthens the time without writes.`]
      : [];
  });
}

/** Only where writes belong, and only once they do. */
export function eventsRunOnTheOpenMaster(plan: Plan): readonly string[] {
  const opens = stageOf(plan, (it) => it.action.do === 'set-writable');
  // In these the master is open when they begin, or is opened again.
  const isOpen = plan.kind === 'rejoin' || plan.kind === 'restore';
  return stepsOf(plan)
    .filter(startsEvents)
    .filter(
      ({ id, on }) =>
        on !== plan.newMaster || !(isOpen || stageOf(plan, (it) => it.id === id) > opens),
    )
    .map(({ id, on }) => `Step ${id} lets events run on ${on} before it is the open master.`);
}

/** What is stopped before the new master opens is started again when all is taken back. */
export function stoppedEventsAreStartedAgain(plan: Plan): readonly string[] {
  const opens = stageOf(plan, (it) => it.action.do === 'set-writable');
  return !promotes(plan)
    ? []
    : doing(plan, 'switch-event-scheduler')
        .filter((step) => !startsEvents(step) && step.undo === null)
        .filter(({ id }) => stageOf(plan, (it) => it.id === id) < opens)
        .map(({ id }) => `Step ${id} stops events and names nothing that starts them again.`);
}

function startsEvents({ action }: Step): boolean {
  return action.do === 'enable-events' || (action.do === 'switch-event-scheduler' && action.on);
}
