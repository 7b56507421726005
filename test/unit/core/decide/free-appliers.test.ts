import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/check-plan.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinGround } from '../../../../src/core/decide/ground.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Plan, type Wish } from '../../../../src/core/model/plan.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { spellForDisplay } from '../../../../src/dialect/statements.ts';
import { draw } from '../../../support/drawing.ts';
import { policy } from '../../../support/world.ts';

function groundOf(topology: Topology): RejoinGround {
  return {
    topology,
    policy,
    spell: (action, server) => spellForDisplay(action, server),
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

/** A round in which all was well, and the one after it. */
function after(before: string, now: string): Topology {
  return draw(now, null, draw(before));
}

function planOf(decision: Decision): Plan {
  if (decision.kind === 'hold') {
    throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  }
  return decision.plan;
}

const promoteDb2: Wish = { kind: 'promote', instance: 'db2:3306', acceptLoss: false };

/** Each step that moves semi-sync, where it stands among those that open and that repoint. */
function movesOf(plan: Plan): readonly string[] {
  return stepsOf(plan).flatMap(({ on, action, sql }) => {
    const name = on.replace(':3306', '');
    switch (action.do) {
      case 'set-semi-sync':
        return [`${name}: ${sql.join('; ').replaceAll('SET GLOBAL rpl_semi_sync_', '')}`];
      case 'set-writable':
        return [`${name} opens`];
      case 'point-at':
        return [`${name} follows`];
      default:
        return [];
    }
  });
}

const cut = 'receiver=connecting';
const everywhere = 'db1 semi=both clients=2\n+ db2 semi=both\n+ db3 semi=both';

test('with both roles on every server, replicas are freed of waiting before anything is applied', () => {
  const topology = after(
    everywhere,
    `db1 silent\n+ db2 semi=both waiting=1 ${cut}\n+ db3 semi=both waiting=1 ${cut}`,
  );
  const plan = planOf(decide(promoteDb2, groundOf(topology)));
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
  const plan = planOf(decide(promoteDb2, groundOf(topology)));
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
  const plan = planOf(decide(promoteDb2, groundOf(topology)));
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
  const plan = planOf(decide(promoteDb2, groundOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db2: slave_enabled = ON; master_enabled = OFF',
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
  ]);
});

test('a co-master that takes writes is not switched: its clients would take that for an OK', () => {
  const topology = draw('db1 semi=both clients=1\n+ db2 semi=both rw\n+ db3 semi=both');
  const decision = decide(promoteDb2, groundOf(topology));
  const moves = decision.kind === 'act' ? movesOf(decision.plan) : [];
  expect(moves.slice(0, 1).join()).not.toContain('db2: slave_enabled = ON; master_enabled = OFF');
});
