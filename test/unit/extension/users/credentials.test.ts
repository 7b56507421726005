import { expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { Credentials, type Account } from '../../../../src/extension/users/credentials.ts';

const orders: Account = {
  id: 'orders',
  user: 'monitor',
  replicationUser: 'repl',
  seeds: ['db1:3306', 'db2:3306'],
  addresses: {},
};

const ofOwn = (): string => 'user';
const ofFolder = (): string => 'file:///home/ann/shop';

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
  const credentials = new Credentials(safeWith().safe, ofOwn);
  await credentials.keep(orders, 'monitor', 'hush');
  const reordered = { ...orders, seeds: orders.seeds.toReversed() };
  expect(await credentials.read(reordered, 'monitor')).toBe('hush');
  for (const other of [
    { ...orders, seeds: ['evil.example:3306'] },
    { ...orders, seeds: [...orders.seeds, 'evil.example:3306'] },
    { ...orders, user: 'root' },
    { ...orders, id: 'stock' },
    { ...orders, addresses: { 'db1:3306': 'evil.example:3306' } },
    { ...orders, ssh: { host: 'evil.example' } },
    { ...orders, docker: { network: 'evil', host: 'tcp://evil.example:2375' } },
    { ...orders, tls: false as const },
  ]) {
    expect(await credentials.read(other, 'monitor')).toBeUndefined();
  }
  expect(await credentials.read(orders, 'replication')).toBeUndefined();
});

test('a password of an earlier version goes over to the cluster of the user, and to no other', async () => {
  const before = { 'password/monitor/orders': 'hush' };
  const foreign = new Credentials(safeWith(before).safe, ofFolder);
  expect(await foreign.read(orders, 'monitor')).toBeUndefined();
  const { safe, kept } = safeWith(before);
  const own = new Credentials(safe, ofOwn);
  expect(await own.read(orders, 'monitor')).toBe('hush');
  expect(kept.has('password/monitor/orders')).toBe(false);
  expect(await new Credentials(safe, ofFolder).read(orders, 'monitor')).toBeUndefined();
  expect(await new Credentials(safe, ofOwn).read(orders, 'monitor')).toBe('hush');
});

test('where the user changes the seeds their passwords go along, another user needs one of its own', async () => {
  const credentials = new Credentials(safeWith().safe, ofOwn);
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
  const credentials = new Credentials(safe, ofOwn);
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

/** As the version before this one named it: by cluster, user and seeds alone. */
const earlier = 'password/monitor/orders/d3a0cd3620813cd3ebad877fc4dbced3';

test('a password that was bound to user and seeds alone goes over once, to the cluster of the user', async () => {
  const { safe, kept } = safeWith({ [earlier]: 'hush' });
  expect(await new Credentials(safe, ofFolder).read(orders, 'monitor')).toBeUndefined();
  const own = new Credentials(safe, ofOwn);
  const tunnelled = { ...orders, addresses: { 'db1:3306': '127.0.0.1:13306' } };
  expect(await own.read(tunnelled, 'monitor')).toBe('hush');
  expect(kept.has(earlier)).toBe(false);
  expect(await own.read(orders, 'monitor')).toBeUndefined();
  expect(await own.read(tunnelled, 'monitor')).toBe('hush');
});

test('also where the user changed the cluster before this version was first started', async () => {
  const { safe } = safeWith({ [earlier]: 'hush' });
  const own = new Credentials(safe, ofOwn);
  const moved = { ...orders, seeds: ['db9:3306'], addresses: { 'db9:3306': '10.0.0.9:3306' } };
  await own.follow(orders, moved);
  expect(await own.read(moved, 'monitor')).toBe('hush');
});

test('where the user changes the way to a cluster its password goes along, and not back', async () => {
  const own = new Credentials(safeWith().safe, ofOwn);
  await own.keep(orders, 'monitor', 'hush');
  const mapped = {
    ...orders,
    addresses: { 'db2:3306': '10.0.0.2:3306', 'db1:3306': '10.0.0.1:3306' },
  };
  await own.follow(orders, mapped);
  const reordered = {
    ...mapped,
    addresses: { 'db1:3306': '10.0.0.1:3306', 'db2:3306': '10.0.0.2:3306' },
  };
  expect(await own.read(reordered, 'monitor')).toBe('hush');
  expect(await own.read(orders, 'monitor')).toBeUndefined();
});

test('a folder keeps the password that it used before, and one that names the cluster later gets none', async () => {
  const { safe } = safeWith({ [earlier]: 'hush' });
  const folder = new Credentials(safe, ofFolder);
  await folder.settleFolders([{ ...orders, origin: ofFolder() }]);
  expect(await folder.read(orders, 'monitor')).toBe('hush');
  expect(await new Credentials(safe, () => 'file:///evil').read(orders, 'monitor')).toBeUndefined();
  expect(await new Credentials(safe, ofOwn).read(orders, 'monitor')).toBeUndefined();
  const late = safeWith({ [earlier]: 'hush' });
  await new Credentials(late.safe, ofOwn).settleFolders([]);
  const evil = new Credentials(late.safe, () => 'file:///evil');
  await evil.settleFolders([{ ...orders, origin: 'file:///evil' }]);
  expect(await evil.read(orders, 'monitor')).toBeUndefined();
});

test('a password that was stored for the user is none of a folder, and the other way round', async () => {
  const { safe } = safeWith();
  const [own, folder] = [new Credentials(safe, ofOwn), new Credentials(safe, ofFolder)];
  await own.keep(orders, 'monitor', 'hush');
  expect(await folder.read(orders, 'monitor')).toBeUndefined();
  await folder.keep(orders, 'monitor', 'other');
  expect([await own.read(orders, 'monitor'), await folder.read(orders, 'monitor')]).toEqual([
    'hush',
    'other',
  ]);
  expect([await own.has('orders'), await own.has('order')]).toEqual([true, false]);
  await own.forget('orders');
  expect([await folder.read(orders, 'monitor'), await own.has('orders')]).toEqual([
    undefined,
    false,
  ]);
});
