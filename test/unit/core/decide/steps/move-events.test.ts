import { expect, test } from 'vitest';
import { decide } from '../../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../../src/core/decide/planning-context.ts';
import { planFence } from '../../../../../src/core/decide/plans/plan-fence.ts';
import { planRestore } from '../../../../../src/core/decide/plans/plan-restore.ts';
import { planSwitchover } from '../../../../../src/core/decide/plans/plan-switchover.ts';
import { inEnglish } from '../../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Plan } from '../../../../../src/core/model/plan.ts';
import type { ScheduledEvents } from '../../../../../src/core/model/scheduled-events.ts';
import { memberOf, type Member, type Topology } from '../../../../../src/core/model/topology.ts';
import { newRecovery, withStepStarted } from '../../../../../src/core/record/recovery-record.ts';
import { eventNamed } from '../../../../support/builders/servers.ts';
import {
  pictureOf,
  policy,
  worldOf,
  type SimulatedServer,
} from '../../../../support/builders/world.ts';

const tick = eventNamed('tick');
const tock = eventNamed('tock');

type Changes = Readonly<Record<string, Partial<SimulatedServer>>>;

function pictureWith(changes: Changes, masterAlive = true): Topology {
  const replicas = [
    { alive: true, applying: true },
    { alive: true, applying: true },
  ];
  const world = worldOf(replicas, masterAlive);
  for (const [name, change] of Object.entries(changes)) {
    Object.assign(world.get(`${name}:3306`) ?? {}, change);
  }
  return pictureOf(world, true);
}

