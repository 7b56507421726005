import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../../../../../src/adapters/store/sqlite-store.ts';
import { guardedStore } from '../../../../../src/core/engine/observer/guarded-store.ts';
import { watchLease } from '../../../../../src/core/engine/watch/controller.ts';
import { begun, scratchDir, setClock } from '../../../../support/harness/store/scratch.ts';

/** A real journal behind its guard, and another connection that can hold it. */
function contextIn(dir: string) {
  const clock = setClock();
  const real = openStore(dir, { clock, patience: { open: 5_000, now: 500, soon: 200 } });
  const told: string[] = [];
  const { store, trouble } = guardedStore(real, (level, line) => told.push(`${level}: ${line}`));
  if (store === undefined) throw new Error('There is a store.');
  const other = new DatabaseSync(join(dir, 'journal.db'));
  return {
    store,
    real,
    trouble,
    told,
    clock,
    /** As a process that was frozen while it wrote. */
    lock: () => other.exec('BEGIN IMMEDIATE'),
    unlock: () => other.exec('ROLLBACK'),
    [Symbol.dispose]: () => {
      other.close();
      real.close();
    },
  };
}

test('while another process holds the journal, reads go on, notes are dropped, and it is told once', () => {
  using scratch = scratchDir();
  using given = contextIn(scratch.dir);
  const { store, told } = given;
  const record = begun('orders', 1);
  store.saveRecovery(record);
  given.lock();
  const since = performance.now();
  for (let round = 0; round < 200; round += 1) {
    store.rememberInstances('orders', []);
    store.forgetInstance('orders', 'db1:3306');
    expect(store.recoveries('orders', 10)).toEqual([record]);
    expect(store.disarmed('orders')).toBeUndefined();
  }
  // The first write waits a moment, those that follow try once: the event loop is needed for other things.
  expect(performance.now() - since).toBeLessThan(3_000);
  expect(() => store.saveRecovery(begun('orders', 2))).toThrow(/Another process holds it/);
  expect(given.trouble()).toMatch(/^The journal .* is not available .* Another process holds it/);
  expect(told).toEqual([`error: ${given.trouble() ?? ''}`]);
  given.unlock();
  store.rememberInstances('orders', []);
  expect(given.trouble()).toBeUndefined();
  expect(told.at(-1)).toBe('info: The journal can be read and written again.');
});

test('what was read last stands for what cannot be read', () => {
  using scratch = scratchDir();
  using given = contextIn(scratch.dir);
  const { store, real } = given;
  const record = begun('orders', 1);
  const disarming = { cluster: 'orders', at: 1, by: 'me', reason: '' };
  store.saveRecovery(record);
  store.disarm(disarming);
  expect([store.recoveries('orders', 5), store.disarmed('orders')]).toEqual([[record], disarming]);
  real.close();
  expect([store.recoveries('orders', 5), store.disarmed('orders')]).toEqual([[record], disarming]);
  expect(store.detections('orders', 5)).toEqual([]);
  expect(() => store.knownInstances('orders')).toThrow(/closed already/);
  expect(given.trouble()).toMatch(/closed already/);
});

test('whoever has the watch keeps it while nothing can be written, and yields to one that took it meanwhile', () => {
  using scratch = scratchDir();
  using given = contextIn(scratch.dir);
  const lease = watchLease('orders', given.store, 'me@here (1)');
  expect(lease.claim()).toEqual({ holder: 'me@here (1)', us: true });
  given.lock();
  given.clock.time.monotonic += 60_000;
  expect(lease.claim()).toEqual({ holder: 'me@here (1)', us: true });
  given.unlock();
  expect(given.real.takeLease('watch:orders', 'you@here (2)', 10_000)).toBeDefined();
  given.lock();
  expect(lease.claim()).toEqual({ holder: 'you@here (2)', us: false });
  given.unlock();
  expect(lease.claim()).toEqual({ holder: 'you@here (2)', us: false });
});

test('without the watch a locked journal gives nobody the watch', () => {
  using scratch = scratchDir();
  using given = contextIn(scratch.dir);
  given.lock();
  expect(watchLease('orders', given.store, 'me@here (1)').claim()).toBeNull();
});
