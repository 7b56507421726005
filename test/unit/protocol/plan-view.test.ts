import { expect, test } from 'vitest';
import { inEnglish } from '../../../src/core/model/phrase.ts';
import type { Plan, Wish } from '../../../src/core/model/plan.ts';
import { stepsOf } from '../../../src/core/model/plan.ts';
import { mustType, planSheetOf, refusalOf } from '../../../src/protocol/plan-view.ts';
import { sqlText } from '../../../src/protocol/sql-text.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { korean } from '../../support/builders/korean.ts';
import { sampleDecision, samples } from '../../support/harness/panel/samples.ts';

const context = { words: english, labelOf: (key: string) => key, environment: 'lab' } as const;

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
  const sheet = planSheetOf(plan, '1', context);
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
  expect(planSheetOf(planned('master-dead', false), '1', context).confirm).toBe('Promote db2:3306');
  expect(planSheetOf(planned('master-dead', true), '1', context).confirm).toBe(
    'Promote db2:3306 and accept the loss',
  );
});

const hangul = /[\uac00-\ud7a3]/;
const inKorean = { ...context, words: korean() };

test.each([
  ['healthy', false],
  ['master-dead', false],
  ['master-dead', true],
] as const)('a plan for %s is Korean in Korean (loss accepted: %s)', (sample, acceptLoss) => {
  const sheet = planSheetOf(planned(sample, acceptLoss), '1', inKorean);
  const said = [
    ...sheet.checks.map((it) => it.says),
    ...sheet.stages.flatMap((it) => [it.title, ...it.lanes.flat().map((step) => step.says)]),
    ...sheet.effects.flatMap((it) => it.texts),
  ];
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter((it) => !hangul.test(it))).toEqual([]);
});

test('a refusal is Korean in Korean, with the names of the setting and its value as they are', () => {
  const state = samples['wrong-password']?.();
  const wish: Wish = { kind: 'promote', instance: 'db3:3306', acceptLoss: false };
  const decision = state === undefined ? undefined : sampleDecision(state, wish);
  if (decision?.kind !== 'hold') throw new Error('It was not refused.');
  const { because, instead, checks } = refusalOf(wish, decision.refusal, false, inKorean);
  expect([...because, ...instead].filter((it) => !hangul.test(it))).toEqual([]);
  expect(because).toContain(
    '필요 조건: db3:3306 서버의 복제 상태. 현재 상태: 수신 스레드 connecting, 적용 스레드 yes',
  );
  expect(checks.map((it) => it.measured)).toContain('mode 설정 manage');
});
