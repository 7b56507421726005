import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { objectionsTo } from '../../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../../src/core/decide/planning-context.ts';
import type { Decision, Plan, Stage } from '../../../../../src/core/model/plan.ts';
import type { Policy } from '../../../../../src/core/model/policy.ts';
import { eventNamed } from '../../../../support/builders/servers.ts';
import { pictureOf, policy, worldOf, type World } from '../../../../support/builders/world.ts';

const someEvents = fc.option(fc.subarray([eventNamed('tick'), eventNamed('tock')]), { nil: null });
/** Whatever our user may see and do, where it runs or not. */
const withEvents = {
  scheduler: fc.boolean(),
  events: fc.record({
    enabled: someEvents,
    asleep: someEvents,
    maySwitch: fc.boolean(),
    mayEnable: fc.boolean(),
    missingGrant: fc.constantFrom(null, 'a grant'),
  }),
};

const replicas = fc.array(
  fc.record({
    ...withEvents,
    alive: fc.boolean(),
    applying: fc.boolean(),
    holds: fc.integer({ min: 100, max: 102 }),
  }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

const someProgram = fc.array(fc.constant(['program', '{failedHost}']), { maxLength: 2 });
const choice = fc.record({
  master: fc.record(withEvents),
  pick: fc.nat(5),
  programs: fc.record({
    before: someProgram,
    after: someProgram,
    timeoutSeconds: fc.integer({ min: 1, max: 60 }),
  }),
  unapplied: fc.record({
    delays: fc.boolean(),
    delaySeconds: fc.integer({ min: 1, max: 600 }),
    fails: fc.boolean(),
  }),
});

function contextOf(world: World, gtid: boolean, rules: Partial<Policy> = {}): RejoinContext {
  return {
    topology: pictureOf(world, gtid),
    policy: { ...policy, ...rules },
    spell: (action) => [action.do],
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: {
      oldMaster: 'db1:3306',
      oldAt: { file: 'binlog.000001', offset: 500 },
      newMaster: 'db2:3306',
      newAt: { file: 'binlog.000001', offset: 500 },
    },
  };
}

/** What is wrong with an offered plan; for a refusal, that it gives no reason. */
function troubleWith(decision: Decision, context: RejoinContext): readonly string[] {
  if (decision.kind === 'act') {
    return objectionsTo(decision.plan, context.topology);
  }
  return decision.refusal.because.map(inEnglish).join('') === ''
    ? ['refused without a reason']
    : [];
}

test('every promotion that any planner offers in any topology satisfies every invariant', () => {
  let offered = 0;
  fc.assert(
    fc.property(
      replicas,
      fc.boolean(),
      fc.boolean(),
      choice,
      (all, masterAlive, gtid, { pick, master, ...rules }) => {
        const world = worldOf(all, masterAlive);
        Object.assign(world.get('db1:3306') ?? {}, master);
        const instance = `db${String((pick % all.length) + 2)}:3306`;
        const context = contextOf(world, gtid, rules);
        const decision = decide({ kind: 'promote', instance, acceptLoss: false }, context);
        offered += Number(decision.kind === 'act');
        expect(troubleWith(decision, context)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
  expect(offered).toBeGreaterThan(50);
});

test.each([true, false])(
  'a rejoin of the old master satisfies every invariant (GTID: %s)',
  (gtid) => {
    const world = worldOf([{ alive: true, applying: true }], true);
    world.set('db2:3306', {
      alive: true,
      writable: true,
      source: null,
      receiving: false,
      applying: false,
    });
    world.set('db3:3306', {
      alive: true,
      writable: false,
      source: 'db2:3306',
      receiving: true,
      applying: true,
    });
    const context = contextOf(world, gtid);
    const decision = decide({ kind: 'rejoin', instance: 'db1:3306' }, context);
    expect(decision).toMatchObject({
      kind: 'act',
      plan: { kind: 'rejoin', newMaster: 'db2:3306' },
    });
    expect(decision.kind === 'act' && objectionsTo(decision.plan, context.topology)).toEqual([]);
  },
);

/** A plan with one of its stages taken out. */
function without(plan: Plan, fits: (stage: Stage) => boolean): Plan {
  return { ...plan, stages: plan.stages.filter((it) => !fits(it)) };
}

const healthyReplicas = [
  { alive: true, applying: true },
  { alive: true, applying: true },
];

test.each([
  { removed: 'set-read-only', masterAlive: true, says: 'not closed' },
  { removed: 'wait-for-mark', masterAlive: true, says: 'does not wait' },
  { removed: 'set-writable', masterAlive: true, says: 'opens nobody' },
  { removed: 'look-again', masterAlive: false, says: 'looked at' },
  { removed: 'stop-receiver', masterAlive: false, says: 'not cut' },
])('a promotion without $removed is objected to', ({ removed, masterAlive, says }) => {
  const context = contextOf(worldOf(healthyReplicas, masterAlive), true);
  const decision = decide({ kind: 'promote', instance: 'db2:3306', acceptLoss: false }, context);
  if (decision.kind !== 'act') {
    throw new Error('The plan was refused.');
  }
  const broken = without(decision.plan, (stage) =>
    stage.lanes.flat().some((it) => it.action.do === removed),
  );
  expect(objectionsTo(broken, context.topology).join()).toContain(says);
});

const busy = { scheduler: true, events: { enabled: [eventNamed('tick')] } };

function switchoverWithEvents(): { readonly plan: Plan; readonly context: RejoinContext } {
  const world = worldOf(healthyReplicas, true);
  Object.assign(world.get('db1:3306') ?? {}, busy);
  const context = contextOf(world, true);
  const decision = decide({ kind: 'promote', instance: 'db2:3306', acceptLoss: false }, context);
  if (decision.kind !== 'act') {
    throw new Error('The plan was refused.');
  }
  return { plan: decision.plan, context };
}

const isEvents = (stage: Stage): boolean =>
  stage.lanes.flat().some((it) => /event/.test(it.action.do));

test.each([
  {
    change: 'events that end the plan when they cannot be moved',
    broken: (stages: readonly Stage[]) =>
      stages.map((it): Stage => (isEvents(it) ? { ...it, onFailure: 'undo' } : it)),
    says: 'hangs on its events',
  },
  {
    change: 'events that are stopped while nobody can write',
    broken: ([first, second, ...rest]: readonly Stage[]) =>
      [second, first, ...rest].filter((it) => it !== undefined),
    says: 'lengthens the time without writes',
  },
  {
    change: 'events that run before the new master is open',
    broken: (stages: readonly Stage[]) => [...stages.slice(-1), ...stages.slice(0, -1)],
    says: 'before it is the open master',
  },
  {
    change: 'events that nobody would start again',
    broken: (stages: readonly Stage[]) =>
      stages.map((stage) =>
        isEvents(stage)
          ? {
              ...stage,
              lanes: stage.lanes.map((lane) => lane.map((it) => ({ ...it, undo: null }))),
            }
          : stage,
      ),
    says: 'names nothing that starts them again',
  },
])('a promotion with $change is objected to', ({ broken, says }) => {
  const { plan, context } = switchoverWithEvents();
  expect(objectionsTo(plan, context.topology)).toEqual([]);
  const objections = objectionsTo({ ...plan, stages: broken(plan.stages) }, context.topology);
  expect(objections.join()).toContain(says);
});
