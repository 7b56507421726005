import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../../src/core/decide/decide.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import {
  after,
  contextOf,
  movesOf,
  planOf,
  promoteDb2,
} from '../../../../support/builders/semi-sync-plans.ts';

const cut = 'receiver=connecting';
const everywhere = 'db1 semi=both clients=2\n+ db2 semi=both\n+ db3 semi=both';

test('with both roles on every server, replicas are freed of waiting before anything is applied', () => {
  const topology = after(
    everywhere,
    `db1 silent\n+ db2 semi=both waiting=1 ${cut}\n+ db3 semi=both waiting=1 ${cut}`,
  );
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db2: slave_enabled = ON; master_enabled = OFF',
    'db3: slave_enabled = ON; master_enabled = OFF',
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
    'db3 follows',
  ]);
  const late = plan.stages.filter(
    (it) => !it.lanes.flat().some((step) => step.action.do === 'set-semi-sync'),
  );
  expect(objectionsTo({ ...plan, stages: late }, topology).join()).toContain('may wait for an');
});

test('the same in a switchover, before writes stop', () => {
  const topology = draw(everywhere);
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan).slice(0, 4)).toEqual([
    'db2: slave_enabled = ON; master_enabled = OFF',
    'db3: slave_enabled = ON; master_enabled = OFF',
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
  ]);
  const closes = stepsOf(plan).findIndex((it) => it.action.do === 'set-read-only');
  const frees = stepsOf(plan).findIndex((it) => it.action.do === 'set-semi-sync');
  expect(frees).toBeLessThan(closes);
});

test('of two servers the survivor opens with its source role off, and that is said', () => {
  const topology = after(
    'db1 semi=both clients=1\n+ db2 semi=both waiting=1',
    `db1 silent\n+ db2 semi=both waiting=1 ${cut}`,
  );
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(movesOf(plan)).toEqual(['db2: slave_enabled = ON; master_enabled = OFF', 'db2 opens']);
  expect(
    plan.checks.filter((it) => it.verdict === 'warning').map((it) => inEnglish(it.measured)),
  ).toEqual(['0 of 1 would acknowledge: it opens without waiting']);
});

test('a new master with replicas of its own waits for those', () => {
  const topology = after(
    'db1 semi=both clients=1\n+ db2 semi=both clients=1\n++ db3 semi=replica',
    `db1 silent\n+ db2 semi=both clients=1 ${cut}\n++ db3 semi=replica`,
  );
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db2: slave_enabled = ON; master_enabled = OFF',
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
  ]);
});

test('a co-master that takes writes is not switched: its clients would take that for an OK', () => {
  const topology = draw('db1 semi=both clients=1\n+ db2 semi=both rw\n+ db3 semi=both');
  const decision = decide(promoteDb2, contextOf(topology));
  const moves = decision.kind === 'act' ? movesOf(decision.plan) : [];
  expect(moves.slice(0, 1).join()).not.toContain('db2: slave_enabled = ON; master_enabled = OFF');
});
