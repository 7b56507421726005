import { expect, test } from 'vitest';
import { loneMonitorSays } from '../../src/cli/commands/lone-monitor.ts';
import { outsiderLines } from '../../src/cli/output/print-topology.ts';
import { analyse } from '../../src/core/analyse/analyse.ts';
import type { ClusterState } from '../../src/core/backend.ts';
import type { Topology } from '../../src/core/model/topology.ts';
import { clusterNode } from '../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../src/protocol/topology-view.ts';
import { english } from '../../src/protocol/localizer.ts';
import { draw } from '../support/builders/drawing.ts';
import { policy } from '../support/builders/world.ts';

const stranger = {
  key: 'evil:3306',
  namedBy: ['db1:3306'],
  why: 'unconfirmed',
} as const;

function stateOf(topology: Topology): ClusterState {
  return {
    topology,
    findings: analyse(topology, policy),
    running: null,
    recoveries: [],
    watch: {
      controller: null,
      armed: true,
      disarmed: undefined,
      downtimes: [],
      blocking: undefined,
      proxies: [],
      detections: [],
    },
  };
}

function codesOf(topology: Topology): readonly string[] {
  return analyse(topology, policy).map((it) => `${it.code} ${it.severity} ${it.instance ?? '-'}`);
}

test('who is named and not confirmed is a finding, and a row that offers to confirm it', () => {
  const topology = { ...draw('db1 rw\n+ db2'), outsiders: [stranger] };
  expect(codesOf(topology)).toContain('UnconfirmedInstance warning evil:3306');
  const view = viewOf(stateOf(topology), english, 0);
  const { children } = clusterNode('orders', view, { words: english, lab: new Set(), now: 0 });
  expect(children.map((it) => [it.instance, it.traits.split('+')[0]])).toEqual([
    ['db1:3306', 'instance'],
    ['evil:3306', 'outsider'],
  ]);
  expect(view.cards.map((it) => it.key)).toEqual(['db1:3306', 'db2:3306']);
});

test('who is ignored is not mentioned, and who waits for a review is, once', () => {
  const ignored = {
    ...draw('db1 rw\n+ db2'),
    outsiders: [{ ...stranger, why: 'ignored' as const }],
  };
  expect(codesOf(ignored).filter((it) => it.startsWith('Unconfirmed'))).toEqual([]);
  expect(outsiderLines(ignored)).toEqual([]);
  const kept = { ...draw('db1 rw\n+ db2'), toReview: ['db2:3306'] };
  expect(codesOf(kept)).toContain('MembersToReview info -');
});

test('where no replica is a member it is an error, and an armed monitor says what to write', () => {
  const topology = { ...draw('db1 rw'), outsiders: [stranger] };
  expect(codesOf(topology)).toContain('UnconfirmedInstance error evil:3306');
  expect(loneMonitorSays(stateOf(topology), undefined)).toContain(
    '"members": ["db1:3306", "evil:3306"]',
  );
  const whole = { ...draw('db1 rw\n+ db2'), outsiders: [stranger] };
  expect(loneMonitorSays(stateOf(whole), undefined)).toBeUndefined();
  expect(loneMonitorSays(stateOf(draw('db1 rw')), undefined)).toBeUndefined();
});

test('a name of a server is one word of the command that is shown, whatever it holds', () => {
  const topology = { ...draw('db1 rw'), outsiders: [{ ...stranger, key: "a';reboot;':3306" }] };
  expect(outsiderLines(topology)[0]).toMatch(/--confirm 'a'\\'';reboot;'\\'':3306'$/);
});
