import { phrase, type Phrase } from '../model/phrase.ts';
import { type Plan, type Step, stepsOf } from '../model/plan.ts';
import type { Handover, Recovery, RecoveryState, StepRecord } from '../model/recovery.ts';

/** Who began a recovery, and when. */
export interface Beginning {
  /** `user@host (pid)`. */
  readonly actor: string;
  /** `user`, or the code of the finding that is answered. */
  readonly trigger: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Keeps apart what begins in the same millisecond, e.g. `kxqwbe`. */
  readonly randomLetters: string;
}

export interface StepEnd {
  readonly state: 'done' | 'failed' | 'skipped';
  readonly at: number;
  readonly note: Phrase | null;
}

export interface RecoveryEnd {
  /** `interrupted`: the process that ran it must not go on. */
  readonly state: Exclude<RecoveryState, 'running'>;
  readonly at: number;
  readonly writeStopMs: number | null;
}

/** The record of a plan that begins now: every step waits. */
export function newRecovery(plan: Plan, beginning: Beginning): Recovery {
  return {
    id: recoveryId(beginning.at, beginning.randomLetters),
    cluster: plan.cluster,
    kind: plan.kind,
    subject: plan.subject,
    headline: plan.headline,
    trigger: beginning.trigger,
    actor: beginning.actor,
    oldMaster: plan.oldMaster,
    newMaster: plan.newMaster,
    state: 'running',
    startedAt: beginning.at,
    endedAt: null,
    checks: plan.checks,
    effects: plan.effects,
    steps: stepsOf(plan).map(waiting),
    problems: [],
    writeStopMs: null,
    openedAt: null,
    handover: null,
    acknowledgement: null,
  };
}

/** Nine digits to the base 36, so that names sort as their times do until the year 5188. */
export function recoveryId(startedAt: number, randomLetters: string): string {
  return `${Math.trunc(startedAt).toString(36).padStart(9, '0')}-${randomLetters}`;
}

export function withStepStarted(recovery: Recovery, stepId: string, at: number): Recovery {
  return withStep(recovery, stepId, (step) => ({ ...step, state: 'running', startedAt: at }));
}

/** A step that was skipped before it began keeps no times. */
export function withStepEnded(recovery: Recovery, stepId: string, end: StepEnd): Recovery {
  return withStep(recovery, stepId, (step) => ({
    ...step,
    state: end.state,
    endedAt: step.startedAt === null ? null : end.at,
    note: end.note,
  }));
}

/** The times stay those of the step itself; a null note keeps what the step found. */
export function withStepUndone(recovery: Recovery, stepId: string, note: Phrase | null): Recovery {
  return withStep(recovery, stepId, (step) => ({
    ...step,
    state: 'undone',
    note: note ?? step.note,
  }));
}

export function withProblem(recovery: Recovery, says: Phrase): Recovery {
  return { ...recovery, problems: [...recovery.problems, says] };
}

export function withOpening(recovery: Recovery, at: number): Recovery {
  return { ...recovery, openedAt: at };
}

export function withHandover(recovery: Recovery, handover: Handover): Recovery {
  return { ...recovery, handover };
}

/** Closes the record: no step of an ended recovery waits or runs. */
export function ended(recovery: Recovery, end: RecoveryEnd): Recovery {
  return {
    ...recovery,
    state: end.state,
    endedAt: end.at,
    writeStopMs: end.writeStopMs,
    steps: recovery.steps.map((step) =>
      closed(step, end.at, phrase('The recovery ended before this step did.')),
    ),
  };
}

/** How a `running` record looks when the process that ran it is gone. Nobody knows when that was. */
export function interrupted(recovery: Recovery): Recovery {
  if (recovery.state !== 'running') {
    return recovery;
  }
  return {
    ...recovery,
    state: 'interrupted',
    steps: recovery.steps.map((step) =>
      closed(step, null, phrase('Interrupted: whether it took effect is not known.')),
    ),
    problems: [
      ...recovery.problems,
      phrase('The process that ran this recovery, {actor}, ended before the recovery did.', {
        actor: recovery.actor,
      }),
    ],
  };
}

function waiting(step: Step): StepRecord {
  return {
    id: step.id,
    on: step.on,
    says: step.says,
    sql: step.sql,
    state: 'waiting',
    startedAt: null,
    endedAt: null,
    note: null,
  };
}

function closed(step: StepRecord, at: number | null, note: Phrase): StepRecord {
  switch (step.state) {
    case 'waiting':
      return { ...step, state: 'skipped' };
    case 'running':
      return { ...step, state: 'failed', endedAt: at, note: step.note ?? note };
    case 'done':
    case 'failed':
    case 'skipped':
    case 'undone':
      return step;
    default:
      return step.state satisfies never;
  }
}

function withStep(
  recovery: Recovery,
  stepId: string,
  change: (step: StepRecord) => StepRecord,
): Recovery {
  if (!recovery.steps.some((step) => step.id === stepId)) {
    throw new Error(`The recovery ${recovery.id} has no step ${stepId}.`);
  }
  return {
    ...recovery,
    steps: recovery.steps.map((step) => (step.id === stepId ? change(step) : step)),
  };
}

/** The records with this one as the newest; an older state of it goes. */
export function withNewest(
  recoveries: readonly Recovery[],
  recovery: Recovery,
): readonly Recovery[] {
  return [recovery, ...recoveries.filter((it) => it.id !== recovery.id)];
}
