import { inEnglish } from '../model/phrase.ts';
import type { Recovery, StepRecord } from '../model/recovery.ts';

/**
 * A recovery as a Markdown page for people: what was done when, the statements, what was lost, what went wrong.
 * `spellTime` puts milliseconds since the epoch into words, in the reader's time zone.
 */
export function reportOf(recovery: Recovery, spellTime: (at: number) => string): string {
  const sections = [
    `# ${plain(inEnglish(recovery.headline))}`,
    summary(recovery, spellTime),
    section('Problems', bullets(recovery.problems.map(inEnglish))),
    section('What may be lost', bullets(recovery.effects.mayLose.map(inEnglish))),
    section(
      'Left behind',
      bullets(recovery.effects.leftBehind.map((it) => `${it.instance}: ${inEnglish(it.because)}`)),
    ),
    section('Timeline', timeline(recovery, spellTime)),
    section('Checks', checks(recovery)),
    section('Statements', recovery.steps.map(statements).filter(Boolean).join('\n\n')),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** `450 ms`, `3.2 s`, `2 min 5 s`. */
export function spellDuration(ms: number): string {
  if (ms < 1000) {
    return `${String(Math.round(ms))} ms`;
  }
  if (ms < 59_950) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

const outcomes: Record<Recovery['state'], string> = {
  running: 'Still running',
  succeeded: 'Succeeded',
  partial: 'Done in part: some instances need care',
  undone: 'Undone: everything is as it was before',
  failed: 'Failed',
  interrupted: 'Interrupted: nobody knows whether the last step took effect',
};

function summary(recovery: Recovery, spellTime: (at: number) => string): string {
  const { endedAt, acknowledgement, handover, writeStopMs } = recovery;
  const took = endedAt === null ? null : spellDuration(endedAt - recovery.startedAt);
  const lines: readonly (readonly [string, string | null])[] = [
    ['Result', outcomes[recovery.state]],
    ['Cluster', recovery.cluster],
    ['Kind', recovery.kind],
    ['Old master', recovery.oldMaster],
    ['New master', recovery.newMaster],
    ['Started', `${spellTime(recovery.startedAt)} by ${recovery.actor}`],
    ['Cause', recovery.trigger === 'user' ? 'asked for by a user' : recovery.trigger],
    ['Ended', endedAt === null ? null : `${spellTime(endedAt)}, after ${took ?? ''}`],
    ['Writes stopped for', writeStopMs === null ? 'not measured' : spellDuration(writeStopMs)],
    [
      'Hand-over',
      handover === null
        ? null
        : `${handover.oldMaster} at ${place(handover.oldAt)} is ${handover.newMaster} at ${place(handover.newAt)}`,
    ],
    ['Acknowledged', acknowledgement === null ? 'no' : acknowledged(acknowledgement, spellTime)],
    ['Record', recovery.id],
  ];
  return lines
    .flatMap(([name, value]) => (value === null ? [] : [`- **${name}:** ${plain(value)}`]))
    .join('\n');
}

function place(at: { readonly file: string; readonly offset: number }): string {
  return `${at.file}:${String(at.offset)}`;
}

function acknowledged(
  { at, by, comment }: NonNullable<Recovery['acknowledgement']>,
  spellTime: (at: number) => string,
): string {
  return `${spellTime(at)} by ${by}${comment === '' ? '' : `: ${comment}`}`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((it) => `- ${plain(it)}`).join('\n');
}

function timeline(recovery: Recovery, spellTime: (at: number) => string): string {
  const rows = recovery.steps.map((step) => [
    step.id,
    step.startedAt === null ? '' : spellTime(step.startedAt),
    tookOf(step),
    step.on,
    step.state,
    [step.says, step.note].flatMap((it) => (it === null ? [] : [inEnglish(it)])).join(' '),
  ]);
  return table(['Step', 'Began', 'Took', 'Instance', 'Result', 'What'], rows);
}

function tookOf({ startedAt, endedAt }: StepRecord): string {
  return startedAt === null || endedAt === null ? '' : spellDuration(endedAt - startedAt);
}

function checks(recovery: Recovery): string {
  const rows = recovery.checks.map((it) => [
    inEnglish(it.says),
    inEnglish(it.measured),
    it.verdict,
  ]);
  return table(['Check', 'Measured', 'Verdict'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) {
    return '';
  }
  return [tableLine(head), tableLine(head.map(() => '---')), ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(plain).join(' | ')} |`;
}

/** A step that ran no statement has none to show. */
function statements(step: StepRecord): string {
  if (step.sql.length === 0) {
    return '';
  }
  const text = step.sql.map((it) => (it.trimEnd().endsWith(';') ? it : `${it};`)).join('\n');
  const fence = '`'.repeat(Math.max(3, longestRunOfBackticks(text) + 1));
  return `${plain(`Step ${step.id}, on ${step.on} (${step.state}):`)}\n\n${fence}sql\n${text}\n${fence}`;
}

function longestRunOfBackticks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** One line in which nothing that a server or a person wrote can act as Markdown or HTML. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*[\]<>|#~]|(?<!\w)_|_(?!\w)/g, String.raw`\$&`);
}
