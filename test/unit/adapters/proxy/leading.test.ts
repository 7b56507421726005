import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { directDial, type ServerStream } from '../../../../src/adapters/dial.ts';
import type {
  EmbeddedProxy,
  EmbeddedProxyOptions,
} from '../../../../src/adapters/proxy/embedded-proxy.ts';
import {
  counts,
  echo,
  freeAddress,
  hears,
  isReset,
  named,
  openProxy,
  silent,
  startClient,
  startTarget,
  type Behaviour,
  type Client,
  type Target,
} from '../../../support/harness/proxy/ends.ts';
import { until } from '../../../support/harness/until.ts';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((it) => it()));
});

async function proxyWith(
  options: Partial<EmbeddedProxyOptions> = {},
): Promise<{ readonly proxy: EmbeddedProxy; readonly listen: string }> {
  const made = await openProxy(options);
  cleanUps.push(() => made.proxy.close());
  return made;
}

async function targetThat(behaviour: Behaviour, port?: number): Promise<Target> {
  const made = await startTarget(behaviour, port);
  cleanUps.push(() => made.kill().catch(() => undefined));
  return made;
}

test('another target resets those that lead to the old one on both sides; new ones reach the new one', async () => {
  const fates: string[] = [];
  const db1 = await targetThat((socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => fates.push(error.code ?? ''));
    named('db1')(socket);
  });
  const db2 = await targetThat(named('db2'));
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const old = await startClient(listen);
  await hears(old, 'db1\n');
  proxy.leadTo(db2.address);
  expect(proxy.show()).toMatchObject({ connections: 0, target: db2.address });
  await isReset(old);
  await until('the old master to notice', () => fates.includes('ECONNRESET'));
  await hears(await startClient(listen), 'db2\n');
});

test('the same target again changes nothing for living connections', async () => {
  const db1 = await targetThat(named('db1'));
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const client = await startClient(listen);
  await hears(client, 'db1\n');
  proxy.leadTo(db1.address);
  client.socket.write('?');
  await hears(client, 'db1\ndb1\n');
  expect(db1.arrived()).toBe(1);
});

test('holding cuts the living; new ones wait, and are let through in order as soon as there is a target', async () => {
  const db1 = await targetThat(named('db1'));
  const order: string[] = [];
  const db2 = await targetThat((socket) => {
    socket.on('data', (it) => order.push(it.toString()));
    named('db2')(socket);
  });
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const old = await startClient(listen);
  await hears(old, 'db1\n');
  await proxy.hold();
  expect(proxy.show()).toMatchObject({ state: 'holding', connections: 0 });
  await isReset(old);

  const names = Array.from({ length: 80 }, (_, place) => String(place));
  const clients: Client[] = [];
  for (const name of names) {
    const client = await startClient(listen);
    client.socket.write(name);
    clients.push(client);
    await counts(proxy, clients.length);
  }
  expect(db2.arrived()).toBe(0);
  proxy.leadTo(db2.address);
  await until('all to be served', () => clients.every((it) => it.heard() === 'db2\ndb2\n'));
  expect(order).toEqual(names);
  expect(db1.arrived()).toBe(1);
});

test('what a client says while it waits arrives whole, and is not read without bound', async () => {
  const db1 = await targetThat(echo);
  const { proxy, listen } = await proxyWith();
  const client = await startClient(listen);
  const much = 'x'.repeat(20 * 1024 * 1024);
  client.socket.write(much);
  await counts(proxy, 1);
  expect(client.socket.writableLength).toBeGreaterThan(1024 * 1024);
  proxy.leadTo(db1.address);
  await hears(client, much);
});

test('who has waited for as long as may be is closed, and not before', async () => {
  const { proxy, listen } = await proxyWith({ waitMs: 200 });
  const startedAt = performance.now();
  const [held, refused] = [await startClient(listen), await startClient(listen)];
  await counts(proxy, 2);
  await Promise.all([isReset(held), isReset(refused)]);
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  proxy.leadTo(await freeAddress());
  const another = await startClient(listen);
  await isReset(another);
  await counts(proxy, 0);
});

test('while the target refuses, a client waits and gets through once the target listens', async () => {
  const address = await freeAddress();
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(address);
  const clients = await Promise.all(Array.from({ length: 100 }, () => startClient(listen)));
  await counts(proxy, 100);
  const db1 = await targetThat(named('db1'), Number(address.split(':')[1]));
  await until('all to get through', () => clients.every((it) => it.heard() === 'db1\n'));
  expect(db1.arrived()).toBe(100);
});

test('a client of a dead target gets through to the next one as soon as it is decided', async () => {
  const db1 = await targetThat(named('db1'));
  const db2 = await targetThat(named('db2'));
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const before = await startClient(listen);
  await hears(before, 'db1\n');
  await db1.kill();
  await isReset(before);
  const after = await startClient(listen);
  await counts(proxy, 1);
  expect(after.fate()).toBe('open');
  proxy.leadTo(db2.address);
  await hears(after, 'db2\n');
});

