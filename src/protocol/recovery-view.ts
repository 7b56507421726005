import type { RunResult } from '../core/backend.ts';
import type { Recovery, RecoveryState, StepRecord } from '../core/model/recovery.ts';
import { recoveryWords } from './labels.ts';
import { endedSteps, needsAcknowledgement } from './recovery-now.ts';
import type { ProgressView, ResultView, StepView, Tone } from './panel-state.ts';
import { sentences } from './sentences.ts';
import { secondsText } from './time-words.ts';
import { spell, type Localizer } from './localizer.ts';

export interface RecoveryContext {
  readonly words: Localizer;
  readonly labelOf: (key: string) => string;
  /** In the user's language; the recovery's own headline where that is unknown. */
  readonly headline: string;
}

const faces: Record<RecoveryState, { readonly tone: Tone; readonly icon: string }> = {
  running: { tone: 'info', icon: 'sync~spin' },
  succeeded: { tone: 'ok', icon: 'pass-filled' },
  partial: { tone: 'warning', icon: 'warning' },
  undone: { tone: 'warning', icon: 'discard' },
  failed: { tone: 'error', icon: 'error' },
  interrupted: { tone: 'error', icon: 'error' },
};

export function progressOf(
  recovery: Recovery,
  cancellable: boolean,
  context: RecoveryContext,
): ProgressView {
  const { words, headline } = context;
  return {
    recovery: recovery.id,
    headline,
    count: words.t(sentences.stepOf, {
      done: Math.min(endedSteps(recovery) + 1, recovery.steps.length),
      all: recovery.steps.length,
    }),
    steps: recovery.steps.map((it) => stepOf(it, context)),
    cancellable,
  };
}

export function resultOf(result: RunResult, context: RecoveryContext): ResultView {
  const { words, headline } = context;
  if (result.kind === 'refused') {
    return {
      tone: 'warning',
      icon: 'circle-slash',
      says: words.t(sentences.resultRefused, { headline }),
      more: [...result.because, ...result.instead].map((it) => spell(it, words)),
      steps: [],
      acknowledge: null,
      remedy: result.lockHeld === true ? 'end-lock-holder' : null,
    };
  }
  return endOf(result.recovery, context);
}

/** Nothing ran, for a reason that is no part of a plan. */
export function failureOf(says: string): ResultView {
  return {
    tone: 'error',
    icon: 'error',
    says,
    more: [],
    steps: [],
    acknowledge: null,
    remedy: null,
  };
}

/** How a recovery ended. */
export function endOf(recovery: Recovery, context: RecoveryContext): ResultView {
  const { words, headline } = context;
  const { writeStopMs } = recovery;
  const stopped =
    writeStopMs === null
      ? []
      : [words.t(sentences.writeStopWas, { seconds: secondsText(writeStopMs) })];
  return {
    ...faces[recovery.state],
    says: words.t(recoveryWords[recovery.state], { headline }),
    more: [...stopped, ...recovery.problems.map((it) => spell(it, words))],
    steps: recovery.steps.map((it) => stepOf(it, context)),
    acknowledge: needsAcknowledgement(recovery) ? recovery.id : null,
    remedy: null,
  };
}

function stepOf(record: StepRecord, { words, labelOf }: RecoveryContext): StepView {
  const { startedAt, endedAt } = record;
  const took =
    startedAt === null || endedAt === null
      ? ''
      : words.t(sentences.tookSeconds, { seconds: secondsText(endedAt - startedAt) });
  return {
    id: record.id,
    on: labelOf(record.on),
    says: spell(record.says, words),
    sql: record.sql,
    state: record.state,
    took,
    note: record.note === null ? '' : spell(record.note, words),
  };
}
