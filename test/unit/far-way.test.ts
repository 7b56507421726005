import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FarWay } from '../servers/far-way.ts';
import { portOf } from '../servers/fault-proxy.ts';
import { until } from '../support/harness/until.ts';

/** A server that greets and says everything back, and the way to it. */
async function echoFrom(roundTripMs: number, jitterMs: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('hello;');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const way = await FarWay.before(portOf(server), { roundTripMs, jitterMs });
  const end = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    sockets.forEach((it) => it.destroy());
    await closed;
  };
  onTestFinished(async () => {
    await way.close();
    if (server.listening) await end();
  });
  const port = Number(way.address.split(':')[1]);
  const dial = (): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    return socket;
  };
  return { way, dial, end };
}

test('a greeting takes two round trips and an answer one, and none overtakes another', async () => {
  const { way, dial } = await echoFrom(40, 30);
  const startedAt = performance.now();
  const socket = dial();
  let heard = '';
  socket.on('data', (piece: Buffer) => (heard += piece.toString()));
  await until('it greets', () => heard === 'hello;');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);

  const askedAt = performance.now();
  const said = Array.from({ length: 50 }, (_, place) => `${String(place)};`);
  for (const it of said) {
    socket.write(it);
    await new Promise(setImmediate);
  }
  await until('all came back', () => heard.endsWith('49;'));
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(39);
  expect(heard).toBe(`hello;${said.join('')}`);

  const [first, second] = way.exchanges;
  expect(first?.says).toBe('(connects)');
  expect((second?.answeredAt ?? 0) - (second?.askedAt ?? 0)).toBeGreaterThanOrEqual(39);
});

test('where a server ended, nobody listens', async () => {
  const { dial, end } = await echoFrom(10, 0);
  const socket = dial();
  await once(socket, 'data');
  await end();
  await once(socket, 'close');

  const refused = async (): Promise<boolean> => {
    const [error]: unknown[] = await once(dial(), 'close').catch((reason: unknown) => [reason]);
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  };
  await until('connections are refused', refused);
  expect(await refused()).toBe(true);
});
