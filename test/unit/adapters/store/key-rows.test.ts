import { expect, test } from 'vitest';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

const known = { address: 'db1:3306', key: 'SHA256:good', offered: null, at: 1 };

test('a key that was seen never replaces another, which only a person may do', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  store.noteServerKey('orders', known);
  store.noteServerKey('orders', { ...known, key: 'SHA256:evil', at: 2 });
  expect(store.serverKeys('orders')).toEqual([known]);
  store.noteServerKey('orders', { ...known, offered: 'SHA256:evil', at: 3 });
  expect(store.serverKeys('orders')).toEqual([{ ...known, offered: 'SHA256:evil', at: 3 }]);
  store.putServerKey('orders', { ...known, key: 'SHA256:next' });
  expect(store.serverKeys('orders')[0]?.key).toBe('SHA256:next');
  // Where there was no TLS at all, the first key may come.
  store.putServerKey('stock', { ...known, key: 'none' });
  store.noteServerKey('stock', known);
  expect(store.serverKeys('stock')).toEqual([known]);
  store.close();
});
