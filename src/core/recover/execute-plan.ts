import { phrase, type Phrase } from '../model/phrase.ts';
import { stepsOf, type Action, type Plan, type Stage, type Step } from '../model/plan.ts';
import type { Position } from '../model/position.ts';
import { phraseOf } from '../model/replication-error.ts';
import type { Recovery } from '../model/recovery.ts';
import type { ActionOutcome } from '../ports.ts';
import { ReplicationError } from '../model/replication-error.ts';
import {
  ended,
  withHandover,
  withOpening,
  withProblem,
  withStepEnded,
  withStepStarted,
  withStepUndone,
} from '../record/recovery-record.ts';
import { handoverOf } from './handover.ts';
import type { RunPorts } from './run-ports.ts';
import { performAction } from './perform-step.ts';
import { runProgram } from './run-program.ts';
import { undoSteps } from './undo.ts';

/** A signal that never ends. */
const never = new AbortController().signal;

/** They end when something that others do has come about. */
const waiting: ReadonlySet<Action['do']> = new Set<Action['do']>([
  'wait-for-mark',
  'wait-until-applied',
  'verify-replicating',
  'verify-user',
]);

/** What a run knows while it lasts. */
interface Run {
  readonly plan: Plan;
  readonly ports: RunPorts;
  readonly signal: AbortSignal;
  readonly marks: Map<string, Position>;
  /** Every step that began, in the order of beginning: whatever began may have taken effect. */
  readonly begun: Step[];
  /** On the clock that never jumps: when the whole must have opened or be taken back. */
  endsAt: number;
  record: Recovery;
  /** A new master is open: nothing is taken back or cancelled any more. */
  opened: boolean;
  /** This process may take no further step, nor take anything back: another one may have acted meanwhile. */
  lostControl: boolean;
  writesStoppedAt: number | null;
  writesBackAt: number | null;
}

/**
 * Performs a plan stage by stage and tells what becomes of every step. Before the new master opens, a failure or the
 * end of `signal` takes everything back; afterwards it is told and the rest goes on. Where the control of the cluster is
 * lost nothing goes on and nothing is taken back. Never throws for a server's trouble.
 */
export async function executePlan(
  plan: Plan,
  begun: Recovery,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<Recovery> {
  const run: Run = {
    plan,
    ports,
    signal,
    marks: new Map(),
    begun: [],
    endsAt: ports.clock.monotonic() + plan.budgetMs + (plan.catchUpMs ?? 0),
    record: begun,
    opened: false,
    lostControl: false,
    writesStoppedAt: null,
    writesBackAt: null,
  };
  ports.tell(run.record);
  const objection = await prepare(run);
  if (objection !== null) {
    tell(run, withProblem(run.record, objection));
    return close(run, 'failed');
  }
  for (const stage of plan.stages) {
    const failure = await performStage(run, stage);
    if (run.lostControl) {
      return close(run, 'interrupted');
    }
    if (failure !== null && stage.onFailure === 'undo') {
      return takeBack(run);
    }
  }
  return close(run, run.record.problems.length === 0 ? 'succeeded' : 'partial');
}

/** Logs in everywhere first. Whoever is needed before the new master opens must let us in, or nothing begins. */
async function prepare({ plan, ports, signal }: Run): Promise<Phrase | null> {
  const needed = new Set(
    plan.stages
      .filter((it) => it.onFailure === 'undo')
      .flatMap((it) => it.lanes.flat().map((step) => step.on)),
  );
  const all = [...new Set(stepsOf(plan).map((it) => it.on))];
  const outcomes = await Promise.allSettled(
    all.map((key) => ports.commander.prepare(ports.addressOf(key), signal)),
  );
  const [objection] = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' && needed.has(all[index] ?? '') ? [phraseOf(outcome.reason)] : [],
  );
  return objection ?? null;
}

/** The first failure, or null. */
async function performStage(run: Run, stage: Stage): Promise<Phrase | null> {
  const failures = await Promise.all(stage.lanes.map((lane) => performLane(run, lane)));
  const told = failures.filter((it) => it !== null);
  told.forEach((it) => {
    tell(run, withProblem(run.record, it));
  });
  return told[0] ?? null;
}

async function performLane(run: Run, lane: readonly Step[]): Promise<Phrase | null> {
  let failure: Phrase | null = null;
  for (const step of lane) {
    if (failure === null && !run.lostControl) {
      failure = await performStep(run, step);
    } else {
      tell(
        run,
        withStepEnded(run.record, step.id, {
          state: 'skipped',
          at: run.ports.clock.now(),
          note: null,
        }),
      );
    }
  }
  return failure;
}

