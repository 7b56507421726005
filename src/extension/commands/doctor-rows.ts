import type {
  CheckedItem,
  CheckReport,
  Gravity,
  SpelledInstruction,
} from '../../core/model/doctor.ts';
import { stepsOf } from '../../core/model/plan.ts';
import { markdownCode, markdownLine } from '../../core/model/shown-text.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { doctorSentences as sentences } from '../language/doctor-sentences.ts';

/** One thing that the doctor found, as a row to choose. */
export interface DoctorRow {
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly item: CheckedItem;
}

export interface DoctorGroup {
  readonly title: string;
  readonly rows: readonly DoctorRow[];
}

const gravities = ['breaks', 'slows', 'advice'] as const satisfies readonly Gravity[];
const icons: Readonly<Record<Gravity, string>> = {
  breaks: 'error',
  slows: 'warning',
  advice: 'lightbulb',
};

const titles: Readonly<Record<Gravity, string>> = {
  breaks: sentences.breaks,
  slows: sentences.slows,
  advice: sentences.advice,
};

/** Asked of one instance, the check tells of that one only; undefined: of all. */
export function aboutInstance(report: CheckReport, instance: string | undefined): CheckReport {
  const items = report.items.filter((it) => instance === undefined || it.instance === instance);
  return { ...report, items };
}

/** Gravest first, groups that are empty left out. */
export function doctorGroups({ items }: CheckReport, words: Localizer): readonly DoctorGroup[] {
  return gravities
    .map((gravity) => ({
      title: words.t(titles[gravity]),
      rows: items.filter((it) => it.gravity === gravity).map((it) => rowOf(it, words)),
    }))
    .filter((it) => it.rows.length > 0);
}

function rowOf(item: CheckedItem, words: Localizer): DoctorRow {
  const where = item.fix?.kind === 'act' ? sentences.fixable : sentences.byHandOnly;
  return {
    icon: icons[item.gravity],
    label: spell(item.says, words),
    description: words.t(where, { instance: item.instance }),
    detail: spell(item.why, words),
    item,
  };
}

/** Why it cannot be fixed from here; undefined where it can, and where only a person ever could. */
export function whyNotFixed({ fix }: CheckedItem, words: Localizer): string | undefined {
  return fix?.kind === 'hold'
    ? [...fix.refusal.because, ...fix.refusal.instead].map((it) => spell(it, words)).join(' ')
    : undefined;
}

/** Why, what was seen and what to do, a line each. */
export function explanationOf(item: CheckedItem, words: Localizer): readonly string[] {
  const { t } = words;
  return [
    t(sentences.why, { text: spell(item.why, words) }),
    ...item.evidence.map((it) => t(sentences.seen, { text: spell(it, words) })),
    t(sentences.toDo, { text: spell(item.advice, words) }),
  ];
}

/** Every exact line: those of the plan with passwords starred, then what is done by hand. */
export function linesOf(item: CheckedItem): readonly string[] {
  const planned =
    item.fix?.kind === 'act'
      ? stepsOf(item.fix.plan).flatMap((it) => it.sql.map((sql) => `${sql};`))
      : [];
  return [...planned, ...item.instructions.flatMap((it) => it.lines)];
}

/** The whole check as a Markdown page. */
export function doctorPage(report: CheckReport, words: Localizer): string {
  const { t } = words;
  const { cluster, unasked } = report;
  const groups = doctorGroups(report, words);
  return [
    `# ${markdownLine(t(sentences.title, { cluster }))}`,
    ...(groups.length === 0 ? [markdownLine(t(sentences.nothingFound, { cluster }))] : []),
    ...groups.flatMap(({ title, rows }) => [
      `## ${title}`,
      ...rows.flatMap((it) => itemPage(it.item, words)),
    ]),
    ...(unasked.length === 0 ? [] : [`## ${t(sentences.notAsked)}`]),
    unasked.map((it) => `- ${markdownLine(`${it.instance}: ${spell(it.says, words)}`)}`).join('\n'),
  ]
    .filter((it) => it !== '')
    .join('\n\n');
}

function itemPage(item: CheckedItem, words: Localizer): readonly string[] {
  const { fix, instructions } = item;
  const plan =
    fix?.kind === 'act'
      ? [
          words.t(sentences.byPlan),
          markdownCode(
            stepsOf(fix.plan)
              .flatMap((it) => it.sql)
              .join('\n'),
            'sql',
          ),
        ]
      : [];
  return [
    `### ${markdownLine(spell(item.says, words))}`,
    explanationOf(item, words)
      .map((it) => `- ${markdownLine(it)}`)
      .join('\n'),
    ...plan,
    ...instructions.flatMap((it) => instructionPage(it, words)),
  ];
}

const places: Readonly<
  Record<SpelledInstruction['into'], readonly [says: string, tongue: string]>
> = {
  sql: [sentences.intoSql, 'sql'],
  'option-file': [sentences.intoOptionFile, 'ini'],
  shell: [sentences.intoShell, 'sh'],
};

function instructionPage(
  { on, into, lines, restart }: SpelledInstruction,
  { t }: Localizer,
): readonly string[] {
  const [says, tongue] = places[into];
  return lines.length === 0
    ? []
    : [
        markdownLine(t(says, { instance: on })),
        markdownCode(lines.join('\n'), tongue),
        ...(restart ? [markdownLine(t(sentences.thenRestart, { instance: on }))] : []),
      ];
}
