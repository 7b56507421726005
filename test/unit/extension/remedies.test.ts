import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { analyse } from '../../../src/core/analyse/analyse.ts';
import type { ClusterState } from '../../../src/core/backend.ts';
import type { SilenceReason } from '../../../src/core/model/instance.ts';
import type { Topology } from '../../../src/core/model/topology.ts';
import {
  addressObjection,
  unresolvedNames,
} from '../../../src/extension/engine/address-mapping.ts';
import { clusterNode, type TreeNode } from '../../../src/extension/tree/tree-nodes.ts';
import { remedy } from '../../../src/protocol/remedy.ts';
import { viewOf } from '../../../src/protocol/topology-view.ts';
import { english } from '../../../src/protocol/localizer.ts';
import { draw } from '../../support/builders/drawing.ts';
import { policy } from '../../support/builders/world.ts';

const menu = z.array(z.object({ command: z.string(), when: z.optional(z.string()) }));
const { contributes } = z
  .object({
    contributes: z.object({
      menus: z.object({ 'view/item/context': menu, 'webview/context': menu }),
    }),
  })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const { 'view/item/context': tree, 'webview/context': panel } = contributes.menus;

function commandsFor(entries: z.infer<typeof menu>, traits: string): readonly string[] {
  const words = traits.split('+');
  return entries
    .filter(
      ({ when = '' }) =>
        when.includes(`viewItem == '${traits}'`) ||
        words.some((it) => when.includes(String.raw`/\+${it}(\+|$)/`)),
    )
    .map((it) => it.command);
}

/** db2 and db3 were never heard, for a reason. */
function unheard(reason: SilenceReason, errno?: number): Topology {
  const topology = draw('db1 rw\ndb2 unheard\ndb3 unheard');
  const members = topology.members.map((it) =>
    it.probe.kind === 'silent'
      ? { ...it, probe: { ...it.probe, reason, ...(errno === undefined ? {} : { errno }) } }
      : it,
  );
  return { ...topology, members };
}

function shown(topology: Topology): {
  readonly banners: readonly (readonly [string, string | null])[];
  readonly rows: readonly TreeNode[];
} {
  const findings = analyse(topology, policy);
  const state: ClusterState = { topology, findings, running: null, recoveries: [] };
  const view = viewOf(state, english, 1000);
  return {
    banners: view.banners.map((it) => [it.code, it.remedy] as const),
    rows: clusterNode('orders', view, { words: english, lab: new Set(), now: 1000 }).children,
  };
}

test.each(remedy.options)('the tree offers %s on the row of its finding', (it) => {
  expect(commandsFor(tree, `remedy+${it}`)).not.toEqual([]);
});

test.each([
  {
    reason: 'denied',
    errno: 1045,
    code: 'InstancesRefuseUser',
    remedy: 'create-monitor-user',
    trait: 'user-refused',
    command: 'switchover.createMonitorUser',
  },
  {
    reason: 'unknown-host',
    errno: undefined,
    code: 'InstancesNotResolved',
    remedy: 'map-addresses',
    trait: 'name-unresolved',
    command: 'switchover.mapAddresses',
  },
  {
    reason: 'key-changed',
    errno: undefined,
    code: 'ServerKeyChanged',
    remedy: 'accept-key',
    trait: 'key-changed',
    command: 'switchover.acceptKey',
  },
] as const)('$code: panel, tree and the instances themselves lead to $command', (it) => {
  const { banners, rows } = shown(unheard(it.reason, it.errno));
  expect(banners).toContainEqual([it.code, it.remedy]);
  const grouped = rows.find((row) => row.traits === `remedy+${it.remedy}`);
  expect(grouped).toMatchObject({
    tone: it.reason === 'key-changed' ? 'error' : 'warning',
    instance: null,
  });
  expect(commandsFor(tree, `remedy+${it.remedy}`)).toContain(it.command);
  const instance = rows.find((row) => row.instance === 'db2:3306' && row.id.startsWith('instance'));
  expect(instance?.traits.split('+')).toContain(it.trait);
  expect(commandsFor(tree, instance?.traits ?? '')).toContain(it.command);
  expect(commandsFor(panel, instance?.traits ?? '')).toContain(it.command);
});

test('a user that is there, with an expired password, is not offered to be created', () => {
  const { banners, rows } = shown(unheard('denied', 1862));
  expect(banners).toContainEqual(['InstancesRefuseUser', null]);
  const instance = rows.find((row) => row.instance === 'db2:3306' && row.id.startsWith('instance'));
  expect(instance?.traits).not.toContain('user-refused');
  const [finding] = analyse(unheard('denied', 1862), policy);
  expect(finding?.advice).toMatch(/new password/);
});

test('a neighbour that refuses our user has the button in the panel, and one row in the tree', () => {
  const says = { text: '{words}', values: { words: 'Access denied' } };
  const topology: Topology = {
    ...draw('db1 rw\n+ db2'),
    refusing: [
      { instance: 'db3:3306', network: 'mybridge', says, errno: 1045 },
      { instance: 'db4:3306', network: 'mybridge', says, errno: 1862 },
    ],
  };
  const { banners, rows } = shown(topology);
  expect(banners).toContainEqual(['NeighbourRefusesUser', 'create-monitor-user']);
  expect(banners).toContainEqual(['NeighbourRefusesUser', null]);
  expect(rows.filter((it) => it.id.includes('refusing')).map((it) => it.traits)).toEqual([
    'refusing',
    'refusing-known-user',
  ]);
});

test('only names that do not resolve are asked for, and no two get the address of one server', () => {
  const topology = unheard('unknown-host');
  expect(unresolvedNames(topology)).toEqual(['db2:3306', 'db3:3306']);
  expect(addressObjection('db2:3306', 'db1:3306', topology, {})).toBe('db1:3306');
  const mapped = { 'db2:3306': '127.0.0.1:13312' };
  expect(addressObjection('db3:3306', '127.0.0.1:13312', topology, mapped)).toBe('db2:3306');
  expect(addressObjection('db3:3306', '127.0.0.1:13313', topology, mapped)).toBeUndefined();
});
