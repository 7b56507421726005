import { expect, test } from 'vitest';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

test('one holds the lease, the others do not, until it is given back', () => {
  using scratch = scratchDir();
  const [one, other] = twoStores(scratch.dir);
  const lease = one.takeLease('orders', 'window 1', 1000);
  expect(lease?.token).toBe(1);
  expect(other.takeLease('orders', 'window 2', 1000)).toBeUndefined();
  expect(one.takeLease('orders', 'window 1', 1000)).toBeUndefined();
  expect(other.takeLease('stock', 'window 2', 1000)?.token).toBe(1);
  expect(other.leaseHolder('orders')).toBe('window 1');
  expect(lease?.renew()).toBe(true);
  lease?.release();
  expect(other.leaseHolder('orders')).toBeUndefined();
  expect(lease?.renew()).toBe(false);
  expect(other.takeLease('orders', 'window 2', 1000)?.token).toBe(2);
  lease?.release();
  expect(one.leaseHolder('orders')).toBe('window 2');
  one.close();
  other.close();
});

test('a lease that is not renewed in time may be taken, and its late holder is turned away', () => {
  using scratch = scratchDir();
  const [one, other, clock] = twoStores(scratch.dir);
  const late = one.takeLease('orders', 'window 1', 1000);
  clock.time.monotonic += 900;
  expect(late?.renew()).toBe(true);
  clock.time.monotonic += 1000;
  expect(other.takeLease('orders', 'window 2', 1000)).toBeUndefined();
  clock.time.monotonic += 1;
  expect(other.leaseHolder('orders')).toBeUndefined();
  const next = other.takeLease('orders', 'window 2', 1000);
  expect(next?.token).toBe(2);
  expect(late?.renew()).toBe(false);
  late?.release();
  expect(next?.renew()).toBe(true);
  expect(one.leaseHolder('orders')).toBe('window 2');
  one.close();
  other.close();
});

test('a watch that is renewed all the time names its keeper to others, beside the lease of a plan', () => {
  using scratch = scratchDir();
  const [one, other, clock] = twoStores(scratch.dir);
  const watch = one.takeLease('watch:orders', 'ann@desk (41)', 5000);
  const plan = other.takeLease('cluster:orders', 'bob@desk (42)', 60_000);
  for (let second = 0; second < 100; second += 2) {
    clock.time.monotonic += 2000;
    expect([watch?.renew(), other.leaseHolder('watch:orders')]).toEqual([true, 'ann@desk (41)']);
    expect(other.takeLease('watch:orders', 'bob@desk (42)', 5000)).toBeUndefined();
  }
  plan?.release();
  expect(one.leaseHolder('cluster:orders')).toBeUndefined();
  expect(other.leaseHolder('watch:orders')).toBe('ann@desk (41)');
  clock.time.monotonic += 5001;
  expect(one.leaseHolder('watch:orders')).toBeUndefined();
  one.close();
  other.close();
});

test('a lease that ran out but that nobody took can still be renewed', () => {
  using scratch = scratchDir();
  const [one, other, clock] = twoStores(scratch.dir);
  const lease = one.takeLease('orders', 'window 1', 1000);
  clock.time.monotonic += 5000;
  expect(lease?.renew()).toBe(true);
  expect(other.takeLease('orders', 'window 2', 1000)).toBeUndefined();
  one.close();
  other.close();
});

test('setting the date forward or back moves no lease', () => {
  using scratch = scratchDir();
  const [one, other, clock] = twoStores(scratch.dir);
  const lease = one.takeLease('orders', 'window 1', 1000);
  for (const jump of [3_600_000, -7_200_000]) {
    clock.time.now += jump;
    expect(other.takeLease('orders', 'window 2', 1000)).toBeUndefined();
    expect(lease?.renew()).toBe(true);
  }
  clock.time.monotonic += 1001;
  expect(other.takeLease('orders', 'window 2', 1000)?.token).toBe(2);
  one.close();
  other.close();
});

test('a lease is free at once when its window is closed, and tokens still grow', () => {
  using scratch = scratchDir();
  const [one, other] = twoStores(scratch.dir);
  one.takeLease('orders', 'window 1', 3_600_000);
  one.close();
  expect(other.leaseHolder('orders')).toBeUndefined();
  expect(other.takeLease('orders', 'window 2', 1000)?.token).toBe(2);
  other.close();
  const third = openStore(scratch.dir, { clock: setClock() });
  expect(third.takeLease('orders', 'window 3', 1000)?.token).toBe(3);
  third.close();
});

function twoStores(
  dir: string,
): [ReturnType<typeof openStore>, ReturnType<typeof openStore>, ReturnType<typeof setClock>] {
  const clock = setClock();
  return [openStore(dir, { clock }), openStore(dir, { clock }), clock];
}
