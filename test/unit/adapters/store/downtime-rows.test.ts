import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type OpenedStore, openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import type { Downtime } from '../../../../src/core/model/watch.ts';
import { scratchDir, type SetClock, setClock } from '../../../support/harness/store/scratch.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test('a downtime counts for every window until somebody ends it, and a later one replaces it', () => {
  using scratch = scratchDir();
  const { store, clock, begin } = openIn(scratch.dir);
  const other = openStore(scratch.dir, { clock });
  const cluster = begin(null, null);
  const instance = begin('db1:3306', 30);
  begin('db2:3306', 30, 'stock');
  expect(other.downtimes('orders', clock.now())).toEqual([cluster, instance]);
  const again = begin('db1:3306', 60);
  expect(other.downtimes('orders', clock.now())).toEqual([cluster, again]);
  expect(other.endDowntime('orders', 'db1:3306')).toBe(true);
  expect(other.endDowntime('orders', 'db1:3306')).toBe(false);
  expect(store.downtimes('orders', clock.now())).toEqual([cluster]);
  expect(store.endDowntime('orders', null)).toBe(true);
  expect(store.downtimes('orders', clock.now())).toEqual([]);
  expect(store.downtimes('stock', clock.now())).toHaveLength(1);
  other.close();
  store.close();
});

test('a downtime ends when its time has passed, and is removed with the next change', () => {
  using scratch = scratchDir();
  const { store, clock, begin, isDown } = openIn(scratch.dir);
  begin('db1:3306', 30);
  pass(clock, 30 * minuteMs - 1);
  expect(isDown()).toBe(true);
  pass(clock, 1);
  expect(isDown()).toBe(false);
  expect(rowsIn(scratch.dir)).toBe(1);
  expect(store.endDowntime('orders', 'db1:3306')).toBe(false);
  expect(rowsIn(scratch.dir)).toBe(0);
  begin(null, 1);
  pass(clock, minuteMs);
  begin('db1:3306', null);
  expect(rowsIn(scratch.dir)).toBe(1);
  store.close();
});

test('setting the date by up to an hour, either way, neither ends a downtime nor prolongs it', () => {
  for (const jumpMs of [hourMs - 1, -hourMs]) {
    using scratch = scratchDir();
    const { store, clock, begin, isDown } = openIn(scratch.dir);
    begin(null, 30);
    clock.time.now += jumpMs;
    expect(isDown()).toBe(true);
    pass(clock, 30 * minuteMs - 1);
    expect(isDown()).toBe(true);
    pass(clock, 1);
    expect(isDown()).toBe(false);
    store.close();
  }
});

test('after a restart of the machine the date alone ends a downtime; after a sleep, an hour late at most', () => {
  using scratch = scratchDir();
  const { store, clock, begin, isDown } = openIn(scratch.dir);
  begin(null, 30);
  clock.time.monotonic = 1;
  clock.time.now += 30 * minuteMs - 1;
  expect(isDown()).toBe(true);
  clock.time.now += 1;
  expect(isDown()).toBe(false);
  begin(null, 30);
  clock.time.now += 90 * minuteMs;
  expect(isDown()).toBe(false);
  store.close();
});

test('a downtime whose end is damaged goes on until somebody ends it', () => {
  using scratch = scratchDir();
  const { store, clock, begin, isDown } = openIn(scratch.dir);
  const begun = begin(null, 30);
  const raw = new DatabaseSync(join(scratch.dir, 'journal.db'));
  raw.exec('UPDATE downtimes SET until = 9e999');
  raw.close();
  pass(clock, 5 * hourMs);
  expect(store.downtimes('orders', clock.now())).toEqual([{ ...begun, until: null }]);
  expect(store.endDowntime('orders', null)).toBe(true);
  expect(isDown()).toBe(false);
  store.close();
});

test('a cluster is disarmed by hand until somebody arms it, through restarts', () => {
  using scratch = scratchDir();
  const first = openStore(scratch.dir, { clock: setClock() });
  const disarming = { cluster: 'orders', at: 5, by: 'ann@desk (41)', reason: 'upgrade' };
  expect(first.disarmed('orders')).toBeUndefined();
  expect(first.arm('orders')).toBe(false);
  first.disarm({ ...disarming, reason: 'once' });
  first.disarm(disarming);
  first.close();
  const second = openStore(scratch.dir, { clock: setClock() });
  expect(second.disarmed('orders')).toEqual(disarming);
  expect(second.disarmed('stock')).toBeUndefined();
  expect(second.arm('orders')).toBe(true);
  expect(second.disarmed('orders')).toBeUndefined();
  second.close();
});

interface OpenedJournal {
  readonly store: OpenedStore;
  readonly clock: SetClock;
  readonly begin: (instance: string | null, minutes: number | null, cluster?: string) => Downtime;
  readonly isDown: () => boolean;
}

function openIn(dir: string): OpenedJournal {
  const clock = setClock();
  const store = openStore(dir, { clock });
  return {
    store,
    clock,
    begin: (instance, minutes, cluster = 'orders') => {
      const since = clock.now();
      const until = minutes === null ? null : since + minutes * minuteMs;
      const downtime = { cluster, instance, since, until, owner: 'ann', reason: 'upgrade' };
      store.beginDowntime(downtime);
      return downtime;
    },
    isDown: () => store.downtimes('orders', clock.now()).length > 0,
  };
}

/** Time passes on both clocks. */
function pass({ time }: SetClock, ms: number): void {
  time.now += ms;
  time.monotonic += ms;
}

function rowsIn(dir: string): unknown {
  const raw = new DatabaseSync(join(dir, 'journal.db'));
  try {
    return raw.prepare('SELECT count(*) AS count FROM downtimes').get()?.['count'];
  } finally {
    raw.close();
  }
}
