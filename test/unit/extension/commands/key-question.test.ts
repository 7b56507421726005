import { expect, test } from 'vitest';
import { noKey, type ServerKey } from '../../../../src/core/model/server-key.ts';
import {
  acceptShown,
  keyQuestion,
  offeredKeys,
} from '../../../../src/extension/commands/key-question.ts';
import { english } from '../../../../src/protocol/localizer.ts';

const changed: ServerKey = {
  address: 'db2:3306',
  key: 'SHA256:old',
  offered: 'SHA256:new',
  at: 1,
};

/** The keys that a journal holds. */
function journalOf(...all: readonly ServerKey[]) {
  const keys = new Map(all.map((it) => [it.address, it]));
  return {
    keys,
    serverKeys: () => [...keys.values()],
    putServerKey: (_: string, key: ServerKey) => {
      keys.set(key.address, key);
    },
    forgetServerKey: (_: string, address: string) => keys.delete(address),
  };
}

test('both fingerprints are shown before anything is accepted', () => {
  const { title, detail, accept } = keyQuestion(changed, english);
  expect(title).toBe('db2:3306 shows another TLS key than before. Accept it?');
  expect(detail).toContain('Before: SHA256:old\nNow: SHA256:new\n');
  expect(accept).toBe('Accept New Key');
});

test('where TLS is gone, that is what is asked about', () => {
  const { title, detail, accept } = keyQuestion({ ...changed, offered: noKey }, english);
  expect(title).toContain('offers none now');
  expect(detail).toContain('would not be encrypted');
  expect(accept).toBe('Connect Without TLS');
});

test('what was shown becomes the key, and no longer waits for a person', () => {
  const other = { ...changed, address: 'db3:3306', offered: null };
  const journal = journalOf(changed, other);
  expect(offeredKeys(journal, 'orders', undefined)).toEqual([changed]);
  expect(offeredKeys(journal, 'orders', 'db3:3306')).toEqual([]);
  expect(acceptShown(journal, 'orders', changed, 9)).toBe(true);
  expect(journal.keys.get('db2:3306')).toEqual({
    address: 'db2:3306',
    key: 'SHA256:new',
    offered: null,
    at: 9,
  });
});

test('a server that offers no TLS any more is known as none', () => {
  const gone = { ...changed, offered: noKey };
  const journal = journalOf(gone);
  expect(acceptShown(journal, 'orders', gone, 9)).toBe(true);
  expect(journal.keys.size).toBe(0);
});

test('a key that was not shown to the person is not accepted', () => {
  const journal = journalOf({ ...changed, offered: 'SHA256:third' });
  expect(acceptShown(journal, 'orders', changed, 9)).toBe(false);
  expect(journal.keys.get('db2:3306')?.key).toBe('SHA256:old');
});
