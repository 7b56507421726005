import { expect, test } from 'vitest';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import type { StoppedReceiver } from '../../../../src/core/model/watch.ts';
import { scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

const stopped = (instance: string): StoppedReceiver => ({
  instance,
  source: 'db1:3306',
  at: 12.5,
  by: 'me@here (1)',
});

test('whoever opens the journal knows which receivers another process left stopped, per cluster', () => {
  using scratch = scratchDir();
  const clock = setClock();
  const one = openStore(scratch.dir, { clock });
  one.noteStopped('orders', [stopped('db3:3306'), stopped('db2:3306')]);
  one.noteStopped('stock', [stopped('db9:3306')]);
  const other = openStore(scratch.dir, { clock });
  expect(other.stoppedReceivers('orders')).toEqual([stopped('db2:3306'), stopped('db3:3306')]);
  other.noteStopped('orders', [stopped('db3:3306')]);
  expect(one.stoppedReceivers('orders')).toEqual([stopped('db3:3306')]);
  other.noteStopped('orders', []);
  expect(one.stoppedReceivers('orders')).toEqual([]);
  expect(one.stoppedReceivers('stock')).toHaveLength(1);
  other.close();
  one.close();
});
