import { expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { Credentials, type Account } from '../../../src/extension/credentials.ts';

const orders: Account = {
  id: 'orders',
  user: 'monitor',
  replicationUser: 'repl',
  seeds: ['db1:3306', 'db2:3306'],
};

/** The editor's safe, as far as it is asked. */
function safeWith(entries: Readonly<Record<string, string>> = {}) {
  const kept = new Map(Object.entries(entries));
  const safe: vscode.SecretStorage = {
    get: (key) => Promise.resolve(kept.get(key)),
    store: (key, value) => Promise.resolve(void kept.set(key, value)),
    delete: (key) => Promise.resolve(void kept.delete(key)),
    keys: () => Promise.resolve([...kept.keys()]),
    onDidChange: () => ({ dispose: () => undefined }),
  };
  return { kept, safe };
}

test('a password is given to its own user and seeds alone, in whatever order they stand', async () => {
  const credentials = new Credentials(safeWith().safe, () => false);
  await credentials.keep(orders, 'monitor', 'hush');
  const reordered = { ...orders, seeds: orders.seeds.toReversed() };
  expect(await credentials.read(reordered, 'monitor')).toBe('hush');
  for (const other of [
    { ...orders, seeds: ['evil.example:3306'] },
    { ...orders, seeds: [...orders.seeds, 'evil.example:3306'] },
    { ...orders, user: 'root' },
    { ...orders, id: 'stock' },
  ]) {
    expect(await credentials.read(other, 'monitor')).toBeUndefined();
  }
  expect(await credentials.read(orders, 'replication')).toBeUndefined();
});

test('a password of an earlier version goes over to the cluster of the user, and to no other', async () => {
  const before = { 'password/monitor/orders': 'hush' };
  const foreign = new Credentials(safeWith(before).safe, () => false);
  expect(await foreign.read(orders, 'monitor')).toBeUndefined();
  const { safe, kept } = safeWith(before);
  const own = new Credentials(safe, () => true);
  expect(await own.read(orders, 'monitor')).toBe('hush');
  expect(kept.has('password/monitor/orders')).toBe(false);
  expect(await new Credentials(safe, () => false).read(orders, 'monitor')).toBe('hush');
});

test('where the user changes the seeds their passwords go along, another user needs one of its own', async () => {
  const credentials = new Credentials(safeWith().safe, () => true);
  await credentials.keep(orders, 'monitor', 'hush');
  await credentials.keep(orders, 'replication', 'quiet');
  const moved = { ...orders, seeds: ['db9:3306'], user: 'other' };
  await credentials.follow(orders, moved);
  expect(await credentials.read(moved, 'replication')).toBe('quiet');
  expect(await credentials.read(moved, 'monitor')).toBeUndefined();
  expect(await credentials.read(orders, 'monitor')).toBe('hush');
});

test('a cluster that a person removed leaves no password behind, and others keep theirs', async () => {
  const { safe, kept } = safeWith({
    'password/monitor/orders': 'of an earlier version',
    'ssh-passphrase/newest': 'way',
  });
  const credentials = new Credentials(safe, () => true);
  const others = [
    { ...orders, id: 'orders-eu' },
    { ...orders, id: 'stock' },
  ];
  for (const it of [orders, { ...orders, user: 'former' }, ...others]) {
    await credentials.keep(it, 'monitor', 'hush');
    await credentials.keep(it, 'replication', 'quiet');
  }
  await credentials.forget('orders');
  expect([...kept.keys()].filter((it) => /\/orders(\/|$)/.test(it))).toEqual([]);
  for (const it of others) expect(await credentials.read(it, 'replication')).toBe('quiet');
  expect(kept.has('ssh-passphrase/newest')).toBe(true);
});
