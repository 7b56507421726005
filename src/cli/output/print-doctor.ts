import type {
  CheckedItem,
  CheckReport,
  Gravity,
  SpelledInstruction,
} from '../../core/model/doctor.ts';
import { inEnglish } from '../../core/model/phrase.ts';
import type { Colour, Paint } from './paint.ts';
import { planJson, refusalJson } from './plan-json.ts';

const colours: Readonly<Record<Gravity, Colour>> = {
  breaks: 'red',
  slows: 'yellow',
  advice: 'dim',
};

/** A check-up for a person: gravest first, each with why, what was measured and the exact fix. */
export function reportLines(report: CheckReport, paint: Paint): readonly string[] {
  const { cluster, items, unasked } = report;
  const count = (gravity: Gravity): number => items.filter((it) => it.gravity === gravity).length;
  const summary = `${cluster}: ${String(count('breaks'))} would break a recovery, ${String(count('slows'))} would slow it, ${String(count('advice'))} advice.`;
  return [
    items.length === 0
      ? `${cluster}: nothing was found that would break or slow a recovery.`
      : summary,
    ...items.flatMap((it) => ['', ...itemLines(it, cluster, paint)]),
    ...(unasked.length === 0 ? [] : ['', 'Not asked']),
    ...unasked.map((it) => paint('dim', `  ${it.instance}: ${inEnglish(it.says)}`)),
  ];
}

function itemLines(item: CheckedItem, cluster: string, paint: Paint): readonly string[] {
  const { code, gravity, instance, says, why, evidence, advice, fix, instructions } = item;
  const mend =
    fix?.kind === 'act'
      ? [`    Fix:    switchover doctor ${cluster} ${instance} --fix ${code}`]
      : (fix?.refusal.because.map((it) => `    No fix: ${inEnglish(it)}`) ?? []);
  return [
    `${paint(colours[gravity], `${gravity.padEnd(6)}  ${code}`)}  ${instance}`,
    `    ${inEnglish(says)}`,
    ...evidence.map((it) => paint('dim', `    Seen:   ${inEnglish(it)}`)),
    `    Why:    ${inEnglish(why)}`,
    `    Advice: ${inEnglish(advice)}`,
    ...mend,
    ...instructions.flatMap((it) => instructionLines(it, paint)),
  ];
}

const places: Readonly<Record<SpelledInstruction['into'], string>> = {
  sql: 'By hand, as an administrator of',
  'option-file': 'In the option file of',
  shell: 'On the machine of',
};

function instructionLines(
  { on, into, lines, restart }: SpelledInstruction,
  paint: Paint,
): readonly string[] {
  return lines.length === 0
    ? []
    : [
        `    ${places[into]} ${on}${restart ? ', then restart it' : ''}:`,
        ...lines.map((it) => paint('dim', `        ${it}`)),
      ];
}

/** Its shape is a contract. */
export function reportJson({ cluster, at, items, unasked }: CheckReport) {
  return {
    id: cluster,
    at: new Date(at).toISOString(),
    items: items.map((it) => ({
      item: it.code,
      gravity: it.gravity,
      instance: it.instance,
      says: inEnglish(it.says),
      why: inEnglish(it.why),
      evidence: it.evidence.map(inEnglish),
      advice: inEnglish(it.advice),
      fix: it.fix?.kind === 'act' ? planJson(it.fix.plan) : null,
      refusal: it.fix?.kind === 'hold' ? refusalJson(it.fix.refusal) : null,
      byHand: it.instructions,
    })),
    unasked: unasked.map((it) => ({ instance: it.instance, says: inEnglish(it.says) })),
  };
}
