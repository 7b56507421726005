import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import { lookAgain } from '../../../../src/core/engine/runner/look-again.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import type { Wish } from '../../../../src/core/model/plan.ts';
import { draw } from '../../../support/builders/drawing.ts';
import {
  after,
  contextOf,
  movesOf,
  planOf,
  promoteDb2,
} from '../../../support/builders/semi-sync-plans.ts';

const healthy = `
db1 semi=source clients=2
+ db2 semi=replica
+ db3 semi=replica
`;

test('in a switchover the settings move with the roles: the new master waits before it opens', () => {
  const topology = draw(healthy);
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
    'db3 follows',
    'db1: slave_enabled = ON; master_enabled = OFF',
    'db1 follows',
  ]);
  expect(
    plan.stages.find((it) => it.lanes.flat().some((s) => s.action.do === 'set-semi-sync')),
  ).toMatchObject({ onFailure: 'report' });
});

test('a failover moves them too, and with AFTER_SYNC and all acknowledgers there it loses nothing', () => {
  const topology = after(
    healthy,
    'db1 silent\n+ db2 semi=replica receiver=connecting\n+ db3 semi=replica receiver=connecting',
  );
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db2 opens',
    'db3 follows',
  ]);
  expect(plan.effects.mayLose).toEqual([]);
});

test('where nobody waited, what only the master had may be lost', () => {
  const topology = after(
    'db1\n+ db2\n+ db3',
    'db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting',
  );
  expect(planOf(decide(promoteDb2, contextOf(topology))).effects.mayLose).toHaveLength(1);
});

test.each([
  {
    name: 'waits after the commit',
    master: 'semi=source clients=2 commit',
    says: /other sessions read/,
  },
  { name: 'no longer waited', master: 'semi=source clients=2 fallen', says: /without sending it/ },
])('a master that $name may have lost something', ({ master, says }) => {
  const topology = after(
    `db1 ${master}\n+ db2 semi=replica\n+ db3 semi=replica`,
    'db1 silent\n+ db2 semi=replica receiver=connecting\n+ db3 semi=replica receiver=connecting',
  );
  const { effects } = planOf(decide(promoteDb2, contextOf(topology)));
  expect(effects.mayLose.map(inEnglish).join()).toMatch(says);
});

const cut = 'receiver=connecting';

test.each([
  {
    name: 'one of two is silent and one acknowledgement was enough',
    before: healthy,
    now: `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`,
    says: 'db3:3306 may hold acknowledged writes and is silent',
  },
  {
    name: 'one of two is silent but both had to acknowledge',
    before: 'db1 semi=source clients=2 count=2\n+ db2 semi=replica\n+ db3 semi=replica',
    now: `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`,
    says: null,
  },
  {
    name: 'the silent one never acknowledged',
    before: 'db1 semi=source clients=1\n+ db2 semi=replica\n+ db3',
    now: `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`,
    says: null,
  },
  {
    name: 'the master counted one that nobody knows',
    before: 'db1 semi=source clients=3\n+ db2 semi=replica\n+ db3 semi=replica',
    now: `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 semi=replica ${cut}`,
    says: '1 replicas that acknowledged are not known here',
  },
])('$name: whether a failover is held', ({ before, now, says }) => {
  const topology = after(before, now);
  const decision = decide(promoteDb2, contextOf(topology));
  const because = decision.kind === 'hold' ? decision.refusal.because.map(inEnglish).join() : null;
  expect(because === null).toBe(says === null);
  expect(because ?? '').toContain(says ?? '');
  const forced = decide({ ...promoteDb2, acceptLoss: true }, contextOf(topology));
  expect(forced.kind).toBe('act');
});

test('a replica that was away at the last good look is not waited for', () => {
  const first = draw('db1 semi=source clients=2\n+ db2 semi=replica\n+ db3 semi=replica');
  const second = draw('db1 semi=source clients=1\n+ db2 semi=replica', null, first);
  const now = draw(`db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`, null, {
    ...second,
    members: [...second.members, ...first.members.filter((it) => it.key === 'db3:3306')],
  });
  expect(decide(promoteDb2, contextOf(now)).kind).toBe('act');
});

