import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Dial } from '../../src/adapters/dial.ts';
import { Sshd } from '../servers/sshd.ts';
import { echo, named, startTarget, type Target } from '../support/harness/proxy/ends.ts';
import { echoes, refusal, SshHome } from '../support/harness/ssh-home.ts';
import { until } from '../support/harness/until.ts';

// Real SSH servers of Debian, on ports of their own. What is behind them is a socket that echoes.
let home: SshHome;
let target: Target;

beforeAll(async () => {
  home = await SshHome.make();
  target = await startTarget(echo);
});
afterAll(async () => {
  await target?.kill();
  await home?.remove();
});
beforeEach(() => home.begin());
afterEach(() => home.end());

test('what the far host says of a server has the reason of a socket; what it forbids says nothing', async () => {
  const strict = await Sshd.start({
    letsIn: [join(home.keys, 'open.pub')],
    options: ['AllowTcpForwarding no'],
  });
  try {
    await home.write(
      'known_hosts',
      `${await home.sshd.knownAs('127.0.0.1')}${await strict.knownAs('127.0.0.1')}`,
    );
    const closed = await startTarget(echo);
    await closed.kill();
    const dial = home.dial({ settings: { key: 'open' } });
    await dial.prepare(new AbortController().signal);
    expect(await troubleWith(dial, closed.address)).toMatchObject({ code: 'refused' });
    expect(await troubleWith(dial, 'no-such-host.invalid:3306')).toMatchObject({
      code: 'unknown-host',
      message: expect.stringContaining('cannot be reached from the SSH host 127.0.0.1'),
    });
    const other = home.dial({ settings: { key: 'open', port: strict.port } });
    await other.prepare(new AbortController().signal);
    expect(await troubleWith(other, target.address)).toMatchObject({
      code: 'not-asked',
      message: expect.stringContaining('AllowTcpForwarding'),
    });
  } finally {
    await strict.end();
  }
});

test('each direction ends by itself, a reader that stops stops the writer, and a cut closes both ends', async () => {
  const dial = home.dial({ settings: { key: 'open' } });
  await dial.prepare(new AbortController().signal);
  const stream = dial.open(target.address);
  const heard: Buffer[] = [];
  stream.on('data', (piece: Buffer) => heard.push(piece));
  const sent = Buffer.alloc(8_000_000, 'abcdefg');
  stream.end(sent);
  await once(stream, 'end');
  expect(Buffer.concat(heard).equals(sent)).toBe(true);
  await until('the stream to close', () => stream.destroyed);

  const talker = await startTarget((socket) => {
    const more = (): void => {
      while (socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', more);
    more();
  });
  const paused = dial.open(talker.address);
  await once(paused, 'connect');
  await sleep(300);
  const [far] = talker.sockets;
  const written = far?.bytesWritten ?? 0;
  await sleep(300);
  expect(far?.bytesWritten).toBe(written);
  paused.destroy();
  await until('the far end to be closed', () => talker.sockets.size === 0);
  await talker.kill();
});

test('a server that dies ends its stream at once', async () => {
  const server = await startTarget(named('db1'));
  const dial = home.dial({ settings: { key: 'open' } });
  await dial.prepare(new AbortController().signal);
  const stream = dial.open(server.address);
  await once(stream, 'data');
  const ended = once(stream, 'end');
  const before = Date.now();
  await server.kill();
  await ended;
  expect(Date.now() - before).toBeLessThan(500);
});

test('a host that dies ends all streams with not-asked, and is connected to again when it is back', async () => {
  const dial = home.dial({ settings: { key: 'open' } });
  const stream = await echoes(dial, target.address);
  const lost = once(stream, 'error');
  await home.sshd.kill();
  const [error]: unknown[] = await lost;
  expect(error).toMatchObject({ code: 'not-asked' });
  const gone = await refusal(dial.prepare(new AbortController().signal));
  expect(gone.message).toContain('The SSH host 127.0.0.1 is not reachable');
  await home.sshd.start();
  await until('to be there again', () =>
    echoes(dial, target.address).then(
      () => true,
      () => false,
    ),
  );
});

test('a host that hangs is given up within a few seconds', async () => {
  const dial = home.dial({ settings: { key: 'open' } });
  const stream = await echoes(dial, target.address);
  const lost = once(stream, 'error');
  const before = Date.now();
  await home.sshd.hang();
  try {
    const [error]: unknown[] = await lost;
    expect(error).toMatchObject({
      code: 'not-asked',
      message: 'The SSH host 127.0.0.1 is not reachable: it went silent.',
    });
    expect(Date.now() - before).toBeLessThan(7_000);
  } finally {
    await home.sshd.unhang();
  }
});

test('the socket of a Docker is reached', async () => {
  const docker = createServer((_request, response) => {
    response.end('the docker');
  });
  const socket = join(home.folder, 'docker.sock');
  docker.listen(socket);
  await once(docker, 'listening');
  try {
    const settings = home.settings({ key: 'open' });
    const way = home.bastions().docker(settings, socket);
    await way.prepare(new AbortController().signal);
    expect(await answerOf(way.open())).toContain('the docker');
  } finally {
    docker.close();
  }
});

async function answerOf(stream: Duplex): Promise<string> {
  let heard = '';
  stream.on('data', (piece) => (heard += String(piece)));
  stream.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(stream, 'end');
  return heard;
}

/** What the way tells of a server. */
async function troubleWith(dial: Dial, address: string): Promise<unknown> {
  await dial.prepare(new AbortController().signal);
  const [error]: unknown[] = await once(dial.open(address), 'error');
  return error;
}
