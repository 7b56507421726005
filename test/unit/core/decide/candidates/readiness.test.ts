import { describe, expect, test } from 'vitest';
import { choosePromotion } from '../../../../../src/core/decide/candidates/choose-promotion.ts';
import {
  readinessChecks,
  readinessOf,
  setDelayAside,
} from '../../../../../src/core/decide/candidates/readiness.ts';
import type { Server } from '../../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import type { Policy } from '../../../../../src/core/model/policy.ts';
import { stepsOf } from '../../../../../src/core/model/plan.ts';
import { memberOf, type Member } from '../../../../../src/core/model/topology.ts';
import { spellDelay } from '../../../../../src/dialect/spell-delay.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { contextIn, plannedFor } from '../../../../support/builders/failover-plan.ts';
import { channelFrom, mariadbServer } from '../../../../support/builders/servers.ts';

function chosenIn(drawing: string, rules: Partial<Policy> = {}): string | null {
  const context = contextIn(drawing, rules);
  const master = memberOf(context.topology, 'db1:3306');
  const promotion = master === undefined ? undefined : choosePromotion(context, master);
  return promotion?.kind === 'chosen' ? promotion.candidate.key : null;
}

describe('who is chosen', () => {
  test.each<{ name: string; drawing: string; rules?: Partial<Policy>; chosen: string }>([
    {
      name: 'one that applied everything before one whose rows wait for a delay',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110 delay=3600
+ db3 receiver=connecting gtid=0-1-110 received=0-1-110`,
      chosen: 'db3:3306',
    },
    {
      name: 'the same although the delayed one is preferred',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110 delay=3600
+ db3 receiver=connecting gtid=0-1-110 received=0-1-110`,
      rules: { promotionRules: { 'db2:3306': 'prefer' } },
      chosen: 'db3:3306',
    },
    {
      name: 'one without a delay before a delayed one that happens to have nothing waiting',
      drawing: `
db1 silent
+ db2 receiver=connecting received=0-1-100 delay=3600
+ db3 receiver=connecting received=0-1-100`,
      chosen: 'db3:3306',
    },
    {
      name: 'the shorter of two delays',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110 delay=100
+ db3 receiver=connecting gtid=0-1-100 received=0-1-110 delay=20`,
      chosen: 'db3:3306',
    },
    {
      name: 'one with little to apply before one with very much',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-900000
+ db3 receiver=connecting gtid=0-1-899000 received=0-1-900000`,
      chosen: 'db3:3306',
    },
    {
      name: 'of two with a little to apply, the preferred one',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110
+ db3 receiver=connecting gtid=0-1-101 received=0-1-110`,
      rules: { promotionRules: { 'db3:3306': 'prefer' } },
      chosen: 'db3:3306',
    },
    {
      name: 'a delayed one all the same where only it holds everything',
      drawing: `
db1 silent
+ db2 receiver=connecting gtid=0-1-100 received=0-1-110 delay=60
+ db3 receiver=connecting gtid=0-1-100 received=0-1-100 nolog`,
      chosen: 'db2:3306',
    },
  ])('$name', ({ drawing, rules, chosen }) => {
    expect(chosenIn(drawing, rules)).toBe(chosen);
  });
});

const context = contextIn('db1 silent\n+ db2');

function candidate(server: Server): Member {
  const { topology } = contextIn('db1 silent\n+ db2');
  const member = memberOf(topology, 'db2:3306');
  if (member === undefined) throw new Error('no db2');
  return { ...member, probe: { kind: 'answered', at: 1, server } };
}

const uuid = '11111111-1111-1111-1111-111111111111';
const mysql = (receiver: 'yes' | 'no' | 'connecting', delaySeconds: number): Server =>
  mariadbServer('db2:3306', {
    flavor: 'mysql',
    version: '9.7.0',
    release: [9, 7, 0],
    gtid: { kind: 'mysql', executed: `${uuid}:1-100`, purged: '' },
    channels: [channelFrom('db1:3306', { receiver, delaySeconds, retrieved: `${uuid}:50-110` })],
  });
const mariadb = (delaySeconds: number): Server =>
  mariadbServer('db2:3306', {
    channels: [
      channelFrom('db1:3306', { receiver: 'connecting', delaySeconds, retrieved: '0-1-110' }),
    ],
  });

test('what a replica still waits for is counted', () => {
  expect(readinessOf(mysql('connecting', 3600))).toEqual({
    waitsSeconds: 3600,
    delayed: true,
    unapplied: 10,
  });
});

test('on MySQL the plan sets a delay aside, before it stops the receiver', () => {
  const member = candidate(mysql('connecting', 3600));
  expect(readinessChecks(context, member).map((it) => it.verdict)).toEqual(['warning']);
  const [step] = setDelayAside(context, member);
  expect(step).toMatchObject({ action: { do: 'set-delay', seconds: 0 }, undo: null });
});

test.each([
  ['MySQL whose receiver is stopped would lose its relay log', mysql('no', 3600), 'failed'],
  ['MariaDB would lose its relay log', mariadb(3600), 'failed'],
  ['a delay that the plan may wait for is waited for', mariadb(60), 'warning'],
])('%s: nothing is set aside', (_, server, verdict) => {
  const member = candidate(server);
  expect(setDelayAside(context, member)).toEqual([]);
  expect(readinessChecks(context, member).map((it) => it.verdict)).toEqual([verdict]);
});

test('a replica without a delay is neither warned of nor changed', () => {
  const member = candidate(mysql('connecting', 0));
  expect(readinessChecks(context, member)).toEqual([]);
  expect(setDelayAside(context, member)).toEqual([]);
});

test('a planned switchover to a delayed replica removes the delay, and lets it catch up before writes stop', () => {
  const plan = plannedFor(
    'db2:3306',
    'db1 rw gtid=0-1-140\n+ db2 gtid=0-1-100 received=0-1-140 delay=3600\n+ db3 gtid=0-1-140',
  );
  const steps = stepsOf(plan);
  const place = (does: string): number => steps.findIndex((it) => it.action.do === does);
  expect(steps[place('set-delay')]).toMatchObject({
    on: 'db2:3306',
    action: { seconds: 0 },
    undo: { action: { do: 'set-delay', seconds: 3600 } },
  });
  expect(place('set-delay')).toBeLessThan(place('wait-for-mark'));
  expect(place('wait-for-mark')).toBeLessThan(place('hold-traffic'));
  expect(place('wait-for-mark')).toBeLessThan(place('set-read-only'));
  // Writes stop no longer than in any other plan, however long that took.
  expect([plan.budgetMs, plan.catchUpMs]).toEqual([30_000, 300_000]);
  const told = plan.checks.filter((it) => it.verdict === 'warning');
  expect(told.map((it) => inEnglish(it.measured)).join(' ')).toMatch(
    /it applies 3600 s late.*catch up with 40 transactions before writes stop/,
  );
});

test('one without a delay is promoted as ever', () => {
  const plan = plannedFor('db2:3306', 'db1 rw\n+ db2\n+ db3');
  expect(plan.catchUpMs).toBeUndefined();
  expect(stepsOf(plan).some((it) => it.action.do === 'set-delay')).toBe(false);
});

test('a failover to one without a delay has no such step', () => {
  const plan = plannedFor('db2:3306', 'db1 silent\n+ db2 receiver=connecting');
  expect(stepsOf(plan).some((it) => it.action.do === 'set-delay')).toBe(false);
});

test('MySQL stops the applier only, MariaDB all', () => {
  expect(spellDelay(0, mysql('yes', 5))).toEqual([
    'STOP REPLICA SQL_THREAD',
    'CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 0',
    'START REPLICA SQL_THREAD',
  ]);
  expect(spellDelay(0, mariadb(5))).toEqual([
    'STOP SLAVE',
    'CHANGE MASTER TO MASTER_DELAY = 0',
    'START SLAVE',
  ]);
});

test('the drawing knows delays', () => {
  const server = memberOf(draw('db1\n+ db2 delay=7'), 'db2:3306')?.lastAnswer?.server;
  expect(server?.channels[0]?.delaySeconds).toBe(7);
});
