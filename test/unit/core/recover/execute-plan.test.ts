import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { Plan } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { newRecovery } from '../../../../src/core/record/recovery-record.ts';
import { executePlan } from '../../../../src/core/recover/execute-plan.ts';
import type { Hands } from '../../../../src/core/recover/hands.ts';
import { mariadbServer } from '../../../support/servers.ts';
import { pictureOf, policy, simulatedCommander, worldOf, type Break, type World } from '../../../support/world.ts';

function planFor(world: World, gtid: boolean): Plan | undefined {
  const decision = decide(
    { kind: 'promote', instance: 'db2:3306', acceptLoss: false },
    {
      topology: pictureOf(world, gtid),
      policy,
      spell: (action) => [action.do],
      highWater: new Map(),
      own: { kind: 'none' },
      handover: null,
    },
  );
  return decision.kind === 'act' ? decision.plan : undefined;
}

function writableOnes(world: World): readonly string[] {
  return [...world].filter(([, it]) => it.alive && it.writable).map(([key]) => key);
}

async function perform(
  world: World,
  plan: Plan,
  breaks: Break | null,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ recovery: Recovery; mostWritable: number; told: readonly Recovery[] }> {
  let mostWritable = 0;
  let now = 0;
  const told: Recovery[] = [];
  const hands: Hands = {
    commander: simulatedCommander(world, breaks, () => {
      mostWritable = Math.max(mostWritable, writableOnes(world).length);
    }),
    clock: { now: () => (now += 1), monotonic: () => (now += 1), sleep: async () => undefined },
    addressOf: (key) => key,
    serverOf: (key) => mariadbServer(key),
    lookAgain: async () => null,
    tell: (recovery) => told.push(recovery),
  };
  const begun = newRecovery(plan, { actor: 'test', trigger: 'user', at: 0, randomLetters: 'abcdef' });
  const recovery = await executePlan(plan, begun, hands, signal);
  return { recovery, mostWritable, told };
}

const cluster = fc.record({
  replicas: fc.array(fc.record({ alive: fc.boolean(), applying: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  masterAlive: fc.boolean(),
  gtid: fc.boolean(),
  breaks: fc.record({ atStep: fc.integer({ min: 1, max: 25 }), afterEffect: fc.boolean() }),
});

test('broken at any step, a promotion never leaves two writable masters and never loses the only one', async () => {
  let performed = 0;
  await fc.assert(
    fc.asyncProperty(cluster, async ({ replicas, masterAlive, gtid, breaks }) => {
      const world = worldOf([{ alive: true, applying: true }, ...replicas], masterAlive);
      const plan = planFor(world, gtid);
      if (plan === undefined) {
        return;
      }
      performed += 1;
      const { recovery, mostWritable } = await perform(world, plan, breaks);
      expect(mostWritable).toBeLessThanOrEqual(1);
      if (recovery.state === 'undone' && masterAlive) {
        expect(writableOnes(world)).toEqual(['db1:3306']);
      }
      if (recovery.state === 'succeeded' || recovery.state === 'partial') {
        expect(writableOnes(world)).toEqual(['db2:3306']);
      }
      expect(recovery.endedAt).not.toBeNull();
      expect(recovery.steps.every((it) => it.state !== 'running' && it.state !== 'waiting')).toBe(true);
    }),
    { numRuns: 600 },
  );
  expect(performed).toBeGreaterThan(100);
});

test('a switchover that breaks before the new master opens puts every replica back', async () => {
  for (let atStep = 1; atStep <= 8; atStep += 1) {
    const world = worldOf([{ alive: true, applying: true }, { alive: true, applying: true }], true);
    const plan = planFor(world, true);
    const { recovery } = await perform(world, plan ?? expect.fail('refused'), { atStep, afterEffect: true });
    if (recovery.state === 'undone') {
      expect(pictureOf(world, true)).toEqual(pictureOf(worldOf([{ alive: true, applying: true }, { alive: true, applying: true }], true), true));
    }
  }
});

test('a whole switchover ends with one writable master, everybody following, and the time without writes', async () => {
  const world = worldOf([{ alive: true, applying: true }, { alive: true, applying: true }], true);
  const { recovery } = await perform(world, planFor(world, true) ?? expect.fail('refused'), null);
  expect(recovery).toMatchObject({ state: 'succeeded', problems: [] });
  expect(recovery.writeStopMs).toBeGreaterThan(0);
  expect([...world].map(([key, it]) => [key, it.source])).toEqual([
    ['db1:3306', 'db2:3306'],
    ['db2:3306', null],
    ['db3:3306', 'db2:3306'],
  ]);
});

test('a cancellation before the new master opens takes everything back', async () => {
  const world = worldOf([{ alive: true, applying: true }], true);
  const plan = planFor(world, true) ?? expect.fail('refused');
  const { recovery } = await perform(world, plan, null, AbortSignal.abort());
  expect(recovery.state).toBe('undone');
  expect(writableOnes(world)).toEqual(['db1:3306']);
});

test('every step is told before it begins', async () => {
  const world = worldOf([{ alive: true, applying: true }], true);
  const plan = planFor(world, true) ?? expect.fail('refused');
  const { told } = await perform(world, plan, null);
  const running = told.flatMap((it) => it.steps.filter((step) => step.state === 'running').map((step) => step.id));
  expect(new Set(running).size).toBe(told[0]?.steps.length);
});
