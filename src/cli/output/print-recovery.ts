import { inEnglish } from '../../core/model/phrase.ts';
import type { Recovery, RecoveryState, StepRecord } from '../../core/model/recovery.ts';
import type { Colour, Paint } from './paint.ts';
import { utc } from './utc.ts';

/** Tells each step once when it begins to matter and once when it ends: feed it every new state of a recovery. */
export function progressTeller(
  tell: (line: string) => void,
  paint: Paint,
): (recovery: Recovery) => void {
  const told = new Map<string, StepRecord['state']>();
  return (recovery) => {
    for (const step of recovery.steps) {
      if (told.get(step.id) === step.state) continue;
      told.set(step.id, step.state);
      if (step.state !== 'waiting') tell(stepLine(step, paint));
    }
  };
}

const stepMarks: Record<StepRecord['state'], readonly [string, Colour]> = {
  waiting: ['·', 'dim'],
  running: ['…', 'dim'],
  done: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
  undone: ['↶', 'yellow'],
};

function stepLine(step: StepRecord, paint: Paint): string {
  const [mark, colour] = stepMarks[step.state];
  const took =
    step.startedAt !== null && step.endedAt !== null
      ? ` (${String(step.endedAt - step.startedAt)} ms)`
      : '';
  const note = step.note === null || step.state === 'running' ? '' : `: ${inEnglish(step.note)}`;
  return `${paint(colour, mark)} ${step.id.padStart(2)}. ${step.on}  ${inEnglish(step.says)}${took}${note}`;
}

const outcomes: Record<RecoveryState, string> = {
  running: 'still runs',
  succeeded: 'done',
  partial: 'done in part',
  undone: 'failed, and everything was put back as it was',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** How it ended, for a person. */
export function resultLines(recovery: Recovery, paint: Paint): readonly string[] {
  const colour = recovery.state === 'succeeded' ? 'green' : 'red';
  const stop =
    recovery.writeStopMs === null
      ? []
      : [`Writes stopped for ${String(Math.round(recovery.writeStopMs))} ms.`];
  return [
    `${inEnglish(recovery.headline)}: ${paint(colour, outcomes[recovery.state])}.`,
    ...stop,
    ...recovery.problems.map((it) => `${paint('yellow', '!')} ${inEnglish(it)}`),
  ];
}

/** One line per recovery of the journal. Times are UTC. */
export function recoveryLine(recovery: Recovery, paint: Paint): string {
  const when = utc(recovery.startedAt);
  const state = recovery.state === 'succeeded' ? recovery.state : paint('red', recovery.state);
  const stop =
    recovery.writeStopMs === null
      ? ''
      : `, writes stopped ${String(Math.round(recovery.writeStopMs))} ms`;
  const seen = recovery.acknowledgement
    ? `acknowledged by ${recovery.acknowledgement.by}`
    : 'not acknowledged';
  return `${recovery.id}  ${when}  ${recovery.cluster}  ${inEnglish(recovery.headline)}: ${state}${stop}; ${seen}`;
}
