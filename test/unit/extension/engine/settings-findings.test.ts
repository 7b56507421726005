import { expect, test } from 'vitest';
import type { SettingsFault } from '../../../../src/config/kept-settings.ts';
import type { WatchState } from '../../../../src/core/backend.ts';
import { faultyStatus, statusOf } from '../../../../src/extension/ui/cluster-status.ts';
import {
  findingOf,
  isUnwatched,
  noMonitor,
  withFindings,
} from '../../../../src/extension/engine/settings-findings.ts';
import { statusText } from '../../../../src/extension/ui/status-text.ts';
import { clusterNode, faultyNode } from '../../../../src/extension/tree/tree-nodes.ts';
import { viewOf } from '../../../../src/protocol/topology-view.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { drawn, healthy, silenced, watchOf } from '../ui/states.ts';

const fault: SettingsFault = {
  kind: 'wrong',
  cluster: 'orders',
  path: 'clusters[0].confirmSecond',
  says: 'clusters[0].confirmSecond is not a known key; did you mean confirmSeconds?',
  kept: true,
  file: 'user',
};
const now = 1_700_000_000_000;

test.each<[string, SettingsFault, string, string]>([
  [
    'a mistake beside the last good settings',
    fault,
    'Settings error, running on the last good settings: clusters[0].confirmSecond is not a known key; did you mean confirmSeconds?',
    'open-line',
  ],
  [
    'a mistake with nothing to fall back to',
    { ...fault, cluster: null, kept: false, says: 'clusters must be a list [...] of clusters.' },
    'Settings error: clusters must be a list [...] of clusters.',
    'open-line',
  ],
  [
    'a cluster that is no longer named',
    { ...fault, kind: 'removed' },
    'The settings no longer name orders. It is still watched, and protected as before.',
    'confirm-settings',
  ],
  [
    'filters that no longer name it',
    { ...fault, kind: 'disarmed' },
    'The settings no longer ask for automatic failover of orders. It stays armed until you confirm.',
    'confirm-settings',
  ],
  [
    'a guard that is no longer named',
    { ...fault, kind: 'dropped', cluster: null, path: 'preFailoverProcesses' },
    'The settings no longer name preFailoverProcesses, which automatic failover goes by. Its last value stays in force until you confirm.',
    'confirm-settings',
  ],
])('%s is red in panel, tree and status bar, with what to do', (_, it, says, remedy) => {
  const state = withFindings(drawn(healthy), [findingOf(it, 'orders')]);
  const view = viewOf(state, english, now);
  expect(view.banners[0]).toMatchObject({ tone: 'error', says, remedy });
  const tree = clusterNode('orders', view, { words: english, lab: new Set(), now });
  expect(tree).toMatchObject({ tone: 'error', icon: 'error' });
  expect(tree.children[0]).toMatchObject({
    description: says,
    tone: 'error',
    traits: `remedy+${remedy}`,
  });
  expect(statusText([statusOf('orders', state)], english, now)).toMatchObject({
    spoken: 'orders: settings error',
    background: 'error',
    click: 'line',
  });
});

test('a cluster that was never read without a mistake has a red row and a red status too', () => {
  const row = faultyNode('orders', fault.says, english);
  expect(row).toMatchObject({ label: 'orders', tone: 'error', traits: 'remedy+open-line' });
  const statuses = [statusOf('stock', drawn(healthy)), faultyStatus('orders')];
  expect(statusText(statuses, english, now)).toMatchObject({
    spoken: 'orders: settings error +1',
    background: 'error',
    opens: 'orders',
  });
});

test('armed without a monitor is red in panel, tree and status bar, with a way to start one', () => {
  const state = withFindings(drawn(healthy), [noMonitor('orders')]);
  expect(viewOf(state, english, now).banners[0]).toMatchObject({
    tone: 'error',
    remedy: 'start-monitor',
  });
  expect(viewOf(state, english, now).summary.tone).toBe('error');
  expect(statusText([statusOf('orders', state)], english, now)).toMatchObject({
    spoken: 'orders: db1 · no monitor',
    background: 'error',
    click: 'start-monitor',
  });
});

test.each<[string, Partial<WatchState>, boolean]>([
  ['armed, and nobody would act', { controller: null }, true],
  ['a monitor runs', {}, false],
  ['not armed', { controller: null, armed: false }, false],
  [
    'in downtime',
    {
      controller: null,
      downtimes: [
        { cluster: 'orders', instance: null, since: 0, until: null, owner: 'me', reason: '' },
      ],
    },
    false,
  ],
])('%s', (_, watch, is) => {
  expect(isUnwatched({ watch: watchOf(watch) })).toBe(is);
});

test('a dead master is graver than a mistake in the settings', () => {
  const dead = silenced('db1\n+ db2 receiver=no\n+ db3 receiver=no', 'db1:3306');
  const state = withFindings(dead, [findingOf(fault, 'orders'), noMonitor('orders')]);
  expect(state.findings.map((it) => it.code).slice(0, 3)).toEqual([
    'DeadMaster',
    'SettingsError',
    'NoMonitor',
  ]);
  expect(withFindings(dead, [])).toBe(dead);
});
