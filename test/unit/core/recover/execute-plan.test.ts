import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../../../src/core/decide/decide.ts';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import type { InstanceKey } from '../../../../src/core/model/instance.ts';
import { stepsOf, type Plan } from '../../../../src/core/model/plan.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import { newRecovery } from '../../../../src/core/record/recovery-record.ts';
import { executePlan } from '../../../../src/core/recover/execute-plan.ts';
import type { RunPorts } from '../../../../src/core/recover/run-ports.ts';
import { eventNamed, mariadbServer } from '../../../support/builders/servers.ts';
import {
  pictureOf,
  policy,
  simulatedCommander,
  worldOf,
  type Break,
  type World,
} from '../../../support/builders/world.ts';

function planFor(world: World, gtid: boolean): Plan {
  const plan = offeredPlan(world, gtid);
  if (plan === undefined) {
    throw new Error('The plan was refused.');
  }
  return plan;
}

/** Who takes writes after a run: the old master when all was taken back, the new one when it opened. */
function expectedWritable(
  recovery: Recovery,
  masterAlive: boolean,
  world: World,
): readonly string[] {
  switch (recovery.state) {
    case 'undone':
      return masterAlive ? ['db1:3306'] : [];
    case 'succeeded':
    case 'partial':
      return ['db2:3306'];
    default:
      // Nothing is promised but what the other checks say.
      return writableOnes(world);
  }
}

