import { expect, test } from 'vitest';
import { choosePromotion } from '../../../../../src/core/decide/candidates/choose-promotion.ts';
import type { RejoinContext } from '../../../../../src/core/decide/planning-context.ts';
import { onlineStage, opennessChecks } from '../../../../../src/core/decide/candidates/openness.ts';
import { answered, type WriteBarrier } from '../../../../../src/core/model/instance.ts';
import { decide } from '../../../../../src/core/decide/decide.ts';
import { inEnglish, phrase } from '../../../../../src/core/model/phrase.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import { memberOf, type Member } from '../../../../../src/core/model/topology.ts';
import { barriersIn } from '../../../../../src/dialect/write-barriers.ts';
import { contextIn, plannedFor } from '../../../../support/builders/failover-plan.ts';

/** The same with something that keeps writes out of these. */
function contextWith(barriers: Readonly<Record<string, readonly WriteBarrier[]>>): RejoinContext {
  const context = contextIn('db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting');
  const members = context.topology.members.map((it): Member => {
    const server = answered(it);
    return server === undefined
      ? it
      : {
          ...it,
          probe: {
            kind: 'answered',
            at: 1,
            server: { ...server, barriers: barriers[it.key] ?? [] },
          },
        };
  });
  return { ...context, topology: { ...context.topology, members } };
}

function chosenWith(barriers: Readonly<Record<string, readonly WriteBarrier[]>>) {
  const context = contextWith(barriers);
  const master = memberOf(context.topology, 'db1:3306');
  if (master === undefined) throw new Error('no master');
  const promotion = choosePromotion(context, master);
  return promotion.kind === 'chosen' ? promotion.candidate.key : null;
}

test.each<{
  name: string;
  barriers: Readonly<Record<string, readonly WriteBarrier[]>>;
  chosen: string | null;
}>([
  { name: 'nothing keeps writes out', barriers: {}, chosen: 'db2:3306' },
  {
    name: 'one is offline, another is not',
    barriers: { 'db2:3306': ['offline_mode'] },
    chosen: 'db3:3306',
  },
  {
    name: 'all are offline',
    barriers: { 'db2:3306': ['offline_mode'], 'db3:3306': ['offline_mode'] },
    chosen: 'db2:3306',
  },
  {
    name: 'the storage of one is read-only',
    barriers: { 'db2:3306': ['innodb_read_only'] },
    chosen: 'db3:3306',
  },
  {
    name: 'sessions of one begin read-only',
    barriers: { 'db2:3306': ['transaction_read_only'] },
    chosen: 'db3:3306',
  },
  {
    name: 'none can be opened',
    barriers: { 'db2:3306': ['innodb_read_only'], 'db3:3306': ['transaction_read_only'] },
    chosen: null,
  },
])('$name: $chosen', ({ barriers, chosen }) => {
  expect(chosenWith(barriers)).toBe(chosen);
});

function checksWith(...barriers: readonly WriteBarrier[]) {
  const context = contextWith({ 'db2:3306': barriers });
  const candidate = memberOf(context.topology, 'db2:3306');
  const server = answered(candidate);
  if (candidate === undefined || server === undefined) throw new Error('no db2');
  return {
    checks: opennessChecks(context, candidate, server).map((it) => it.verdict),
    steps: onlineStage(context, candidate).flatMap((it) => it.lanes.flat()),
  };
}

test('what keeps writes out is named before anything changes', () => {
  expect(checksWith()).toEqual({ checks: [], steps: [] });
  expect(checksWith('innodb_read_only')).toEqual({ checks: ['failed'], steps: [] });
});

test('a server that is offline is let users in by a step of the plan, which can be taken back', () => {
  const { checks, steps } = checksWith('offline_mode');
  expect(checks).toEqual(['warning']);
  expect(steps).toMatchObject([
    {
      action: { do: 'set-variable', name: 'offline_mode', value: 'OFF', keep: false },
      undo: { action: { value: 'ON' } },
    },
  ]);
});

