import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, Socket, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { directDial } from '../../../../src/adapters/dial.ts';
import {
  ClientConnection,
  type ConnectionBounds,
} from '../../../../src/adapters/proxy/client-connection.ts';
import { endpointOf } from '../../../../src/adapters/proxy/endpoint.ts';
import {
  echo,
  freeAddress,
  hears,
  named,
  silent,
  startClient,
  startTarget,
  type Client,
} from '../../../support/harness/proxy/ends.ts';
import { until } from '../../../support/harness/until.ts';

let listener: Server;
let address: string;

beforeEach(async () => {
  address = await freeAddress();
  listener = createServer({ allowHalfOpen: true });
  listener.listen(Number(address.split(':')[1]), '127.0.0.1');
  await once(listener, 'listening');
});
afterEach(() => {
  listener.close();
});

interface Arrival {
  readonly client: Client;
  /** The proxy's side of it. */
  readonly socket: Socket;
  readonly connection: ClientConnection;
  /** What was told of it, in order. */
  readonly told: readonly string[];
}

async function arrive(bounds: Partial<ConnectionBounds> = {}): Promise<Arrival> {
  const told: string[] = [];
  const accepted = once(listener, 'connection');
  const client = await startClient(address);
  const [socket]: Socket[] = await accepted;
  if (socket === undefined) {
    throw new Error('Nobody came.');
  }
  const connection = new ClientConnection(
    socket,
    { waitMs: 5_000, attemptMs: 5_000, dial: directDial, ...bounds },
    {
      reached: () => told.push('reached'),
      missed: () => told.push('missed'),
      ended: () => told.push('ended'),
    },
  );
  return { client, socket, connection, told };
}

/** What the system still holds open in this process, whatever the objects say of themselves. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((it) => it === 'TCPSocketWrap').length;
}

test('a cut at the very moment of an end leaves no socket open on either side', async () => {
  const target = await startTarget(named('db1'));
  const { client, socket, connection, told } = await arrive();
  connection.reach(endpointOf(target.address));
  await hears(client, 'db1\n');
  socket.on('end', () => {
    connection.cut();
  });
  client.socket.end();
  await until('both sides to be closed', () => socket.closed && target.sockets.size === 0);
  expect(told).toEqual(['reached', 'ended']);
  await target.kill();
  client.socket.destroy();
  await until('no socket to be left', () => openSockets() === 0);
});

test('an end of the target at the very moment of a cut leaves no socket open either', async () => {
  const target = await startTarget(echo);
  const { client, socket, connection, told } = await arrive();
  connection.reach(endpointOf(target.address));
  client.socket.write('a');
  await hears(client, 'a');
  const end = socket.end.bind(socket);
  socket.end = (): Socket => {
    end();
    connection.cut();
    return socket;
  };
  [...target.sockets][0]?.end();
  await until('both sides to be closed', () => socket.closed && target.sockets.size === 0);
  expect(told).toEqual(['reached', 'ended']);
  await target.kill();
  client.socket.destroy();
  await until('no socket to be left', () => openSockets() === 0);
});

test('what its target has not taken yet is cut too, though the client has left in good order', async () => {
  let fate = 'open';
  const target = await startTarget((socket) => {
    socket.pause();
    socket.end('db1');
    socket.on('error', (error: NodeJS.ErrnoException) => (fate = error.code ?? ''));
  });
  let upstream: Socket | undefined;
  const note = (message: unknown): void => {
    if (message instanceof Object && 'socket' in message && message.socket instanceof Socket) {
      upstream = message.socket;
    }
  };
  const { client, socket, connection, told } = await arrive();
  subscribe('net.client.socket', note);
  connection.reach(endpointOf(target.address));
  unsubscribe('net.client.socket', note);
  if (upstream === undefined) {
    throw new Error('It reached for nobody.');
  }
  await until('the target to have ended', () => client.fate() === 'ended');

  // Piece by piece until the target's system is full to the brim and takes only a part of one.
  for (let sent = 8_192; upstream.writableLength === 0; sent += 8_192) {
    client.socket.write(Buffer.alloc(8_192));
    while (socket.bytesRead < sent) {
      await setImmediate();
    }
  }
  client.socket.end();
  await until('the client to be gone', () => socket.closed);
  expect(told).toEqual(['reached']);
  connection.cut();
  expect(upstream.destroyed).toBe(true);
  expect(told).toEqual(['reached', 'ended']);
  [...target.sockets][0]?.resume();
  await until('the target to notice', () => fate === 'ECONNRESET');
  await target.kill();
});

test('the bound on an attempt ends with it: who has reached the target may be idle for longer', async () => {
  const target = await startTarget(silent);
  const { client, connection, told } = await arrive({ attemptMs: 100 });
  connection.reach(endpointOf(target.address));
  await until('it to be there', () => told.includes('reached'));
  const joinedAt = performance.now();
  await until('some time to pass', () => performance.now() - joinedAt > 400);
  expect(client.fate()).toBe('open');
  expect(told).toEqual(['reached']);
  connection.cut();
  await target.kill();
});

test('an attempt that gets no answer at all is given up, and the client goes on waiting', async () => {
  const deaf = await startDeafTarget();
  const { client, connection, told } = await arrive({ attemptMs: 100 });
  const crowd = await Promise.all([1, 2, 3, 4].map(() => arrive()));
  crowd.forEach((it) => {
    it.connection.reach(endpointOf(deaf.address));
  });
  await until('its queue to be full', () => crowd.some((it) => it.told.includes('reached')));
  connection.reach(endpointOf(deaf.address));
  await until('the attempt to be given up', () => told.includes('missed'));
  expect(told).toEqual(['missed']);
  expect(client.fate()).toBe('open');

  const target = await startTarget(named('db1'));
  connection.reach(endpointOf(target.address));
  await hears(client, 'db1\n');
  [connection, ...crowd.map((it) => it.connection)].forEach((it) => {
    it.cut();
  });
  await deaf.stop();
  await target.kill();
});

test('a client of a target that falls silent before its first word has the whole patience again', async () => {
  const target = await startTarget(silent);
  const { client, connection, told } = await arrive({ waitMs: 300 });
  connection.reach(endpointOf(target.address));
  await until('it to be there', () => told.includes('reached'));
  const joinedAt = performance.now();
  await until('its patience to be over', () => performance.now() - joinedAt > 350);
  const recalledAt = performance.now();
  expect(connection.recall()).toBe(true);
  await until('it to be closed', () => client.fate() === 'ECONNRESET');
  expect(performance.now() - recalledAt).toBeGreaterThan(290);
  await target.kill();
});

/** Listens with a queue of one and never takes anybody from it: the system drops whoever comes later. */
async function startDeafTarget(): Promise<{
  readonly address: string;
  readonly stop: () => Promise<unknown>;
}> {
  const port = Number((await freeAddress()).split(':')[1]);
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    require('node:net').createServer().listen({ port: ${String(port)}, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage('listening');
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`,
    { eval: true },
  );
  await once(worker, 'message');
  return { address: `127.0.0.1:${String(port)}`, stop: () => worker.terminate() };
}
