import { expect, test } from 'vitest';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import type { Plan, Wish } from '../../../src/core/model/plan.ts';
import { stepsOf } from '../../../src/core/model/plan.ts';
import { mustType, planSheetOf } from '../../../src/protocol/plan-view.ts';
import { sqlText } from '../../../src/protocol/sql-text.ts';
import { english } from '../../../src/protocol/words.ts';
import { sampleDecision, samples } from '../../support/panel/samples.ts';

const ground = { words: english, labelOf: (key: string) => key, environment: 'lab' } as const;

function planned(sample: string, acceptLoss: boolean): Plan {
  const state = samples[sample]?.();
  if (state === undefined) throw new Error(`No sample is called ${sample}.`);
  const wish: Wish = { kind: 'promote', instance: 'db2:3306', acceptLoss };
  const decision = sampleDecision(state, wish);
  if (decision.kind !== 'act') throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  return decision.plan;
}

test('the sheet shows every step of the very plan, in its order, with its statements', () => {
  const plan = planned('healthy', false);
  const sheet = planSheetOf(plan, '1', ground);
  const shown = sheet.stages.flatMap((it) => it.lanes.flat());
  expect(shown.map(({ id, says, sql }) => ({ id, says, sql }))).toEqual(
    stepsOf(plan).map(({ id, says, sql }) => ({ id, says: inEnglish(says), sql })),
  );
  expect(sheet.checks.map((it) => it.measured)).toEqual(
    plan.checks.map((it) => inEnglish(it.measured)),
  );
  for (const statement of stepsOf(plan).flatMap((it) => it.sql)) {
    expect(sqlText(sheet)).toContain(statement);
  }
});

test('a word must be typed in production, and where a loss is accepted', () => {
  expect(mustType(planned('healthy', false), 'lab')).toBe(false);
  expect(mustType(planned('healthy', false), 'production')).toBe(true);
  expect(mustType(planned('master-dead', false), 'lab')).toBe(false);
  expect(mustType(planned('master-dead', true), 'lab')).toBe(true);
});

test('the button says so when a loss is accepted', () => {
  expect(planSheetOf(planned('master-dead', false), '1', ground).confirm).toBe('Promote db2:3306');
  expect(planSheetOf(planned('master-dead', true), '1', ground).confirm).toBe(
    'Promote db2:3306 and accept the loss',
  );
});