test('a dead target is not hammered: one at a time tries, however many wait', async () => {
  const dead = await freeAddress();
  const { proxy, listen } = await proxyWith({ waitMs: 600, retryMs: 50 });
  const clients = await Promise.all(Array.from({ length: 50 }, () => startClient(listen)));
  await counts(proxy, 50);
  let attempts = 0;
  const count = (): void => {
    attempts += 1;
  };
  subscribe('net.client.socket', count);
  const beganAt = performance.now();
  proxy.leadTo(dead);
  await Promise.all(clients.map(isReset));
  unsubscribe('net.client.socket', count);
  // Each of the 50 once, then one about every 50 ms, for as long as this machine took.
  expect(attempts).toBeGreaterThan(52);
  expect(attempts).toBeLessThan(52 + (performance.now() - beganAt) / 50);
});

test('many that give up while one attempt hangs start no attempts of their own', async () => {
  const dead = await freeAddress();
  const waiting = Object.assign(new PassThrough(), { connecting: true });
  let attempts = 0;
  const open = (address: string): ServerStream => {
    attempts += 1;
    return attempts === 1 ? directDial.open(address) : waiting;
  };
  const { proxy, listen } = await proxyWith({
    waitMs: 300,
    retryMs: 50,
    dial: { ...directDial, open },
  });
  proxy.leadTo(dead);
  const clients = await Promise.all(Array.from({ length: 50 }, () => startClient(listen)));
  await Promise.all(clients.map(isReset));
  await until('all to be gone', () => proxy.show().connections === 0);
  // The first, one that hangs, and at most one every 50 ms while the last ones give up.
  expect(attempts).toBeLessThan(25);
});

test('a target that takes a connection and breaks it off before a word is tried again', async () => {
  let arrived = 0;
  const db1 = await targetThat((socket) => {
    arrived += 1;
    if (arrived <= 3) {
      socket.resetAndDestroy();
    } else {
      named('db1')(socket);
    }
  });
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const client = await startClient(listen);
  await hears(client, 'db1\n');
  expect(db1.arrived()).toBe(4);
});

test('a connection to a target that hangs before its first word is led to the next one unharmed', async () => {
  const hung = await targetThat(silent);
  const db2 = await targetThat(named('db2'));
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(hung.address);
  const client = await startClient(listen);
  await until('the target to have it', () => hung.arrived() === 1);
  proxy.leadTo(db2.address);
  await hears(client, 'db2\n');
  await until('the hung target to be left', () => hung.sockets.size === 0);
  expect(client.fate()).toBe('open');
});

test('a client that has said something to a silent target is cut, never moved', async () => {
  const heard: string[] = [];
  const hung = await targetThat((socket) => socket.on('data', (it) => heard.push(it.toString())));
  const db2 = await targetThat(named('db2'));
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(hung.address);
  const client = await startClient(listen);
  client.socket.write('INSERT');
  await until('it to arrive', () => heard.includes('INSERT'));
  proxy.leadTo(db2.address);
  await isReset(client);
  expect(client.heard()).toBe('');
  expect(db2.arrived()).toBe(0);
});

test('a connection that has ended in one direction is cut too, however much is still to be delivered', async () => {
  const db1 = await targetThat((socket) => {
    socket.pause();
    socket.write('db1\n');
  });
  const { proxy, listen } = await proxyWith();
  proxy.leadTo(db1.address);
  const client = await startClient(listen);
  await hears(client, 'db1\n');
  client.socket.end('x'.repeat(20 * 1024 * 1024));
  await until('the writer to be stopped', () => client.socket.writableLength > 0);
  await proxy.hold();
  expect(proxy.show().connections).toBe(0);
  await isReset(client);
});

test('a client that leaves while it waits is forgotten at once', async () => {
  const { proxy, listen } = await proxyWith();
  const clients = await Promise.all([1, 2, 3].map(() => startClient(listen)));
  await counts(proxy, 3);
  clients[0]?.socket.end();
  clients[1]?.socket.resetAndDestroy();
  clients[2]?.socket.destroy();
  await counts(proxy, 0);
  const db1 = await targetThat(named('db1'));
  proxy.leadTo(db1.address);
  await hears(await startClient(listen), 'db1\n');
  expect(db1.arrived()).toBe(1);
});

test('an idle connection that has a target is not ended by the bound on waiting', async () => {
  const db1 = await targetThat(silent);
  const { proxy, listen } = await proxyWith({ waitMs: 50 });
  proxy.leadTo(db1.address);
  const client = await startClient(listen);
  await until('the target to have it', () => db1.arrived() === 1);
  const lonely = await proxyWith({ waitMs: 300 });
  await isReset(await startClient(lonely.listen));
  expect(client.fate()).toBe('open');
  expect(proxy.show().connections).toBe(1);
});
