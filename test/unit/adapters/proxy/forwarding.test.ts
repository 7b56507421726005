import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedProxy } from '../../../../src/adapters/proxy/embedded-proxy.ts';
import {
  counts,
  echo,
  hears,
  isReset,
  named,
  openProxy,
  startClient,
  startTarget,
  type Behaviour,
  type Target,
} from '../../../support/harness/proxy/ends.ts';
import { until } from '../../../support/harness/until.ts';

let proxy: EmbeddedProxy;
let listen: string;
let target: Target;

beforeEach(async () => {
  ({ proxy, listen } = await openProxy());
});
afterEach(async () => {
  await proxy.close();
  await target.kill();
});

async function leadTo(behaviour: Behaviour): Promise<void> {
  target = await startTarget(behaviour);
  proxy.leadTo(target.address);
}

test('bytes go there and back, whatever they are', async () => {
  await leadTo(echo);
  const client = await startClient(listen);
  const sent = randomBytes(200_000).toString('latin1');
  client.socket.write(sent, 'latin1');
  await hears(client, sent);
  expect(proxy.show().connections).toBe(1);
  client.socket.end();
  await until('the end to come back', () => client.fate() === 'ended');
  await counts(proxy, 0);
});

test('a server that speaks first is heard', async () => {
  await leadTo(named('db1'));
  const client = await startClient(listen);
  await hears(client, 'db1\n');
  expect(client.fate()).toBe('open');
});

const hundredMegabytes = 100 * 1024 * 1024;
const piece = randomBytes(64 * 1024);

interface Pouring {
  written: number;
  readonly hash: Promise<string>;
}

/** Writes as fast as the other end takes it, then ends. */
function pour(socket: Socket, bytes: number): Pouring {
  const hash = createHash('sha256');
  const work = async (): Promise<string> => {
    while (pouring.written < bytes) {
      hash.update(piece);
      pouring.written += piece.length;
      if (!socket.write(piece)) {
        await once(socket, 'drain');
      }
    }
    socket.end();
    return hash.digest('hex');
  };
  const pouring = { written: 0, hash: Promise.resolve().then(work) };
  return pouring;
}

/** Reads to the end, with a rest after every 8 MB. */
async function drink(socket: Socket): Promise<string> {
  const hash = createHash('sha256');
  let untilRest = 8 * 1024 * 1024;
  for await (const it of socket) {
    const bytes = Buffer.from(it);
    hash.update(bytes);
    untilRest -= bytes.length;
    if (untilRest < 0) {
      untilRest = 8 * 1024 * 1024;
      await sleep(10);
    }
  }
  return hash.digest('hex');
}

/** Polls until nothing moves any more. */
async function standsStill(value: () => number): Promise<void> {
  let last = value();
  let sameSince = performance.now();
  await until('the writer to be stopped by back-pressure', () => {
    if (value() !== last) {
      last = value();
      sameSince = performance.now();
    }
    return performance.now() - sameSince > 300;
  });
}