function contextOn(topology: Topology): RejoinContext {
  return {
    topology,
    policy,
    spell: (action) => [JSON.stringify(action)],
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

function planOf(decision: Decision): Plan {
  if (decision.kind !== 'act') {
    throw new Error(decision.refusal.because.map(inEnglish).join(' '));
  }
  return decision.plan;
}

function promotion(topology: Topology): Plan {
  const wish = { kind: 'promote', instance: 'db2:3306', acceptLoss: false } as const;
  return planOf(decide(wish, contextOn(topology)));
}

/** The steps about events, each with its instance and its place among all. */
function eventSteps(plan: Plan): readonly string[] {
  return stepsOf(plan).flatMap(({ on, action }) => {
    switch (action.do) {
      case 'switch-event-scheduler':
        return [`${on} ${action.on ? 'on' : 'off'}`];
      case 'enable-events':
        return [`${on} ${action.events.map((it) => it.name).join('+')}`];
      case 'set-read-only':
        return [`${on} closed`];
      case 'set-writable':
        return [`${on} open`];
      default:
        return [];
    }
  });
}

function eventWarnings(plan: Plan): readonly string[] {
  return plan.checks
    .filter((it) => it.verdict === 'warning')
    .map((it) => `${inEnglish(it.says)}: ${inEnglish(it.measured)}`)
    .filter((it) => it.includes('event'));
}

test('the events of a master stop before it closes and run on the new one after it opened', () => {
  const plan = promotion(
    pictureWith({ db1: { scheduler: true, events: { enabled: [tick, tock] } } }),
  );
  expect(eventSteps(plan)).toEqual([
    'db1:3306 off',
    'db1:3306 closed',
    'db2:3306 open',
    'db2:3306 on',
    'db2:3306 tick+tock',
  ]);
  expect(plan.stages.at(-1)?.onFailure).toBe('report');
  expect(eventWarnings(plan)).toEqual([]);
});

test.each([
  {
    what: 'no events',
    master: { scheduler: true, events: { enabled: [] } },
    steps: ['db2:3306 on'],
  },
  { what: 'a scheduler that is off', master: { events: { enabled: [] } }, steps: [] },
  {
    what: 'events that do not run',
    master: { scheduler: false, events: { enabled: [tick] } },
    steps: ['db2:3306 tick'],
  },
])('with $what nothing is done before the master closes', ({ master, steps }) => {
  const plan = promotion(pictureWith({ db1: master }));
  expect(eventSteps(plan)).toEqual(['db1:3306 closed', 'db2:3306 open', ...steps]);
});

test('an event that is enabled on the new master already is left alone', () => {
  const enabled = [tick];
  const plan = promotion(
    pictureWith({
      db1: { scheduler: true, events: { enabled } },
      db2: { scheduler: true, events: { enabled } },
    }),
  );
  expect(eventSteps(plan)).toEqual(['db1:3306 off', 'db1:3306 closed', 'db2:3306 open']);
});

const nothingAllowed: Partial<ScheduledEvents> = {
  enabled: null,
  asleep: null,
  maySwitch: false,
  mayEnable: false,
  missingGrant: 'GRANT EVENT TO us',
};

test.each([
  {
    what: 'anything',
    events: { db1: nothingAllowed, db2: nothingAllowed },
    steps: ['db1:3306 closed', 'db2:3306 open'],
    says: [
      'No event writes on db1:3306 while it is closed: its event scheduler may not be switched by us; our user lacks a right: GRANT EVENT TO us',
      'The events of db1:3306 go on running on db2:3306: which ones run is not known; our user lacks a right: GRANT EVENT TO us',
    ],
  },
  {
    what: 'anything on the new master',
    events: { db1: { enabled: [tick] }, db2: nothingAllowed },
    steps: ['db1:3306 off', 'db1:3306 closed', 'db2:3306 open'],
    says: [
      'The events of db1:3306 go on running on db2:3306: not enabled there: 1; our user lacks a right: GRANT EVENT TO us',
    ],
  },
  {
    what: 'only what some events need',
    events: { db1: { enabled: [tick] }, db2: { missingGrant: 'GRANT SYSTEM_USER TO us' } },
    steps: ['db1:3306 off', 'db1:3306 closed', 'db2:3306 open', 'db2:3306 tick'],
    says: [
      'The events of db1:3306 go on running on db2:3306: 1 enabled; our user lacks a right: GRANT SYSTEM_USER TO us',
    ],
  },
])('who may not do $what is told, and promotes all the same', ({ events, steps, says }) => {
  const plan = promotion(
    pictureWith({
      db1: { scheduler: true, events: events.db1 },
      db2: { scheduler: true, events: events.db2 },
    }),
  );
  expect(eventSteps(plan)).toEqual(steps);
  expect(eventWarnings(plan)).toEqual(says);
});

/** A silent master as this process saw it last. */
function rememberedAs(topology: Topology, changes: Partial<SimulatedServer>): Topology {
  const before = pictureWith({ db1: changes });
  const lastAnswer = memberOf(before, 'db1:3306')?.lastAnswer ?? null;
  return {
    ...topology,
    members: topology.members.map((it) => (it.key === 'db1:3306' ? { ...it, lastAnswer } : it)),
  };
}

test('what a dead master was last seen to run is enabled by a failover, behind everybody who follows', () => {
  const dead = pictureWith({ db2: { scheduler: true, events: { asleep: [tick] } } }, false);
  const plan = promotion(rememberedAs(dead, { scheduler: true, events: { enabled: [tick] } }));
  expect(plan.kind).toBe('failover');
  expect(eventSteps(plan)).toEqual(['db2:3306 open', 'db2:3306 tick']);
  expect(stepsOf(plan).at(-1)?.action.do).toBe('enable-events');
});

test('what a dead master ran that was never seen is not guessed', () => {
  const dead = pictureWith({ db2: { scheduler: true, events: { asleep: [tick] } } }, false);
  const plan = promotion(dead);
  expect(eventSteps(plan)).toEqual(['db2:3306 open']);
  expect(eventWarnings(plan)).toEqual([
    'The events of db1:3306 go on running on db2:3306: which ones ran is not known; not enabled there: 1',
  ]);
});

const replaced = {
  db2: {
    writable: true,
    source: null,
    receiving: false,
    applying: false,
    scheduler: true,
    events: { asleep: [tick] },
  },
  db3: { source: 'db2:3306' },
} as const;

test('a former master is quiet before it rejoins, and what only it knew to run is enabled late', () => {
  const topology = pictureWith({
    ...replaced,
    db1: { scheduler: true, events: { enabled: [tick, tock] } },
  });
  const plan = planOf(decide({ kind: 'rejoin', instance: 'db1:3306' }, contextOn(topology)));
  // `tock` was dropped on the new master meanwhile.
  expect(eventSteps(plan)).toEqual(['db1:3306 off', 'db1:3306 closed', 'db2:3306 tick']);
});

function member(topology: Topology, key: string): Member {
  const found = memberOf(topology, key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

function fence(topology: Topology): Plan {
  const [master, former] = [member(topology, 'db2:3306'), member(topology, 'db1:3306')];
  return planOf(planFence(contextOn(topology), master, former));
}

test('a former master that is closed is quiet before its sessions end', () => {
  const topology = pictureWith({ ...replaced, db1: { scheduler: true, events: nothingAllowed } });
  expect(eventSteps(fence(topology))).toEqual(['db1:3306 closed']);
  expect(eventWarnings(fence(topology))).toHaveLength(1);
  const allowed = pictureWith({ ...replaced, db1: { scheduler: true, events: { enabled: null } } });
  expect(eventSteps(fence(allowed))).toEqual(['db1:3306 off', 'db1:3306 closed']);
});

test('a master that cannot write is closed before anything waits for its scheduler', () => {
  const topology = pictureWith({ db1: { scheduler: true, events: { enabled: [tick] } } });
  const [master, candidate] = [member(topology, 'db1:3306'), member(topology, 'db2:3306')];
  const plan = planOf(planSwitchover(contextOn(topology), master, candidate, true));
  expect(eventSteps(plan)).toEqual([
    'db1:3306 closed',
    'db2:3306 open',
    'db1:3306 off',
    'db2:3306 on',
    'db2:3306 tick',
  ]);
});

test('what a plan stopped that was cut short runs again', () => {
  const before = pictureWith({ db1: { scheduler: true, events: { enabled: [tick] } } });
  const plan = promotion(before);
  const begun = newRecovery(plan, { actor: 'a', trigger: 'user', at: 1, randomLetters: 'abcdef' });
  const stopped = pictureWith({ db1: { scheduler: false, events: { enabled: [tick] } } });
  const restore = (recovery: typeof begun): readonly string[] =>
    eventSteps(planOf(planRestore(contextOn(stopped), { ...recovery, state: 'interrupted' })));
  expect(restore(withStepStarted(begun, '1', 2))).toEqual(['db1:3306 on']);
  expect(restore(begun)).toEqual([]);
});
