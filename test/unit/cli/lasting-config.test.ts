import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Settings } from '../../../src/config/settings.ts';
import { healthyState } from '../../support/builders/cluster-states.ts';
import { call, type Ended, GivenCluster, partsOf } from '../../support/harness/call-cli.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'switchover-lasting-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  vi.useRealTimers();
});

const orders = { id: 'orders', seeds: ['db1'], user: 'orc' };
const stock = { id: 'stock', seeds: ['db9'], user: 'orc' };
const guarded = {
  clusters: [orders, stock],
  recoverMasterClusterFilters: ['alias=orders'],
  preFailoverProcesses: [['/fence', '{failedHost}']],
};

interface Monitored extends Ended {
  /** With what the engine was put together; undefined where it was not. */
  readonly settings: Settings | undefined;
}

/** One run of the command that ends by itself, with the settings file as it is then. */
async function run(content: unknown, ...words: readonly string[]): Promise<Monitored> {
  const config = join(dir, 'switchover.json');
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(config, text, { mode: 0o600 });
  const given = ['orders', 'stock'].map((id) => new GivenCluster(id, healthyState(id)));
  const parts = partsOf(given);
  let settings: Settings | undefined;
  const ended = await call([...words, '--config', config, '--state', join(dir, 'state')], {
    cwd: dir,
    parts: {
      ...parts,
      createEngine: (options) => {
        ({ settings } = options);
        return parts.createEngine(options);
      },
    },
  });
  return { ...ended, settings };
}

const monitor = (content: unknown): Promise<Monitored> => run(content, 'monitor');

function idsOf({ settings }: Monitored): readonly string[] | undefined {
  return settings?.clusters.map((it) => it.id).toSorted();
}

test.each<[string, unknown, string]>([
  [
    'a misspelt key of an armed cluster',
    { ...guarded, clusters: [{ ...orders, confirmSecond: 1 }, stock] },
    'running on the last good settings: clusters[0].confirmSecond is not a known key',
  ],
  [
    'an id that is there twice',
    { ...guarded, clusters: [orders, stock, orders] },
    'clusters[0].id and clusters[2].id are both "orders"',
  ],
  ['an armed cluster that is gone', { ...guarded, clusters: [stock] }, 'no longer name orders'],
  [
    'filters of a wrong kind',
    { ...guarded, recoverMasterClusterFilters: 'alias=orders' },
    'recoverMasterClusterFilters must be a list',
  ],
  [
    'filters that are gone',
    { clusters: guarded.clusters, preFailoverProcesses: guarded.preFailoverProcesses },
    'recoverMasterClusterFilters no longer names orders',
  ],
  [
    'fencing that is gone',
    { clusters: guarded.clusters, recoverMasterClusterFilters: ['alias=orders'] },
    'no longer name preFailoverProcesses',
  ],
  ['clusters that are no list', { ...guarded, clusters: {} }, 'clusters must be a list'],
  ['a text that is cut off', '{ "clusters": [', 'is not JSON'],
  ['an empty text', '', 'is empty'],
  ['a list', [orders], 'The settings must be an object'],
])('after %s the monitor starts with the last good settings, and says so', async (_, now, says) => {
  expect((await monitor(guarded)).err).toBe('');
  const then = await monitor(now);
  expect(idsOf(then)).toEqual(['orders', 'stock']);
  expect(then.settings).toMatchObject({
    recoverMasterClusterFilters: ['alias=orders'],
    preFailoverProcesses: guarded.preFailoverProcesses,
  });
  expect(then.err).toMatch(/^error: .*switchover\.json: running on the last good settings: /);
  expect(then.err).toContain(says);
  // The start after that too.
  expect(idsOf(await monitor(now))).toEqual(['orders', 'stock']);
});

test('what was never good is no reason to run without it in silence', async () => {
  const wrong = { ...guarded, clusters: [{ ...orders, confirmSecond: 1 }, stock] };
  const first = await monitor(wrong);
  expect(idsOf(first)).toEqual(['stock']);
  expect(first.err).toMatch(/^error: .*clusters\[0\]\.confirmSecond is not a known key/);
  expect(first.code).toBe(2);
  rmSync(join(dir, 'state'), { recursive: true, force: true });
  const filters = await monitor({ clusters: [orders], recoverMasterClusterFilters: '*' });
  expect([filters.code, filters.settings]).toEqual([2, undefined]);
  expect((await monitor('{')).code).toBe(2);
});

test('a mistake is said again and again while the monitor runs', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await monitor(guarded);
  const wrong = { ...guarded, clusters: [{ ...orders, confirmSecond: 1 }, stock] };
  const ending = new AbortController();
  class Lasting extends GivenCluster {
    override async watch(): Promise<void> {
      await vi.advanceTimersByTimeAsync(1_000_000);
      ending.abort();
    }
  }
  const config = join(dir, 'switchover.json');
  writeFileSync(config, JSON.stringify(wrong));
  const { err } = await call(['monitor', '--config', config, '--state', join(dir, 'state')], {
    cwd: dir,
    parts: partsOf([new Lasting('orders', healthyState('orders'))]),
    signal: ending.signal,
  });
  const told = err.split('\n').filter((it) => it.includes('clusters[0].confirmSecond'));
  expect(told.length).toBeGreaterThanOrEqual(4);
  expect(told.every((it) => it.startsWith('error: '))).toBe(true);
});

test('what the settings no longer name ends when a person confirms it', async () => {
  await monitor(guarded);
  const less = { clusters: [stock], recoverMasterClusterFilters: ['alias=orders'] };
  const shown = await run(less, 'settings');
  expect(shown.code).toBe(3);
  expect(shown.out).toContain('The settings no longer name orders.');
  expect(shown.out).toContain('switchover settings --confirm-removed');
  const json = await run(less, 'settings', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    faults: [{ kind: 'removed', cluster: 'orders' }, { path: 'preFailoverProcesses' }],
    confirmed: false,
  });
  expect((await run(less, 'settings', '--confirm-removed')).code).toBe(0);
  const then = await monitor(less);
  expect(idsOf(then)).toEqual(['stock']);
  expect(then.settings).toMatchObject({ preFailoverProcesses: [] });
  expect(then.err).toBe('');
  expect((await run(less, 'settings')).out).toContain('has no mistakes');
});

test('the last good settings are for us alone, and those of another file are others', async () => {
  await monitor(guarded);
  const folder = join(dir, 'state', 'last-good-settings');
  const [name = ''] = readdirSync(folder);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const other = join(dir, 'other');
  mkdirSync(other);
  const config = join(other, 'switchover.json');
  writeFileSync(config, '{');
  const { code } = await call(['monitor', '--config', config, '--state', join(dir, 'state')], {
    cwd: dir,
    parts: partsOf([]),
  });
  expect(code).toBe(2);
});
