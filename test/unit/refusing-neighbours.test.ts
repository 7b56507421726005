import { expect, test } from 'vitest';
import { analyse } from '../../src/core/analyse/analyse.ts';
import { decide } from '../../src/core/decide/decide.ts';
import type { ClusterState } from '../../src/core/backend.ts';
import { examine } from '../../src/core/doctor/examine.ts';
import { inEnglish, phrase } from '../../src/core/model/phrase.ts';
import { stepsOf } from '../../src/core/model/plan.ts';
import type { Topology } from '../../src/core/model/topology.ts';
import { foundView } from '../../src/extension/commands/found-rows.ts';
import { clusterNode } from '../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../src/protocol/topology-view.ts';
import { english } from '../../src/protocol/localizer.ts';
import { draw } from '../support/builders/drawing.ts';
import { policy } from '../support/builders/world.ts';

// What the client had: db003's wrong replication password kept the monitor user from it, and nothing named db003.
// Its words hold another number than that of the error: a server writes them, and nothing is read out of them.
const said = "Access denied for user 'orc_client_user'@'172.18.0.1' (error 1862)";
const knowing = { ...policy, monitorUser: 'orc_client_user' };
const topology: Topology = {
  ...draw('db001 rw\n+ db002'),
  refusing: [
    {
      instance: 'db003:3306',
      network: 'mybridge',
      says: phrase('{address} refuses our user: {said}', {
        address: '127.0.0.1:33063',
        said: `${said} (error 1045)`,
      }),
      errno: 1045,
    },
  ],
};
const says =
  'db003:3306 on mybridge refuses orc_client_user (1045). A replica that does not replicate would.';

test('who refuses us beside the cluster is named by the findings and the doctor, and is no member', () => {
  const findings = analyse(topology, knowing);
  expect(findings.map((it) => [it.code, it.says])).toContainEqual(['NeighbourRefusesUser', says]);
  const items = examine(topology, knowing, new Map());
  expect(items.map((it) => [it.instance, inEnglish(it.says)])).toContainEqual(['db003:3306', says]);
});

test('it stands in the tree and among what a look found, with the user for it alone', () => {
  const findings = analyse(topology, knowing);
  const state: ClusterState = { topology, findings, running: null, recoveries: [] };
  const view = viewOf(state, english, 1000);
  const context = { words: english, lab: new Set<string>(), now: 1000 };
  expect(clusterNode('orders', view, context).children.at(-1)).toMatchObject({
    instance: 'db003:3306',
    traits: 'refusing',
    spoken: says,
  });
  const { rows } = foundView({ topology, findings }, new Map(), english);
  expect(rows.find((it) => it.label === 'db003:3306')).toMatchObject({
    fix: { kind: 'create-user', on: 'db003:3306' },
    description: 'refuses our user · 1045',
  });
});

test('made on a replica alone, outside the binary log, though the master has it', () => {
  const drawn = draw('db1 rw\n+ db2 io=1045');
  const decision = decide(
    {
      kind: 'create-user',
      instance: 'db2:3306',
      user: { name: 'orc_client_user', host: '172.%', task: 'manage' },
      anew: false,
    },
    {
      topology: drawn,
      policy,
      spell: (action) => [action.do],
      proxied: false,
      highWater: new Map(),
      begun: [],
      accounts: new Map([
        ['db1:3306', 'present'],
        ['db2:3306', 'absent'],
      ]),
      own: { kind: 'none' },
      handover: null,
    },
  );
  const steps = decision.kind === 'act' ? stepsOf(decision.plan) : [];
  expect(
    steps.map(({ on, action }) => [on, action.do, action.do === 'create-user' && action.alone]),
  ).toEqual([
    ['db2:3306', 'create-user', true],
    ['db2:3306', 'verify-user', false],
  ]);
});
