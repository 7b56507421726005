import { describe, expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import { choosePromotion } from '../../../../../src/core/decide/candidates/choose-promotion.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf, type Plan } from '../../../../../src/core/model/plan.ts';
import { memberOf } from '../../../../../src/core/model/topology.ts';
import { contextIn, plannedFor, promotionOf } from '../../../../support/builders/failover-plan.ts';

/** The candidate received 101 to 110 and applied nothing of it. */
const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110
+ db3 receiver=connecting gtid=0-1-100 received=0-1-110`;
const applied = drawing.replaceAll(' received=0-1-110', ' received=0-1-100');

function rules(delays: boolean, fails: boolean) {
  return { unapplied: { delays, delaySeconds: 60, fails } };
}

function waitIn(plan: Plan) {
  const stage = plan.stages.find((it) =>
    it.lanes.flat().some(({ action }) => action.do === 'wait-until-applied'),
  );
  const [wait] = stage?.lanes.flat() ?? [];
  return { onFailure: stage?.onFailure, deadlineMs: wait?.deadlineMs };
}

function mayLose(plan: Plan): readonly string[] {
  return plan.effects.mayLose.map(inEnglish).filter((it) => it.includes('received by'));
}

describe('delay and fail', () => {
  test('it waits as long as it may, and then everything is taken back', () => {
    const plan = plannedFor('db2:3306', drawing, rules(true, true));
    expect(waitIn(plan)).toEqual({ onFailure: 'undo', deadlineMs: 60_000 });
    expect(mayLose(plan)).toEqual([]);
  });
});

describe('fail without delay', () => {
  test('it is refused at once, with what is missing and the setting', () => {
    const decision = promotionOf('db2:3306', drawing, rules(false, true));
    expect(decision.kind === 'hold' && decision.refusal.because.map(inEnglish)).toEqual([
      'Required: db2:3306 has applied everything that it received. Found: 0-1-101..110 is left, and delayMasterPromotionIfSqlThreadNotUpToDate is off',
    ]);
  });

  test('whoever applied everything takes over, and must have it right before it opens', () => {
    const plan = plannedFor('db2:3306', applied, rules(false, true));
    expect(waitIn(plan)).toEqual({ onFailure: 'undo', deadlineMs: 1000 });
  });
});

describe('delay without fail', () => {
  test('it waits, promotes all the same, and names beforehand what that may lose', () => {
    const plan = plannedFor('db2:3306', drawing, rules(true, false));
    expect(waitIn(plan)).toEqual({ onFailure: 'report', deadlineMs: 60_000 });
    expect(mayLose(plan)).toEqual([
      '0-1-101..110, received by db2:3306, unless it is applied within 60 s.',
    ]);
    expect(objectionsTo(plan, contextIn(drawing).topology)).toEqual([]);
  });
});

describe('neither', () => {
  test('it hardly waits, promotes all the same, and names it', () => {
    const plan = plannedFor('db2:3306', drawing, rules(false, false));
    expect(waitIn(plan)).toEqual({ onFailure: 'report', deadlineMs: 1000 });
    expect(mayLose(plan)).toEqual([
      '0-1-101..110, received by db2:3306, unless it is applied within 1 s.',
    ]);
    expect(plan.checks.map((it) => inEnglish(it.measured))).toContain(
      '0-1-101..110 is left, and failMasterPromotionIfSqlThreadNotUpToDate is off',
    );
  });

  test('nothing is named where nothing is left', () => {
    expect(mayLose(plannedFor('db2:3306', applied, rules(false, false)))).toEqual([]);
  });
});

test('without GTID the place that was reached is read even where the wait failed', () => {
  const files = drawing
    .replaceAll(/gtid=\S+ received=\S+/g, 'nogtid')
    .replace('db1 silent', 'db1 silent nogtid');
  const plan = plannedFor('db2:3306', files, rules(true, false));
  const marks = stepsOf(plan).filter(
    ({ action }) => action.do === 'mark-position' && action.mark === 'applied',
  );
  expect(marks.map((it) => it.on)).toEqual(['db2:3306']);
  expect(waitIn(plan).onFailure).toBe('report');
});

test.each([
  { delays: true, fails: true, chosen: 'db2:3306' },
  { delays: false, fails: true, chosen: 'db3:3306' },
  { delays: true, fails: false, chosen: 'db3:3306' },
])(
  'who applied all comes first where unapplied transactions count (delay $delays, fail $fails)',
  ({ delays, fails, chosen }) => {
    const uneven = `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110
+ db3 receiver=connecting gtid=0-1-110 received=0-1-110`;
    const context = contextIn(uneven, rules(delays, fails));
    const master = memberOf(context.topology, 'db1:3306');
    const promotion = master === undefined ? undefined : choosePromotion(context, master);
    expect(promotion).toMatchObject({ kind: 'chosen', candidate: { key: chosen } });
  },
);
