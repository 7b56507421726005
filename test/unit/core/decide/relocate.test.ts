import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../../src/core/analyse/analyse.ts';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decideAutomatically } from '../../../../src/core/decide/decide-automatically.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import type { Circumstances } from '../../../../src/core/model/circumstances.ts';
import { familyOf } from '../../../../src/core/model/finding.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { stepsOf, type Decision, type Wish } from '../../../../src/core/model/plan.ts';
import { wishFor } from '../../../../src/core/model/wish-for.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

function contextOf(topology: Topology, filters: readonly string[] = ['*']): RejoinContext {
  return {
    topology,
    policy: { ...policy, recoverIntermediateFilters: filters },
    spell: (action) => [action.do],
    proxied: true,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
}

const calm: Circumstances = {
  now: 0,
  disarmed: undefined,
  downtimes: [],
  unacknowledged: undefined,
  controller: { holder: 'us', us: true },
  storeWritable: true,
  lostBy: new Set(),
};

/** What the watch decides about the dead source in a drawing, after a round in which all was well. */
function answerTo(drawing: string, filters?: readonly string[]): Decision | undefined {
  const healthy = draw(drawing.replaceAll(/ silent| receiver=connecting/g, ''));
  const topology = draw(drawing, null, healthy);
  const finding = analyse(topology, policy).find((it) => familyOf(it.code) === 'dead-intermediate');
  return finding === undefined
    ? undefined
    : decideAutomatically(finding, contextOf(topology, filters), calm);
}

function short(key: string): string {
  return key.replace(':3306', '');
}

/** `db3 below db1` for each instance that is moved, and `db4 stays` for those left behind; or the reasons. */
function outcomeOf(decision: Decision | undefined): string {
  if (decision?.kind !== 'act') {
    return decision?.refusal.because.map(inEnglish).join(' ') ?? 'nothing';
  }
  return [
    ...stepsOf(decision.plan).flatMap(({ on, action }) =>
      action.do === 'point-at' ? [`${short(on)} below ${short(action.source)}`] : [],
    ),
    ...decision.plan.effects.leftBehind.map((it) => `${short(it.instance)} stays`),
  ].join(', ');
}

const cut = 'receiver=connecting';

test.each([
  {
    name: 'the replicas of a dead source are moved below its own source',
    given: `db1\n+ db2 silent\n++ db3 ${cut}\n++ db4 ${cut}\n+ db5`,
    does: 'db3 below db1, db4 below db1',
  },
  {
    name: 'where that is silent too, below one of its other replicas',
    given: `db1\n+ db2 silent\n++ db3 silent\n+++ db4 ${cut}\n++ db5`,
    does: 'db4 below db5',
  },
  {
    name: 'a silent replica is left behind',
    given: `db1\n+ db2 silent\n++ db3 ${cut}\n++ db4 silent`,
    does: 'db3 below db1, db4 stays',
  },
  {
    name: 'one with transactions of its own is left behind',
    given: `db1\n+ db2 silent\n++ db3 ${cut} gtid=0-1-100,0-3-101\n++ db4 ${cut}`,
    does: 'db4 below db1, db3 stays',
  },
  {
    name: 'of an older release, too',
    given: `db1 release=11.4\n+ db2 silent\n++ db3 ${cut} release=10.6\n++ db4 ${cut} release=11.4`,
    does: 'db4 below db1, db3 stays',
  },
  {
    name: 'a dead master is not answered by moving',
    given: `db1 silent\n+ db2 ${cut}\n++ db3`,
    does: 'nothing',
  },
])('$name', ({ given, does }) => {
  const decision = answerTo(given);
  expect(outcomeOf(decision)).toBe(does);
});

test('nobody is moved where the filter does not name the cluster, although dead masters are replaced', () => {
  expect(outcomeOf(answerTo(`db1\n+ db2 silent\n++ db3 ${cut}`, []))).toContain(
    'recoverIntermediateMasterClusterFilters does not name orders',
  );
});

test('without GTID nobody is moved, and each says why', () => {
  const decision = answerTo(`db1 nogtid\n+ db2 silent\n++ db3 ${cut} nogtid`);
  expect(outcomeOf(decision)).toContain('db3:3306 is left out');
  expect(outcomeOf(decision)).toContain('no GTID on both');
});

const tree = 'db1\n+ db2\n++ db3\n+++ db4\n+ db5';

test.each([
  { move: ['db3', 'db5'], says: 'db3 below db5' },
  { move: ['db4', 'db1'], says: 'db4 below db1' },
  { move: ['db2', 'db4'], says: 'db4:3306 does not read from db2:3306' },
  { move: ['db2', 'db2'], says: 'db2:3306 does not read from db2:3306' },
  { move: ['db1', 'db2'], says: 'db1:3306 is a replica' },
  { move: ['db3', 'db9'], says: 'db9:3306 is not an instance' },
])('moving $move: $says', ({ move: [instance = '', below = ''], says }) => {
  const wish: Wish = {
    kind: 'relocate',
    instance: `${instance}:3306`,
    below: `${below}:3306`,
  };
  const decision = decide(wish, contextOf(draw(tree)));
  expect(outcomeOf(decision)).toContain(says);
  expect(decision.kind === 'act' ? wishFor(decision.plan) : wish).toEqual(wish);
});

test.each([
  { marks: '', says: 'db3:3306 reads from db2:3306 already' },
  { marks: 'receiver=connecting', says: 'db3:3306 reads from db2:3306 already' },
  { marks: 'receiver=no applier=no', says: 'db3 below db2' },
  { marks: 'receiver=no applier=no sql=1062', says: 'db3:3306 reads from db2:3306 already' },
])('to its own source, where a move that was cut short left it ($marks): $says', (left) => {
  const wish: Wish = { kind: 'relocate', instance: 'db3:3306', below: 'db2:3306' };
  const topology = draw(`db1\n+ db2\n++ db3 ${left.marks}`);
  const decision = decide(wish, contextOf(topology));
  expect(outcomeOf(decision)).toContain(left.says);
  const objections = decision.kind === 'act' ? objectionsTo(decision.plan, topology) : [];
  expect(objections).toEqual([]);
});

test('below a replica, it first waits until that one has as much', () => {
  const wish: Wish = { kind: 'relocate', instance: 'db3:3306', below: 'db5:3306' };
  const decision = decide(wish, contextOf(draw(tree)));
  const steps = decision.kind === 'act' ? stepsOf(decision.plan) : [];
  expect(steps.map((it) => `${it.on.replace(':3306', '')} ${it.action.do}`)).toEqual([
    'db3 stop-replication',
    'db3 mark-position',
    'db5 wait-for-mark',
    'db3 point-at',
    'db3 start-replication',
    'db3 verify-replicating',
  ]);
});

test('every relocation that is offered in any tree satisfies every invariant and makes no ring', () => {
  let offered = 0;
  const parents = fc.array(fc.nat(), { minLength: 2, maxLength: 7 });
  fc.assert(
    fc.property(parents, fc.nat(), fc.nat(), (all, a, b) => {
      const topology = draw(drawingOf(all));
      const at = (pick: number) => `db${String((pick % (all.length + 1)) + 1)}:3306`;
      const wish: Wish = { kind: 'relocate', instance: at(a), below: at(b) };
      const decision = decide(wish, contextOf(topology));
      offered += Number(decision.kind === 'act');
      expect(decision.kind === 'act' ? objectionsTo(decision.plan, topology) : []).toEqual([]);
      const above = ancestorsOf(topology, wish.below);
      expect(decision.kind === 'act' && above.includes(wish.instance)).toBe(false);
    }),
    { numRuns: 300 },
  );
  expect(offered).toBeGreaterThan(50);
});

/** `parents[i]`: which of the instances before it the next one reads from. */
function drawingOf(parents: readonly number[]): string {
  const below = (index: number, depth: number): readonly string[] => [
    `${'+'.repeat(depth)} db${String(index + 1)}`,
    ...parents.flatMap((parent, place) =>
      parent % (place + 1) === index ? below(place + 1, depth + 1) : [],
    ),
  ];
  return below(0, 0).join('\n');
}

function ancestorsOf(topology: Topology, key: string): readonly string[] {
  const source = topology.members.find((it) => it.key === key)?.source ?? null;
  return source === null ? [key] : [key, ...ancestorsOf(topology, source)];
}
