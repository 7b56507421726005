import { expect, test } from 'vitest';
import { choosePromotion } from '../../../../../src/core/decide/candidates/choose-promotion.ts';
import { assembleTopology } from '../../../../../src/core/discover/assemble-topology.ts';
import type { InstanceKey } from '../../../../../src/core/model/instance.ts';
import { inEnglish, plain } from '../../../../../src/core/model/phrase.ts';
import type { Policy } from '../../../../../src/core/model/policy.ts';
import type { Position } from '../../../../../src/core/model/position.ts';
import { knownPosition } from '../../../../../src/core/decide/candidates/completeness.ts';
import { memberOf, type Topology } from '../../../../../src/core/model/topology.ts';
import { draw } from '../../../../support/builders/drawing.ts';
import { policy } from '../../../../support/builders/world.ts';

function choose(drawing: string, rules: Partial<Policy> = {}) {
  return chosenIn(draw(drawing), rules, new Map());
}

function chosenIn(
  topology: Topology,
  rules: Partial<Policy>,
  highWater: ReadonlyMap<InstanceKey, Position>,
) {
  const master = memberOf(topology, topology.master);
  if (master === undefined) {
    throw new Error('The drawing has no master.');
  }
  const context = {
    topology,
    policy: { ...policy, ...rules },
    spell: () => [],
    proxied: false,
    highWater,
    begun: [],
  };
  const promotion = choosePromotion(context, master);
  return {
    chosen: promotion.kind === 'chosen' ? promotion.candidate.key : null,
    why: Object.fromEntries(promotion.excluded.map((it) => [it.instance, inEnglish(it.because)])),
  };
}

test('of equals, the first by name is chosen, and a preferred one before it', () => {
  const drawing = 'db1 silent\n+ db2 receiver=connecting\n+ db3 receiver=connecting';
  expect(choose(drawing).chosen).toBe('db2:3306');
  expect(choose(drawing, { promotionRules: { 'db3:3306': 'prefer' } }).chosen).toBe('db3:3306');
});

test('whoever received more is chosen, whatever it applied', () => {
  const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-105
+ db3 receiver=connecting gtid=0-1-100 received=0-1-110`;
  expect(choose(drawing).chosen).toBe('db3:3306');
  expect(choose(drawing, { promotionRules: { 'db2:3306': 'prefer' } }).chosen).toBe('db3:3306');
});

test('where whoever holds most must not be promoted, another reads it from there first', () => {
  const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-105
+ db3 receiver=connecting gtid=0-1-100 received=0-1-110`;
  expect(choose(drawing, { ignoreHostFilters: ['db3'] })).toEqual({
    chosen: 'db2:3306',
    why: { 'db3:3306': 'promotionIgnoreHostnameFilters names it: db3' },
  });
});

test.each([
  ['it does not log what it replicates', 'nolog'],
  ['its applier is broken', 'applier=no sql=1062'],
])('nobody reads from a replica when %s', (_, trouble) => {
  const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-105
+ db3 receiver=connecting gtid=0-1-100 received=0-1-110 ${trouble}`;
  expect(choose(drawing, { ignoreHostFilters: ['db3'] })).toMatchObject({
    chosen: null,
    why: { 'db2:3306': 'db3:3306 also holds 0-1-106..110' },
  });
});

test('whoever wrote something itself is left out, and holds nobody up', () => {
  const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-100,0-2-101
+ db3 receiver=connecting gtid=0-1-100`;
  expect(choose(drawing, { promotionRules: { 'db2:3306': 'prefer' } })).toEqual({
    chosen: 'db3:3306',
    why: { 'db2:3306': 'it has transactions of its own: 0-2-101' },
  });
});

test('when each holds something that the other lacks, nobody is chosen', () => {
  const drawing = `
db1 silent
+ db2 receiver=connecting gtid=0-1-105,1-1-7
+ db3 receiver=connecting gtid=0-1-103,1-1-9`;
  expect(choose(drawing).chosen).toBeNull();
});

test.each([
  {
    name: 'must-not',
    drawing: 'db1 silent\n+ db2 receiver=connecting',
    rules: { promotionRules: { 'db2:3306': 'must-not' } },
    why: /must-not/,
  },
  {
    name: 'an ignored host',
    drawing: 'db1 silent\n+ db2 receiver=connecting',
    rules: { ignoreHostFilters: ['db2'] },
    why: /promotionIgnoreHostnameFilters/,
  },
  {
    name: 'a broken applier',
    drawing: 'db1 silent\n+ db2 receiver=connecting applier=no sql=1062',
    rules: {},
    why: /error 1062/,
  },
] as const)('$name is left out, with its reason', ({ drawing, rules, why }) => {
  const { chosen, why: reasons } = choose(drawing, rules);
  expect(chosen).toBeNull();
  expect(reasons['db2:3306']).toMatch(why);
});

test('a stale survivor is not chosen while a silent replica is known to hold more', () => {
  const before = draw('db1\n+ db2 gtid=0-1-100\n+ db3 gtid=0-1-120');
  const highWater = new Map(
    before.members.flatMap((it) => {
      const position = knownPosition(it);
      return position === null || it.key === 'db1:3306' ? [] : [[it.key, position] as const];
    }),
  );
  const sightings = before.members.map(({ key, probe }) => ({
    name: key,
    address: key,
    probe:
      key === 'db2:3306'
        ? probe
        : ({ kind: 'silent', at: 2, reason: 'refused', says: plain('refused') } as const),
  }));
  const after = assembleTopology('orders', 2, sightings, {
    previous: before,
    lastPromotion: null,
    lastMaster: null,
    lastSources: new Map(),
    lastKeys: new Map(),
    heard: new Set(),
    early: false,
    seeds: [],
  });
  expect(chosenIn(after, {}, highWater)).toMatchObject({
    chosen: null,
    why: { 'db2:3306': 'db3:3306 also holds 0-1-101..120' },
  });
  expect(chosenIn(after, { onPossibleLoss: 'report' }, highWater).chosen).toBe('db2:3306');
});