test('100 MB each way at once: a reader that stops stops the writer, memory stays bounded, and every byte arrives', async () => {
  let far: Socket | undefined;
  await leadTo((socket) => {
    far = socket;
  });
  const near = connect({
    host: '127.0.0.1',
    port: Number(listen.split(':')[1]),
    allowHalfOpen: true,
  });
  near.on('error', () => undefined);
  await until('the connection', () => far !== undefined);
  if (far === undefined) {
    throw new Error('Nobody came.');
  }
  const before = process.memoryUsage();
  const there = pour(near, hundredMegabytes);
  const back = pour(far, hundredMegabytes);
  await standsStill(() => there.written + back.written);
  const stopped = process.memoryUsage();
  expect(there.written).toBeLessThan(hundredMegabytes);
  expect(back.written).toBeLessThan(hundredMegabytes);
  expect(stopped.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
  expect(stopped.rss - before.rss).toBeLessThan(64 * 1024 * 1024);

  const heardThere = drink(far);
  const heardBack = drink(near);
  expect(await heardThere).toBe(await there.hash);
  expect(await heardBack).toBe(await back.hash);
  await counts(proxy, 0);
}, 60_000);

test('a client that has ended still hears the whole answer', async () => {
  let question = '';
  await leadTo((socket) => {
    socket.on('data', (it) => (question += it.toString()));
    socket.on('end', () => socket.end(`you asked: ${question}`));
  });
  const client = await startClient(listen);
  client.socket.end('what is new?');
  await hears(client, 'you asked: what is new?');
  await until('the end', () => client.fate() === 'ended');
  expect(question).toBe('what is new?');
  await counts(proxy, 0);
});

test('a server that has ended still hears the client', async () => {
  let heard = '';
  await leadTo((socket) => {
    socket.end('goodbye');
    socket.on('data', (it) => (heard += it.toString()));
  });
  const client = await startClient(listen);
  await until('the end', () => client.fate() === 'ended');
  expect(client.heard()).toBe('goodbye');
  expect(proxy.show().connections).toBe(1);
  client.socket.end('see you');
  await until('the last words', () => heard === 'see you');
  await counts(proxy, 0);
});

test('a target that dies in the middle of an answer resets its client, and nothing else', async () => {
  await leadTo(named('db1'));
  const [one, other] = [await startClient(listen), await startClient(listen)];
  await hears(one, 'db1\n');
  await hears(other, 'db1\n');
  const [first] = target.sockets;
  first?.resetAndDestroy();
  await isReset(one);
  other.socket.write('still there?');
  await hears(other, 'db1\ndb1\n');
  expect(proxy.show().connections).toBe(1);
});

test('a client that breaks off resets its side of the server', async () => {
  const fates: string[] = [];
  await leadTo((socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => fates.push(error.code ?? ''));
    socket.write('db1');
    socket.resume();
  });
  const client = await startClient(listen);
  await hears(client, 'db1');
  client.socket.resetAndDestroy();
  await until('the server to notice', () => fates.includes('ECONNRESET'));
  await counts(proxy, 0);
  expect(target.sockets.size).toBe(0);
});

test('500 connections at once are all served, each with its own answer', async () => {
  await leadTo(echo);
  const clients = await Promise.all(Array.from({ length: 500 }, () => startClient(listen)));
  clients.forEach(({ socket }, place) => socket.write(`I am ${String(place)}`));
  await until('all answers', () =>
    clients.every((it, place) => it.heard() === `I am ${String(place)}`),
  );
  expect(proxy.show().connections).toBe(500);
  expect(target.sockets.size).toBe(500);
  clients.forEach(({ socket }) => socket.end());
  await counts(proxy, 0);
  await until('the target to be left alone', () => target.sockets.size === 0);
}, 30_000);

function handles(): number {
  return process.getActiveResourcesInfo().filter((it) => /^(TCP|Timeout)/.test(it)).length;
}

test('10,000 connections, ended in every way, leave nothing behind', async () => {
  await leadTo(echo);
  const before = handles();
  const endings: readonly ((socket: Socket) => unknown)[] = [
    (socket) => socket.end(),
    (socket) => socket.destroy(),
    (socket) => socket.resetAndDestroy(),
  ];
  const answers: string[] = [];
  const workThrough = async (first: number): Promise<void> => {
    for (let place = first; place < 10_000; place += 20) {
      const { socket, heard } = await startClient(listen);
      if (place % 2 === 0) {
        socket.write('x');
        await once(socket, 'data');
        answers.push(heard());
      }
      endings[place % endings.length]?.(socket);
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, place) => workThrough(place)));
  expect(answers).toEqual(Array.from({ length: 5_000 }, () => 'x'));
  await counts(proxy, 0);
  await until('the sockets of the target to be closed', () => target.sockets.size === 0);
  // Sooner than a forgotten timer would end by itself.
  await until('no handle to be left', () => handles() <= before, 3_000);
}, 60_000);
