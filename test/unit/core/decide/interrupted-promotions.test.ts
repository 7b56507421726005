import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import {
  begunSuccessors,
  cutShortPromotion,
} from '../../../../src/core/decide/interrupted-promotions.ts';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decideAutomatically } from '../../../../src/core/decide/decide-automatically.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import { familyOf } from '../../../../src/core/model/finding.ts';
import type { InstanceKey } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Plan } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { memberOf } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { contextIn } from '../../../support/builders/failover-plan.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';

/** `db3` was told to read from `db2`, which must not be promoted, when the process that told it died. */
const left = (marks: string): string => `
db1 silent
+ db2 receiver=no gtid=0-1-105
++ db3 ${marks}`;

function answersTo(drawing: string, begun: readonly InstanceKey[]): readonly Decision[] {
  const context = {
    ...contextIn(drawing, {
      recoverMasterFilters: ['*'],
      promotionRules: { 'db2:3306': 'must-not' },
    }),
    begun,
  };
  const finding = analyse(context.topology, context.policy).find(
    (it) => familyOf(it.code) === 'dead-master',
  );
  const byItself =
    finding &&
    decideAutomatically(finding, context, {
      now: 0,
      disarmed: undefined,
      downtimes: [],
      unacknowledged: undefined,
      controller: { holder: 'us', us: true },
      storeWritable: true,
      lostBy: new Set(['db2:3306']),
    });
  const byHand = decide({ kind: 'promote', instance: 'db3:3306', acceptLoss: false }, context);
  return byItself === undefined ? [byHand] : [byItself, byHand];
}

/** Whom the plan points somebody at, in turn. */
function sourcesIn(plan: Plan): readonly InstanceKey[] {
  return stepsOf(plan).flatMap(({ action }) => (action.do === 'point-at' ? [action.source] : []));
}

test.each([
  { marks: 'gtid=0-1-105', where: 'after it fetched all', fetches: false },
  { marks: 'gtid=0-1-102', where: 'while it fetched', fetches: true },
  { marks: 'gtid=0-1-100 receiver=no applier=no', where: 'before it fetched', fetches: true },
])(
  'a candidate that was left below another replica $where takes over, by itself and by hand',
  ({ marks, fetches }) => {
    const plans = answersTo(left(marks), ['db3:3306']).flatMap((it) =>
      it.kind === 'act' ? [it.plan] : [],
    );
    expect(plans.map((it) => it.newMaster)).toEqual(['db3:3306', 'db3:3306']);
    expect(plans.flatMap((it) => objectionsTo(it, draw(left(marks))))).toEqual([]);
    const sources = fetches ? ['db2:3306', 'db3:3306'] : ['db3:3306'];
    expect(plans.map(sourcesIn)).toEqual([sources, sources]);
  },
);

test('a replica of a replica that nobody began to promote stays where it is', () => {
  const because = answersTo(left('gtid=0-1-105'), []).map((it) =>
    it.kind === 'hold' ? it.refusal.because.map(inEnglish).join(' ') : 'acts',
  );
  expect(because[0]).toContain('No replica can take over.');
  expect(because[1]).toContain(
    'Required: db3:3306 is a replica of db1:3306 and answers. Found: it reads from db2:3306',
  );
});

test('one that lacks what only a replica with a broken applier holds is still refused', () => {
  const drawing = 'db1 silent\n+ db2 receiver=no gtid=0-1-105 sql=1062 applier=no\n++ db3';
  expect(answersTo(drawing, ['db3:3306']).map((it) => it.kind)).toEqual(['hold', 'hold']);
});

function failoverTo(newMaster: InstanceKey, differs: Partial<Recovery> = {}): Recovery {
  return {
    ...recoveryAt('interrupted'),
    kind: 'failover',
    oldMaster: 'db1:3306',
    newMaster,
    ...differs,
  };
}

test.each<{ recoveries: readonly Recovery[]; begun: readonly InstanceKey[]; when: string }>([
  { when: 'one was cut short', recoveries: [failoverTo('db3:3306')], begun: ['db3:3306'] },
  {
    when: 'one was cut short while it opened',
    recoveries: [failoverTo('db3:3306', { openedAt: 1 })],
    begun: ['db3:3306'],
  },
  {
    when: 'a later one was taken back',
    recoveries: [failoverTo('db4:3306', { state: 'undone' }), failoverTo('db3:3306')],
    begun: ['db4:3306', 'db3:3306'],
  },
  {
    when: 'somebody was opened since',
    recoveries: [
      failoverTo('db2:3306', { state: 'succeeded', openedAt: 1 }),
      failoverTo('db3:3306'),
    ],
    begun: [],
  },
  {
    when: 'it was about another master',
    recoveries: [failoverTo('db3:3306', { oldMaster: 'db9:3306' })],
    begun: [],
  },
  {
    when: 'it was a switchover',
    recoveries: [failoverTo('db3:3306', { kind: 'switchover' })],
    begun: [],
  },
])('whom failovers were begun to, when $when', ({ recoveries, begun }) => {
  expect(begunSuccessors(recoveries, memberOf(draw('db1\n+ db3'), 'db1:3306'))).toEqual(begun);
});

test('a failover that could not be taken back is ended like one whose process is gone', () => {
  const failed: Recovery = {
    ...recoveryAt('failed', 'done'),
    kind: 'failover',
    openedAt: null,
  };
  const begun = { ...failed, steps: failed.steps.map((it) => ({ ...it, startedAt: 1 })) };
  const never = { ...failed, steps: failed.steps.map((it) => ({ ...it, startedAt: null })) };
  expect(cutShortPromotion([begun])).toBe(begun);
  expect(cutShortPromotion([never])).toBeUndefined();
  expect(cutShortPromotion([{ ...begun, state: 'undone' }])).toBeUndefined();
});
