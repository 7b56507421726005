import { inEnglish } from '../../core/model/phrase.ts';
import type { Check, Decision, Effects, Plan, Refusal, Step } from '../../core/model/plan.ts';
import type { Paint } from './paint.ts';

/** A plan for a person: what was checked, every step with its SQL, and what it brings about. */
export function planLines(plan: Plan, paint: Paint): readonly string[] {
  return [
    paint('bold', inEnglish(plan.headline)),
    '',
    'Checks',
    ...plan.checks.map((it) => checkLine(it, paint)),
    '',
    'Steps',
    ...plan.stages.flatMap((stage) => [
      `  ${inEnglish(stage.title)}${stage.lanes.length > 1 ? ' (side by side)' : ''}`,
      ...stage.lanes.flat().flatMap((it) => stepLines(it, paint)),
    ]),
    '',
    'Effects',
    ...effectLines(plan.effects, paint),
  ];
}

/** Why it is not done, with the checks that say so, and what to do instead. */
export function refusalLines(refusal: Refusal, paint: Paint): readonly string[] {
  return [
    ...refusal.because.map((it) => `${paint('red', 'Refused:')} ${inEnglish(it)}`),
    ...refusal.checks.map((it) => checkLine(it, paint)),
    ...refusal.instead.map((it) => `Instead: ${inEnglish(it)}`),
  ];
}

export function decisionLines(decision: Decision, paint: Paint): readonly string[] {
  return decision.kind === 'act'
    ? planLines(decision.plan, paint)
    : refusalLines(decision.refusal, paint);
}

function checkLine(check: Check, paint: Paint): string {
  const marks = {
    passed: paint('green', '✓'),
    warning: paint('yellow', '!'),
    failed: paint('red', '✗'),
  } as const;
  const says = inEnglish(check.says);
  const measured = inEnglish(check.measured);
  const found = measured === '' ? '' : `: ${measured}`;
  // What a failed check says is not the case.
  const told = check.verdict === 'failed' ? `Required: ${says}. Found${found}` : `${says}${found}`;
  return `  ${marks[check.verdict]} ${told}`;
}

function stepLines(step: Step, paint: Paint): readonly string[] {
  return [
    `  ${step.id.padStart(3)}. ${step.on}  ${inEnglish(step.says)}`,
    ...step.sql.map((it) => paint('dim', `         ${it}`)),
  ];
}

function effectLines(effects: Effects, paint: Paint): readonly string[] {
  const losses = effects.mayLose.map((it) => `  May lose:     ${paint('red', inEnglish(it))}`);
  return [
    `  Writes stop:  ${inEnglish(effects.writeStop)}`,
    ...(losses.length > 0 ? losses : ['  May lose:     nothing']),
    ...effects.leftBehind.map(
      (it) => `  Left behind:  ${paint('yellow', it.instance)}: ${inEnglish(it.because)}`,
    ),
    `  To undo:      ${inEnglish(effects.undo)}`,
  ];
}