test('of a master that this process never saw, replicas that acknowledge tell that it waited', () => {
  const whole = draw(`db1 silent\n+ db2 semi=replica ${cut}\n+ db3 semi=replica ${cut}`);
  expect(movesOf(planOf(decide(promoteDb2, contextOf(whole))))[0]).toContain('db2: master_enabled');
  const part = draw(`db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`);
  expect(decide(promoteDb2, contextOf(part)).kind).toBe('hold');
  const plain = draw(`db1 silent\n+ db2 ${cut}\n+ db3 silent`);
  expect(decide(promoteDb2, contextOf(plain)).kind).toBe('act');
});

test('the last look before a promotion asks for the acknowledgers again', async () => {
  const topology = after(healthy, `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 silent`);
  const looker = {
    look: async () => ({ topology }),
    highWater: () => new Map(),
    own: async () => ({ kind: 'none' }) as const,
  };
  const expectation = {
    that: 'candidate-complete',
    master: 'db1:3306',
    candidate: 'db2:3306',
    suppliers: [],
  } as const;
  const signal = new AbortController().signal;
  const says = await lookAgain(looker, { ...expectation, acceptLoss: false }, signal);
  expect(says && inEnglish(says)).toContain('db3:3306 may hold acknowledged writes');
  expect(await lookAgain(looker, { ...expectation, acceptLoss: true }, signal)).toBeNull();
});

test('a new master that nobody could acknowledge does not wait, and the plan warns', () => {
  const topology = after(
    'db1 semi=source clients=1\n+ db2 semi=replica',
    `db1 silent\n+ db2 semi=replica ${cut}`,
  );
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  expect(movesOf(plan)).toEqual(['db2 opens']);
  expect(
    plan.checks.filter((it) => it.verdict === 'warning').map((it) => inEnglish(it.measured)),
  ).toEqual(['0 of 1 would acknowledge: it opens without waiting']);
});

test('who did not acknowledge before begins only where too few would be left', () => {
  const topology = after(
    'db1 semi=source clients=1\n+ db2 semi=replica\n+ db3 semi=none',
    `db1 silent\n+ db2 semi=replica ${cut}\n+ db3 semi=none ${cut}`,
  );
  expect(movesOf(planOf(decide(promoteDb2, contextOf(topology))))).toEqual([
    'db2: master_enabled = ON; slave_enabled = OFF',
    'db3: slave_enabled = ON; master_enabled = OFF',
    'db2 opens',
    'db3 follows',
  ]);
});

test('an old master that rejoins acknowledges, and the new one waits again', () => {
  const topology = draw('db2 semi=none\n+ db3 semi=replica\ndb1 semi=source ro', 'db2:3306');
  const wish: Wish = { kind: 'rejoin', instance: 'db1:3306' };
  const plan = planOf(decide(wish, contextOf(topology)));
  expect(objectionsTo(plan, topology)).toEqual([]);
  expect(movesOf(plan)).toEqual([
    'db1: slave_enabled = ON; master_enabled = OFF',
    'db1 follows',
    'db2: master_enabled = ON; slave_enabled = OFF',
  ]);
});

test.each([
  { moved: 'before the sessions end', says: 'would be acknowledged', to: 0 },
  { moved: 'behind the opening', says: 'before it waits', to: 99 },
])('a switch $moved is objected to', ({ says, to }) => {
  const topology = draw(healthy);
  const plan = planOf(decide(promoteDb2, contextOf(topology)));
  const switches = plan.stages.filter((it) =>
    it.lanes.flat().some((step) => step.action.do === 'set-semi-sync'),
  );
  const rest = plan.stages.filter((it) => !switches.includes(it));
  const stages = [...rest.slice(0, to), ...switches, ...rest.slice(to)];
  expect(objectionsTo({ ...plan, stages }, topology).join()).toContain(says);
});