async function performStep(run: Run, step: Step): Promise<Phrase | null> {
  const { ports } = run;
  const lost = await ports.control.lost();
  if (lost !== null) {
    const skipped = { state: 'skipped', at: ports.clock.now(), note: null } as const;
    tell(run, withStepEnded(run.record, step.id, skipped));
    return tellLost(run, lost);
  }
  const startedAt = ports.clock.monotonic();
  run.begun.push(step);
  const now = ports.clock.now();
  const record = step.action.do === 'set-writable' ? withOpening(run.record, now) : run.record;
  tell(run, withStepStarted(record, step.id, now));
  if (step.action.do === 'set-read-only') {
    run.endsAt = Math.min(run.endsAt, startedAt + run.plan.budgetMs);
  }
  try {
    // Behind the point of no return a cancellation would only leave things half done.
    const signal = AbortSignal.any([run.opened ? never : run.signal, ports.control.signal]);
    const { note, position } = await act(run, within(run, step), signal);
    keep(run, step, startedAt, position);
    tell(run, withStepEnded(run.record, step.id, { state: 'done', at: ports.clock.now(), note }));
    return null;
  } catch (error) {
    // Where it failed because this process stood still, that is the reason, and another one may have acted meanwhile.
    const gone = await ports.control.lost();
    const cancelled = run.signal.aborted && !run.opened;
    const says = gone ?? (cancelled ? phrase('It was cancelled.') : phraseOf(error));
    tell(
      run,
      withStepEnded(run.record, step.id, { state: 'failed', at: ports.clock.now(), note: says }),
    );
    if (gone !== null) {
      return tellLost(run, gone);
    }
    return phrase('Step {id} failed ({step}): {because}', {
      id: step.id,
      step: step.says,
      because: says,
    });
  }
}

/** Told once, however many lanes learn of it. */
function tellLost(run: Run, because: Phrase): Phrase | null {
  const first = !run.lostControl;
  run.lostControl = true;
  return first ? because : null;
}

function act(
  { marks, record, ports }: Run,
  { action, ...step }: Step,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  if (action.do === 'run-program') {
    return runProgram({ ...step, action }, record, ports, signal);
  }
  const perform = (until: AbortSignal): Promise<ActionOutcome> =>
    performAction({ ...step, action }, marks, ports, until);
  return waiting.has(action.do) ? whileMasterLives(ports, signal, perform) : perform(signal);
}

async function whileMasterLives(
  { masterLost }: RunPorts,
  signal: AbortSignal,
  wait: (until: AbortSignal) => Promise<ActionOutcome>,
): Promise<ActionOutcome> {
  try {
    return await wait(AbortSignal.any([signal, masterLost]));
  } catch (error) {
    if (!masterLost.aborted) throw error;
    const says = phrase(
      'The master does not answer any more: nothing waits any longer, so that a recovery can begin.',
    );
    throw new ReplicationError('refused-by-check', says, { cause: error });
  }
}

/** Before the new master opens all steps share one budget; afterwards each has its own time, for nothing waits for it. */
function within({ endsAt, ports, opened }: Run, step: Step): Step {
  const left = endsAt - ports.clock.monotonic();
  if (!opened && left <= 0) {
    throw new ReplicationError('deadline', 'The time for the whole plan is over.');
  }
  return opened ? step : { ...step, deadlineMs: Math.min(step.deadlineMs, left) };
}

function keep(run: Run, { action }: Step, startedAt: number, position: Position | undefined): void {
  if (action.do === 'mark-position' && position !== undefined) {
    run.marks.set(action.mark, position);
  }
  if (action.do === 'set-read-only' && run.plan.kind === 'switchover') {
    run.writesStoppedAt ??= startedAt;
  }
  if (action.do === 'set-writable') {
    run.opened = true;
    run.writesBackAt = run.ports.clock.monotonic();
    const handover = handoverOf(run.plan, run.marks);
    run.record = handover === null ? run.record : withHandover(run.record, handover);
  }
}

async function takeBack(run: Run): Promise<Recovery> {
  const { taken, problems, lostControl } = await undoSteps(run.begun, run.ports);
  for (const { id, note } of taken) {
    tell(run, withStepUndone(run.record, id, note));
  }
  for (const problem of problems) {
    tell(run, withProblem(run.record, problem));
  }
  if (lostControl) {
    return close(run, 'interrupted');
  }
  // A rejoin that fails leaves its instance read-only and outside: safe, but not as it was.
  const asBefore = problems.length === 0 && run.plan.kind !== 'rejoin';
  return close(run, asBefore ? 'undone' : 'failed');
}

function close(
  run: Run,
  state: 'succeeded' | 'partial' | 'undone' | 'failed' | 'interrupted',
): Recovery {
  const { writesStoppedAt, writesBackAt } = run;
  const measured = writesStoppedAt !== null && writesBackAt !== null;
  const writeStopMs = measured ? Math.round(writesBackAt - writesStoppedAt) : null;
  tell(run, ended(run.record, { state, at: run.ports.clock.now(), writeStopMs }));
  return run.record;
}

function tell(run: Run, record: Recovery): void {
  run.record = record;
  run.ports.tell(record);
}
