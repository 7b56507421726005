import { expect, test } from 'vitest';
import { objectionsTo } from '../../../../src/core/decide/invariants/check-plan.ts';
import { decide } from '../../../../src/core/decide/decide.ts';
import type { RejoinContext } from '../../../../src/core/decide/planning-context.ts';
import { stepsOf } from '../../../../src/core/model/plan.ts';
import type { Topology } from '../../../../src/core/model/topology.ts';
import { spellForDisplay } from '../../../../src/dialect/statements.ts';
import { draw } from '../../../support/builders/drawing.ts';
import { policy } from '../../../support/builders/world.ts';

/** db3 finds its place by file and offset; the others by GTID. */
function withOneByFile(topology: Topology): Topology {
  return {
    ...topology,
    members: topology.members.map((it) => {
      if (it.key !== 'db3:3306' || it.probe.kind !== 'answered') return it;
      const channels = it.probe.server.channels.map((one) => ({ ...one, method: 'file' as const }));
      const server = { ...it.probe.server, channels };
      return { ...it, probe: { ...it.probe, server }, lastAnswer: { at: 1, server } };
    }),
  };
}

function placesIn(topology: Topology): readonly string[] {
  const context: RejoinContext = {
    topology,
    policy,
    spell: (action, server) => spellForDisplay(action, server),
    proxied: false,
    highWater: new Map(),
    begun: [],
    own: { kind: 'none' },
    handover: null,
  };
  const decision = decide({ kind: 'promote', instance: 'db2:3306', acceptLoss: false }, context);
  if (decision.kind === 'hold') throw new Error(JSON.stringify(decision.refusal.because));
  expect(objectionsTo(decision.plan, topology)).toEqual([]);
  return stepsOf(decision.plan).flatMap(({ on, action }) =>
    action.do === 'point-at' ? [`${on} by ${action.place.by}`] : [],
  );
}

test('one replica by file makes neither the demoted master nor another replica read by file', () => {
  expect(placesIn(withOneByFile(draw('db1\n+ db2\n+ db3\n+ db4')))).toEqual([
    'db3:3306 by mark',
    'db4:3306 by gtid',
    'db1:3306 by gtid',
  ]);
});

test('nor in a failover', () => {
  const cut = 'receiver=connecting';
  const before = draw('db1\n+ db2\n+ db3\n+ db4');
  const dead = draw(`db1 silent\n+ db2 ${cut}\n+ db3 ${cut}\n+ db4 ${cut}`, null, before);
  expect(placesIn(withOneByFile(dead))).toEqual(['db3:3306 by mark', 'db4:3306 by gtid']);
});
