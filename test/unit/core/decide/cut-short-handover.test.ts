import { expect, test } from 'vitest';
import { begunPromotions } from '../../../../src/core/decide/interrupted-promotions.ts';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { memberOf } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { contextIn } from '../../../support/builders/failover-plan.ts';
import { recoveryAt } from '../../../support/builders/sample-recovery.ts';

/** A switchover to db2 stopped it, and its process died before db2 was opened. */
const left = 'db1 ro\n+ db2 receiver=no applier=no\n+ db3';

function promote(instance: string, drawing: string, handingOverTo?: string): Decision {
  const context = { ...contextIn(drawing), handingOverTo };
  return decide({ kind: 'promote', instance, acceptLoss: false }, context);
}

function because(decision: Decision): readonly string[] {
  return decision.kind === 'hold' ? decision.refusal.because.map(inEnglish) : [];
}

test('asked again, it goes on: the candidate replicates first, and only then lets go of its source', () => {
  const context = { ...contextIn(left), handingOverTo: 'db2:3306' };
  const decision = decide({ kind: 'promote', instance: 'db2:3306', acceptLoss: false }, context);
  if (decision.kind === 'hold') throw new Error(because(decision).join(' '));
  const onCandidate = stepsOf(decision.plan)
    .filter((it) => it.on === 'db2:3306')
    .map((it) => it.action.do)
    .filter((it) => it !== 'verify-open');
  expect(onCandidate.slice(0, 3)).toEqual([
    'start-replication',
    'wait-for-mark',
    'stop-replication',
  ]);
  expect(objectionsTo(decision.plan, context.topology)).toEqual([]);
});

test('another replica may be asked for as well: the one that stands is told to follow', () => {
  expect(promote('db3:3306', left, 'db2:3306').kind).toBe('act');
});

test.each([
  { why: 'no switchover was begun to it', drawing: left, to: undefined },
  { why: 'it was begun to another', drawing: left, to: 'db3:3306' },
  {
    why: 'the master was opened again',
    drawing: 'db1 rw\n+ db2 receiver=no applier=no\n+ db3',
    to: 'db2:3306',
  },
  {
    why: 'it takes writes',
    drawing: 'db1 ro\n+ db2 rw receiver=no applier=no\n+ db3',
    to: 'db2:3306',
  },
  {
    why: 'its applier stopped with an error',
    drawing: 'db1 ro\n+ db2 receiver=no applier=no sql=1062\n+ db3',
    to: 'db2:3306',
  },
])('a candidate that does not replicate is refused where $why', ({ drawing, to }) => {
  expect(because(promote('db2:3306', drawing, to)).join(' ')).toContain('db2:3306 replicates');
});

function switchover(differs: Partial<Recovery> = {}): Recovery {
  return {
    ...recoveryAt('interrupted'),
    kind: 'switchover',
    oldMaster: 'db1:3306',
    newMaster: 'db2:3306',
    ...differs,
  };
}

test.each<{ when: string; recoveries: readonly Recovery[]; to: string | undefined }>([
  { when: 'one was cut short', recoveries: [switchover()], to: 'db2:3306' },
  {
    when: 'a former master was closed meanwhile',
    recoveries: [switchover({ kind: 'fence', state: 'succeeded' }), switchover()],
    to: 'db2:3306',
  },
  {
    when: 'it was tried again and taken back',
    recoveries: [switchover({ state: 'undone' }), switchover({ state: 'failed' }), switchover()],
    to: 'db2:3306',
  },
  {
    when: 'it died while it opened db2',
    recoveries: [switchover({ openedAt: 1 })],
    to: 'db2:3306',
  },
  {
    when: 'db2 was opened',
    recoveries: [switchover({ openedAt: 1, state: 'succeeded' }), switchover()],
    to: undefined,
  },
  { when: 'it still runs', recoveries: [switchover({ state: 'running' })], to: undefined },
  { when: 'it was a failover', recoveries: [switchover({ kind: 'failover' })], to: undefined },
  {
    when: 'it was taken back since',
    recoveries: [switchover({ kind: 'restore', state: 'succeeded' }), switchover()],
    to: undefined,
  },
  {
    when: 'it was from another master',
    recoveries: [switchover({ oldMaster: 'db9:3306' })],
    to: undefined,
  },
])('to whom a switchover was begun, when $when', ({ recoveries, to }) => {
  const master = memberOf(draw('db1\n+ db2'), 'db1:3306');
  expect(begunPromotions(recoveries, master).handingOverTo).toBe(to);
});