/** `begun`: whom failovers were begun to before. */
function offeredPlan(
  world: World,
  gtid: boolean,
  begun: readonly InstanceKey[] = [],
): Plan | undefined {
  const decision = decide(
    { kind: 'promote', instance: 'db2:3306', acceptLoss: false },
    {
      topology: pictureOf(world, gtid),
      policy,
      spell: (action) => [action.do],
      proxied: true,
      highWater: new Map(),
      begun,
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
  const ports: RunPorts = {
    commander: simulatedCommander(world, breaks, () => {
      mostWritable = Math.max(mostWritable, writableOnes(world).length);
    }),
    clock: { now: () => (now += 1), monotonic: () => (now += 1), sleep: async () => undefined },
    addressOf: (key) => key,
    serverOf: (key) => mariadbServer(key),
    lookAgain: async () => null,
    control: { lost: async () => null, signal: new AbortController().signal },
    masterLost: new AbortController().signal,
    traffic: { hold: async () => undefined, pointAt: async () => undefined },
    programs: { host: 'here', run: async () => null },
    isDowntimed: () => false,
    tell: (recovery) => told.push(recovery),
  };
  const begun = newRecovery(plan, {
    actor: 'test',
    trigger: 'user',
    at: 0,
    randomLetters: 'abcdef',
  });
  const recovery = await executePlan(plan, begun, ports, signal);
  return { recovery, mostWritable, told };
}

const cluster = fc.record({
  replicas: fc.array(
    fc.record({
      alive: fc.boolean(),
      applying: fc.boolean(),
      holds: fc.integer({ min: 100, max: 102 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  masterAlive: fc.boolean(),
  gtid: fc.boolean(),
  breaks: fc.record({ atStep: fc.integer({ min: 1, max: 25 }), afterEffect: fc.boolean() }),
});

/** Asked for the first replica although the second holds more: it reads the rest from there. */
const fetching = (): World =>
  worldOf(
    [
      { alive: true, applying: true },
      { alive: true, applying: true, holds: 105 },
    ],
    false,
  );

test('a candidate reads from another replica what only that one holds, then lets go of it and opens', async () => {
  const world = fetching();
  const { recovery } = await perform(world, planFor(world, true), null);
  expect(recovery.state).toBe('succeeded');
  const sources = recovery.steps.filter((it) => it.sql.includes('point-at')).map((it) => it.on);
  expect(sources).toEqual(['db2:3306', 'db3:3306']);
  expect(world.get('db2:3306')).toMatchObject({ writable: true, source: null });
  expect(world.get('db3:3306')).toMatchObject({ writable: false, source: 'db2:3306' });
});

test.each(Array.from({ length: 14 }, (_, place) => place + 1))(
  'broken at step %d, such a candidate reads from the old master again or is open',
  async (atStep) => {
    const world = fetching();
    const plan = planFor(world, true);
    const { recovery } = await perform(world, plan, { atStep, afterEffect: true });
    const candidate = world.get('db2:3306');
    const undone = recovery.state === 'undone';
    expect(recovery.state).toMatch(/undone|succeeded|partial/);
    expect(candidate?.writable).toBe(!undone);
    expect(undone ? candidate?.source : 'db1:3306').toBe('db1:3306');
  },
);

/** What a process that dies leaves behind: the first steps have taken effect, and nobody takes them back. */
async function dieAfter(world: World, plan: Plan, steps: number): Promise<void> {
  const commander = simulatedCommander(world, null, () => undefined);
  const { signal } = new AbortController();
  for (const { on, action } of stepsOf(plan).slice(0, steps)) {
    const circumstances = { server: mariadbServer(on), marks: new Map(), deadlineMs: 1 };
    await commander.perform(on, action, circumstances, signal);
  }
}

test.each(Array.from({ length: 13 }, (_, place) => place))(
  'a process that dies after step %d leaves such a candidate fit to take over',
  async (steps) => {
    const world = fetching();
    const plan = planFor(world, true);
    const opens = stepsOf(plan).findIndex((it) => it.action.do === 'set-writable');
    await dieAfter(world, plan, Math.min(steps, opens));
    const again = offeredPlan(world, true, ['db2:3306']);
    expect(again && objectionsTo(again, pictureOf(world, true))).toEqual([]);
    const { recovery } = await perform(world, again ?? plan, null);
    expect(recovery.state).toBe('succeeded');
    expect(world.get('db2:3306')).toMatchObject({ writable: true, source: null });
    expect(world.get('db3:3306')).toMatchObject({ writable: false, source: 'db2:3306' });
  },
);

test('broken at any step, a promotion never leaves two writable masters and never loses the only one', async () => {
  let performed = 0;
  await fc.assert(
    fc.asyncProperty(cluster, async ({ replicas, masterAlive, gtid, breaks }) => {
      const world = worldOf([{ alive: true, applying: true }, ...replicas], masterAlive);
      const plan = offeredPlan(world, gtid);
      if (plan === undefined) {
        return;
      }
      performed += 1;
      const { recovery, mostWritable } = await perform(world, plan, breaks);
      expect(mostWritable).toBeLessThanOrEqual(1);
      expect(writableOnes(world)).toEqual(expectedWritable(recovery, masterAlive, world));
      expect(recovery.endedAt).not.toBeNull();
      expect(recovery.steps.every((it) => it.state !== 'running' && it.state !== 'waiting')).toBe(
        true,
      );
    }),
    { numRuns: 600 },
  );
  expect(performed).toBeGreaterThan(100);
});

const healthy = [
  { alive: true, applying: true },
  { alive: true, applying: true },
];

test.each([1, 2, 3, 4, 5, 6, 7])(
  'a switchover that breaks at step %d puts everybody back',
  async (atStep) => {
    const world = worldOf(healthy, true);
    const { recovery } = await perform(world, planFor(world, true), { atStep, afterEffect: true });
    expect(recovery.state).toBe('undone');
    expect(pictureOf(world, true)).toEqual(pictureOf(worldOf(healthy, true), true));
  },
);

function busyWorld(): World {
  const world = worldOf(healthy, true);
  const events = { enabled: [eventNamed('tick')] };
  Object.assign(world.get('db1:3306') ?? {}, { scheduler: true, events });
  return world;
}

test.each([2, 3, 4, 5, 6, 7, 8])(
  'a switchover of a master with events that breaks at step %d lets them run again',
  async (atStep) => {
    const world = busyWorld();
    const { recovery } = await perform(world, planFor(world, true), { atStep, afterEffect: true });
    expect(recovery.state).toBe('undone');
    expect(pictureOf(world, true)).toEqual(pictureOf(busyWorld(), true));
  },
);

test('a scheduler that cannot be switched keeps nobody from being promoted', async () => {
  const world = busyWorld();
  const { recovery } = await perform(world, planFor(world, true), {
    atStep: 1,
    afterEffect: false,
  });
  expect(recovery).toMatchObject({ state: 'partial', openedAt: expect.any(Number) });
  expect(writableOnes(world)).toEqual(['db2:3306']);
  expect(world.get('db2:3306')).toMatchObject({
    scheduler: true,
    events: { enabled: [eventNamed('tick')] },
  });
});

test('a whole switchover ends with one writable master, everybody following, and the time without writes', async () => {
  const world = worldOf(
    [
      { alive: true, applying: true },
      { alive: true, applying: true },
    ],
    true,
  );
  const { recovery } = await perform(world, planFor(world, true), null);
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
  const plan = planFor(world, true);
  const { recovery } = await perform(world, plan, null, AbortSignal.abort());
  expect(recovery.state).toBe('undone');
  expect(writableOnes(world)).toEqual(['db1:3306']);
});

test('every step is told before it begins', async () => {
  const world = worldOf([{ alive: true, applying: true }], true);
  const plan = planFor(world, true);
  const { told } = await perform(world, plan, null);
  const running = told.flatMap((it) =>
    it.steps.filter((step) => step.state === 'running').map((step) => step.id),
  );
  expect(new Set(running).size).toBe(told[0]?.steps.length);
});