test('one under the lock of a backup comes behind one that is not, and both plans say whose lock it is', () => {
  const context = contextWith({});
  const because = phrase("session 7 of 'backup' holds FLUSH TABLES WITH READ LOCK");
  const told = (...locked: readonly string[]) => {
    const hindrance = { says: because, keepsOut: 'writes' } as const;
    const now = { ...context, locked: new Map(locked.map((it) => [it, hindrance])) };
    const master = memberOf(now.topology, 'db1:3306');
    if (master === undefined) throw new Error('no master');
    const promotion = choosePromotion(now, master);
    if (promotion.kind === 'none') throw new Error('nobody is chosen');
    const { key } = promotion.candidate;
    const decision = decide({ kind: 'promote', instance: key, acceptLoss: false }, now);
    const checks = decision.kind === 'act' ? decision.plan.checks : [];
    return {
      chosen: key,
      warnings: checks.filter((it) => it.measured === because).map((it) => inEnglish(it.says)),
    };
  };
  expect(told('db2:3306')).toEqual({
    chosen: 'db3:3306',
    warnings: ['db2:3306 could be promoted too'],
  });
  expect(told('db2:3306', 'db3:3306')).toEqual({
    chosen: 'db2:3306',
    warnings: ['Applications can write to db2:3306 once it is open'],
  });
});

test('one under LOCK INSTANCE FOR BACKUP cannot become a master, and the reason is the session', () => {
  const context = contextWith({});
  const says = phrase("session 7 of 'backup' holds LOCK INSTANCE FOR BACKUP");
  const hindrance = { says, keepsOut: 'promotion' } as const;
  const locked = new Map([
    ['db2:3306', hindrance],
    ['db3:3306', hindrance],
  ]);
  const master = memberOf(context.topology, 'db1:3306');
  if (master === undefined) throw new Error('no master');
  const promotion = choosePromotion({ ...context, locked }, master);
  expect(promotion.kind).toBe('none');
  expect(promotion.excluded.map((it) => it.because)).toEqual([says, says]);
  const wish = { kind: 'promote', instance: 'db2:3306', acceptLoss: false } as const;
  expect(decide(wish, { ...context, locked }).kind).toBe('hold');
});

test.each([
  { writeProbe: true, writes: 1 },
  { writeProbe: false, writes: 0 },
])('with writeProbe $writeProbe a promotion writes $writes row, behind everything else', (row) => {
  const { writeProbe, writes } = row;
  for (const drawing of ['db1 rw\n+ db2', 'db1 silent\n+ db2 receiver=connecting']) {
    const steps = stepsOf(plannedFor('db2:3306', drawing, { writeProbe }));
    const own = steps.filter((it) => it.action.do === 'verify-write');
    expect(own.map((it) => it.on)).toEqual(Array.from({ length: writes }, () => 'db2:3306'));
    expect(steps.at(-1)?.action.do === 'verify-write').toBe(writeProbe);
  }
});

test('every promotion looks after it opened whether anything else keeps writes out', () => {
  for (const drawing of ['db1 rw\n+ db2', 'db1 silent\n+ db2 receiver=connecting']) {
    const steps = stepsOf(plannedFor('db2:3306', drawing));
    const opens = steps.findIndex((it) => it.action.do === 'set-writable');
    const looks = steps.findLastIndex((it) => it.action.do === 'verify-open');
    expect(looks).toBeGreaterThan(opens);
    expect(inEnglish(steps[looks]?.says ?? { text: '', values: {} })).toContain('db2:3306');
  }
});

test('both names of a variable are known, and what a release does not tell counts for nothing', () => {
  const told = new Map([['tx_read_only', 'ON']]);
  expect(barriersIn((name) => told.get(name) ?? null)).toEqual(['transaction_read_only']);
  expect(barriersIn(() => null)).toEqual([]);
});
