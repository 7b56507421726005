import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import type { FixContext } from '../../../../src/core/decide/candidates/fix-checks.ts';
import { planFix } from '../../../../src/core/decide/plans/plan-fix.ts';
import type { DoctorItem, Remedy } from '../../../../src/core/model/doctor.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Plan } from '../../../../src/core/model/plan.ts';
import type { Policy } from '../../../../src/core/model/policy.ts';
import { wishFor } from '../../../../src/core/model/wish-for.ts';
import { healthyCheckUp } from '../../../support/builders/check-ups.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

const knowing: Policy = { ...policy, replicationUser: 'repl', replicationPasswordKnown: true };

function fix(
  drawing: string,
  remedy: Remedy,
  { rules = knowing, on = 'db2:3306', answer = {} } = {},
): { readonly plan: Plan | null; readonly told: readonly string[] } {
  const topology = draw(drawing);
  const context: FixContext = {
    topology,
    policy: rules,
    spell: (action) => [action.do],
    proxied: false,
    highWater: new Map(),
    begun: [],
    checkUps: new Map(topology.members.map(({ key }) => [key, healthyCheckUp(key, answer)])),
  };
  const says = plain('it is wrong');
  const item: DoctorItem = {
    code: 'SlowDetection',
    gravity: 'slows',
    instance: on,
    says,
    why: says,
    evidence: [],
    advice: says,
    remedy,
    byHand: [],
  };
  const decision = planFix(context, item);
  if (decision?.kind !== 'act') {
    return { plan: null, told: decision?.refusal.because.map(inEnglish) ?? [] };
  }
  expect(objectionsTo(decision.plan, topology)).toEqual([]);
  const told = stepsOf(decision.plan).map(
    ({ on: at, action }) => `${action.do} ${at.replace(':3306', '')}`,
  );
  return { plan: decision.plan, told };
}

const three = 'db1 rw\n+ db2\n+ db3';
const credentials: Remedy = { options: { credentials: true } };

test('what was received is applied before a replica is told of a change, and it follows again', () => {
  expect(fix(three, credentials).told).toEqual([
    'stop-receiver db2',
    'wait-until-applied db2',
    'stop-replication db2',
    'change-source-options db2',
    'start-replication db2',
    'verify-replicating db2',
  ]);
});

test('a setting alone stops nothing, also on the master', () => {
  const remedy: Remedy = { settings: [{ name: 'sync_binlog', value: 1 }] };
  expect(fix(three, remedy).told).toEqual(['set-variable db2']);
  expect(fix(three, remedy, { on: 'db1:3306' }).told).toEqual(['set-variable db1']);
});

test('the wish for it makes the same plan again', () => {
  const { plan } = fix(three, credentials);
  expect(plan && wishFor(plan)).toEqual({
    kind: 'fix',
    instance: 'db2:3306',
    item: 'SlowDetection',
  });
});

test.each([
  ['db1 silent\n+ db2 receiver=connecting\n+ db3', {}, 'db1:3306 answers, so that nothing is lost'],
  ['db1 rw\n+ db2 applier=no\n+ db3', {}, 'db2:3306 applies what it received'],
  [
    three,
    { rules: { ...knowing, replicationPasswordKnown: false } },
    'no password of repl is kept',
  ],
  [three, { rules: { ...knowing, replicationUser: null } }, 'the settings name no replicationUser'],
  [three, { rules: { ...knowing, mode: 'observe' } as const }, 'mode observe'],
  ['db1 rw\n+ db2 silent\n+ db3', {}, 'db2:3306 answers'],
])('%s with %j is refused', (drawing, more, because) => {
  const { plan, told } = fix(drawing, credentials, more);
  expect(plan).toBeNull();
  expect(told.join('\n')).toContain(because);
});

test('an account is logged on the master only', () => {
  const account = { host: '172.%', exists: false, alone: true, on: 'db2:3306' };
  expect(fix(three, { account }).told).toEqual(['make-account db2']);
  expect(fix(three, { account: { ...account, alone: false } }).plan).toBeNull();
  expect(fix(three, { account: { ...account, on: 'db1:3306' } }).plan).toBeNull();
  const may = {
    answer: { ourUser: { account: { user: 'o', host: '%' }, mayCreateAccounts: false } },
  };
  expect(fix(three, { account }, may).told.join()).toContain('may create accounts on db2:3306');
});

test('a plan that calls itself a fix may open nobody and repoint nobody', () => {
  const { plan } = fix(three, credentials);
  const [stage] = plan?.stages ?? [];
  const [step] = stage?.lanes[0] ?? [];
  if (plan === null || stage === undefined || step === undefined) throw new Error('no plan');
  for (const action of [
    { do: 'set-writable' },
    { do: 'set-variable', name: 'read_only', value: 'OFF', keep: false },
    { do: 'forget-source' },
  ] as const) {
    const bent: Plan = {
      ...plan,
      stages: [...plan.stages, { ...stage, lanes: [[{ ...step, id: '99', action }]] }],
    };
    expect(objectionsTo(bent, draw(three))).not.toEqual([]);
  }
});
