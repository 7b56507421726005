import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../../../src/config/settings.ts';
import {
  monitorEnvironment,
  monitorSettings,
} from '../../../../src/extension/monitor/monitor-settings.ts';
import { WatchChoices, windowKeeps } from '../../../../src/extension/monitor/watch-choice.ts';

const written = {
  recoverMasterClusterFilters: ['alias=orders'],
  recoveryPeriodBlockSeconds: 60,
  clusters: [
    {
      id: 'orders',
      seeds: ['db1', 'db2:3307'],
      user: 'monitor',
      passwordFile: '~/secret',
      replicationUser: 'repl',
      replicationPasswordFile: 'repl-secret',
      proxies: [{ kind: 'embedded', writer: '127.0.0.1:6033' }],
      tls: { ca: 'ca.pem' },
      members: ['db*.internal:3306', '10.0.0.0/8', 'any'],
    },
    { id: 'billing', seeds: ['db9'], user: 'monitor' },
  ],
};
const nothing = { monitor: undefined, replication: undefined };

function ordersOf(): ReturnType<typeof readSettings>['settings']['clusters'][number] {
  const [orders] = readSettings(written).settings.clusters;
  if (orders === undefined) throw new Error('The sample is wrong.');
  return orders;
}

test('the file of a monitor reads as the same settings of its one cluster, with whole paths', () => {
  const { settings } = readSettings(written);
  const own = monitorSettings(settings, ordersOf(), { kept: nothing, home: '/home/me' });
  const read = readSettings(JSON.parse(JSON.stringify(own)));
  expect(read.problems.filter((it) => it.severity === 'error')).toEqual([]);
  expect(read.settings).toMatchObject({
    recoverMasterClusterFilters: ['alias=orders'],
    recoveryPeriodBlockSeconds: 60,
  });
  expect(read.settings.clusters).toEqual([
    {
      ...ordersOf(),
      passwordFile: '/home/me/secret',
      replicationPasswordFile: '/home/me/repl-secret',
      tls: { ca: '/home/me/ca.pem', verify: true },
    },
  ]);
});

test("a password of the editor's safe goes through the environment alone, and counts before files", () => {
  const kept = { monitor: 'hush-1', replication: undefined };
  const { settings } = readSettings(written);
  const text = JSON.stringify(monitorSettings(settings, ordersOf(), { kept, home: '/home/me' }));
  expect(text).not.toMatch(/hush/);
  expect(text).not.toMatch(/"passwordFile"/);
  expect(text).toMatch(/"replicationPasswordFile"/);
  const inherited = {
    PATH: '/bin',
    VSCODE_IPC: 'x',
    SWITCHOVER_PASSWORD_ORDERS: 'old',
    NODE_OPTIONS: 'x',
  };
  expect(monitorEnvironment(inherited, kept)).toEqual({
    PATH: '/bin',
    ELECTRON_RUN_AS_NODE: '1',
    SWITCHOVER_PASSWORD: 'hush-1',
  });
});

test('a window keeps the watch only where a person said so, or where nothing but a proxy is to be served', () => {
  const settings = ordersOf();
  const plain = { ...settings, proxies: [] };
  const keeps = (choice: 'background' | 'window' | 'nobody' | undefined): readonly boolean[] => [
    windowKeeps({ settings: plain, automated: true }, choice),
    windowKeeps({ settings, automated: false }, choice),
    windowKeeps({ settings: plain, automated: false }, choice),
  ];
  expect(keeps(undefined)).toEqual([false, true, false]);
  expect(keeps('nobody')).toEqual([false, true, false]);
  expect(keeps('window')).toEqual([true, true, false]);
  expect(keeps('background')).toEqual([false, false, false]);
});

test('a choice is remembered by cluster for every window, and a file that is damaged, or that others could have written, counts as none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchover-choices-'));
  const told: string[] = [];
  const tell = (says: string): void => void told.push(says);
  try {
    const choices = new WatchChoices(join(folder, 'state'), tell);
    expect(choices.of('orders')).toBeUndefined();
    choices.keep('orders', 'background');
    choices.keep('stock', 'nobody');
    const elsewhere = new WatchChoices(join(folder, 'state'), tell);
    expect([elsewhere.of('orders'), elsewhere.of('stock')]).toEqual(['background', 'nobody']);
    const file = join(folder, 'state/watch-choices.json');
    expect(told).toEqual([]);
    writeFileSync(file, '{"orders": "sometimes"}');
    expect(choices.of('orders')).toBeUndefined();
    expect(told).toEqual([`What is remembered in ${file} is not used: its content is damaged.`]);
    choices.keep('orders', 'background');
    // Whoever may write the folder above may put another file in its place.
    chmodSync(folder, 0o777);
    expect(choices.of('orders')).toBeUndefined();
    expect(told.at(-1)).toContain(`run chmod go-w ${folder}`);
    chmodSync(folder, 0o700);
    expect(choices.of('orders')).toBe('background');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
