import { phrase, spellPhrase, type Phrase } from '../model/phrase.ts';
import { markdownCode, markdownLine } from '../model/shown-text.ts';
import type { Check, PlanKind } from '../model/plan.ts';
import type { Recovery, StepRecord } from '../model/recovery.ts';

/** Whose language, and what led to the recovery. */
export interface ReportGround {
  /** What was found and who saw it, one sentence each, spelled already; empty where a person asked. */
  readonly seen: readonly string[];
  /** Milliseconds since the epoch in words, in the reader's time zone. */
  readonly spellTime: (at: number) => string;
  /** An English sentence with its values in the reader's language. */
  readonly translate: Parameters<typeof spellPhrase>[1];
}

interface Pen {
  readonly spell: (words: Phrase) => string;
  readonly spellTime: (at: number) => string;
}

/** A recovery as a Markdown page for people: why it began, what was done when, the statements, what was lost. */
export function reportOf(recovery: Recovery, { seen, spellTime, translate }: ReportGround): string {
  const pen: Pen = { spell: (words) => spellPhrase(words, translate), spellTime };
  const { spell } = pen;
  const { mayLose, leftBehind } = recovery.effects;
  const section = (title: Phrase, body: string): string =>
    body === '' ? '' : `## ${spell(title)}\n\n${body}`;
  const sections = [
    `# ${markdownLine(spell(recovery.headline))}`,
    summary(recovery, pen),
    section(phrase('Evidence'), bullets(seen)),
    section(phrase('Problems'), bullets(recovery.problems.map(spell))),
    section(phrase('What may be lost'), bullets(mayLose.map(spell))),
    section(
      phrase('Left behind'),
      bullets(leftBehind.map((it) => `${it.instance}: ${spell(it.because)}`)),
    ),
    section(phrase('Timeline'), timeline(recovery, pen)),
    section(phrase('Checks'), checks(recovery, pen)),
    section(
      phrase('Statements'),
      recovery.steps
        .map((it) => statements(it, pen))
        .filter(Boolean)
        .join('\n\n'),
    ),
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

const outcomes: Record<Recovery['state'], Phrase> = {
  running: phrase('Still running'),
  succeeded: phrase('Succeeded'),
  partial: phrase('Done in part: some instances need care'),
  undone: phrase('Undone: everything is as it was before'),
  failed: phrase('Failed'),
  interrupted: phrase('Interrupted: nobody knows whether the last step took effect'),
};

const kinds: Record<PlanKind, Phrase> = {
  switchover: phrase('switchover'),
  failover: phrase('failover'),
  rejoin: phrase('rejoin'),
  relocate: phrase('relocate'),
  fence: phrase('fence'),
  restore: phrase('restore'),
  repair: phrase('repair'),
  'create-user': phrase('user'),
  fix: phrase('fix'),
  'end-session': phrase('end of a session'),
  detach: phrase('detach'),
};

const stepStates: Record<StepRecord['state'], Phrase> = {
  waiting: phrase('waiting'),
  running: phrase('running'),
  done: phrase('done'),
  failed: phrase('failed'),
  skipped: phrase('skipped'),
  undone: phrase('undone'),
};

const verdicts: Record<Check['verdict'], Phrase> = {
  passed: phrase('passed'),
  warning: phrase('warning'),
  failed: phrase('failed'),
};

function summary(recovery: Recovery, pen: Pen): string {
  const { spell, spellTime } = pen;
  const { acknowledgement, trigger, writeStopMs, startedAt: at, actor } = recovery;
  const lines: readonly (readonly [Phrase, string | null])[] = [
    [phrase('Result'), spell(outcomes[recovery.state])],
    [phrase('Cluster'), recovery.cluster],
    [phrase('Kind'), spell(kinds[recovery.kind])],
    [phrase('Old master'), recovery.oldMaster],
    [phrase('New master'), recovery.newMaster],
    [phrase('Started'), spell(phrase('{time} by {actor}', { time: spellTime(at), actor }))],
    [phrase('Cause'), trigger === 'user' ? spell(phrase('asked for by a user')) : trigger],
    [phrase('Ended'), endOf(recovery, pen)],
    [
      phrase('Writes stopped for'),
      writeStopMs === null ? spell(phrase('not measured')) : spellDuration(writeStopMs),
    ],
    [phrase('Hand-over'), handoverOf(recovery, pen)],
    [
      phrase('Acknowledged'),
      acknowledgement === null ? spell(phrase('no')) : acknowledged(acknowledgement, pen),
    ],
    [phrase('Record'), recovery.id],
  ];
  return lines
    .flatMap(([name, value]) =>
      value === null ? [] : [`- **${spell(name)}:** ${markdownLine(value)}`],
    )
    .join('\n');
}

function endOf({ startedAt, endedAt }: Recovery, { spell, spellTime }: Pen): string | null {
  return endedAt === null
    ? null
    : spell(
        phrase('{time}, after {duration}', {
          time: spellTime(endedAt),
          duration: spellDuration(endedAt - startedAt),
        }),
      );
}

function handoverOf({ handover }: Recovery, { spell }: Pen): string | null {
  return handover === null
    ? null
    : spell(
        phrase('{oldMaster} at {oldPlace} is {newMaster} at {newPlace}', {
          oldMaster: handover.oldMaster,
          oldPlace: place(handover.oldAt),
          newMaster: handover.newMaster,
          newPlace: place(handover.newAt),
        }),
      );
}

function place(at: { readonly file: string; readonly offset: number }): string {
  return `${at.file}:${String(at.offset)}`;
}

function acknowledged(
  { at, by, comment }: NonNullable<Recovery['acknowledgement']>,
  { spell, spellTime }: Pen,
): string {
  const who = spell(phrase('{time} by {actor}', { time: spellTime(at), actor: by }));
  return comment === '' ? who : `${who}: ${comment}`;
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((it) => `- ${markdownLine(it)}`).join('\n');
}

function timeline(recovery: Recovery, { spell, spellTime }: Pen): string {
  const rows = recovery.steps.map((step) => [
    step.id,
    step.startedAt === null ? '' : spellTime(step.startedAt),
    tookOf(step),
    step.on,
    spell(stepStates[step.state]),
    [step.says, step.note].flatMap((it) => (it === null ? [] : [spell(it)])).join(' '),
  ]);
  const head = [
    phrase('Step'),
    phrase('Began'),
    phrase('Took'),
    phrase('Instance'),
    phrase('Result'),
    phrase('What'),
  ];
  return table(head.map(spell), rows);
}

function tookOf({ startedAt, endedAt }: StepRecord): string {
  return startedAt === null || endedAt === null ? '' : spellDuration(endedAt - startedAt);
}

function checks(recovery: Recovery, { spell }: Pen): string {
  const rows = recovery.checks.map((it) => [
    spell(it.says),
    spell(it.measured),
    spell(verdicts[it.verdict]),
  ]);
  return table([phrase('Check'), phrase('Measured'), phrase('Verdict')].map(spell), rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) {
    return '';
  }
  return [tableLine(head), tableLine(head.map(() => '---')), ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(markdownLine).join(' | ')} |`;
}

/** A step that ran no statement has none to show. */
function statements(step: StepRecord, { spell }: Pen): string {
  if (step.sql.length === 0) {
    return '';
  }
  const text = step.sql.map((it) => (it.trimEnd().endsWith(';') ? it : `${it};`)).join('\n');
  const title = phrase('Step {id}, on {instance} ({state}):', {
    id: step.id,
    instance: step.on,
    state: stepStates[step.state],
  });
  return `${markdownLine(spell(title))}\n\n${markdownCode(text, 'sql')}`;
}
