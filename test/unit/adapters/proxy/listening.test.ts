import { expect, test } from 'vitest';
import { EmbeddedProxy } from '../../../../src/adapters/proxy/embedded-proxy.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import {
  echo,
  freeAddress,
  openProxy,
  startClient,
  startTarget,
} from '../../../support/harness/proxy/ends.ts';

const outside = 'other machines could reach it there; use 127.0.0.1';

test.each([
  { listen: '0.0.0.0:6033', says: `The proxy does not listen on 0.0.0.0:6033: ${outside}:6033.` },
  { listen: '[::]:6033', says: `The proxy does not listen on [::]:6033: ${outside}:6033.` },
  { listen: '10.0.0.7:6033', says: `The proxy does not listen on 10.0.0.7:6033: ${outside}:6033.` },
  { listen: 'db1:6033', says: `The proxy does not listen on db1:6033: ${outside}:6033.` },
  {
    listen: '127.0.0.1:sixty',
    says: 'The proxy cannot use the address "127.0.0.1:sixty": the port must be a number between 1 and 65535.',
  },
])('listening on $listen is refused with one sentence', async ({ listen, says }) => {
  const proxy = new EmbeddedProxy({ listen });
  const error = await proxy.open().catch((it: unknown) => it);
  expect(error).toBeInstanceOf(ReplicationError);
  expect(error).toMatchObject({ code: 'refused-by-check', message: says });
  expect(proxy.show()).toMatchObject({ state: 'closed', problem: says });
});

test.each(['127.0.0.1', '127.3.2.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])(
  '%s is of this machine only, so the proxy may listen there',
  async (host) => {
    const [, port = ''] = (await freeAddress()).split(':');
    const proxy = new EmbeddedProxy({ listen: `${host}:${port}` });
    // A machine without IPv6 has no such address; it is not refused by us.
    const says = await proxy.open().then(
      () => 'open',
      (error: unknown) => String(error),
    );
    expect(says).toMatch(/^open$|has no such address/);
    await proxy.close();
  },
);

test('a port that another program has is told, and can be opened once it is free', async () => {
  const { proxy: first, listen } = await openProxy();
  const second = new EmbeddedProxy({ listen });
  const says = `The proxy cannot listen on ${listen}: another program listens there.`;
  await expect(second.open()).rejects.toMatchObject({ name: 'ReplicationError', message: says });
  expect(second.show()).toMatchObject({ state: 'closed', problem: says });
  await first.close();
  await second.open();
  expect(second.show()).toMatchObject({ state: 'holding', problem: null });
  await second.close();
});

test('what it shows follows what it was told', async () => {
  const { proxy, listen } = await openProxy();
  const about = { kind: 'embedded', listen, connections: 0, problem: null };
  expect(proxy.show()).toEqual({ ...about, state: 'holding', target: null });
  proxy.leadTo('127.0.0.1:3306');
  expect(proxy.show()).toEqual({ ...about, state: 'leading', target: '127.0.0.1:3306' });
  await proxy.hold();
  expect(proxy.show()).toEqual({ ...about, state: 'holding', target: null });
  await proxy.close();
  expect(proxy.show()).toEqual({ ...about, state: 'closed', target: null });
});

test('a bad target, or the proxy itself, is refused and leaves the old target', async () => {
  const { proxy, listen } = await openProxy();
  proxy.leadTo('127.0.0.1:3306');
  expect(() => {
    proxy.leadTo('127.0.0.1:0');
  }).toThrow('the port must be a number between 1 and 65535');
  expect(() => {
    proxy.leadTo(listen);
  }).toThrow(`The proxy on ${listen} cannot lead to itself.`);
  expect(proxy.show()).toMatchObject({ state: 'leading', target: '127.0.0.1:3306' });
  await proxy.close();
});

test('closing with living and waiting connections ends all of them, and the port is free', async () => {
  const target = await startTarget(echo);
  const { proxy, listen } = await openProxy();
  proxy.leadTo(target.address);
  const living = await Promise.all([1, 2, 3].map(() => startClient(listen)));
  living.forEach(({ socket }) => socket.write('a'));
  await expect.poll(() => living.map((it) => it.heard())).toEqual(['a', 'a', 'a']);
  const dead = await freeAddress();
  proxy.leadTo(dead);
  const waiting = await startClient(listen);
  await expect.poll(() => proxy.show().connections).toBe(1);
  await proxy.close();
  expect(proxy.show().connections).toBe(0);
  await expect.poll(() => waiting.fate()).toBe('ECONNRESET');
  await expect.poll(() => target.sockets.size).toBe(0);

  const next = new EmbeddedProxy({ listen });
  await next.open();
  await next.close();
  await target.kill();
});

test('opening twice, closing twice, and closing while it opens do no harm', async () => {
  const { proxy, listen } = await openProxy();
  await proxy.open();
  await Promise.all([proxy.close(), proxy.close()]);
  const another = new EmbeddedProxy({ listen });
  const opening = another.open();
  const [outcome] = await Promise.allSettled([opening, another.close()]);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  expect(another.show().state).toBe('closed');
  await proxy.open();
  await proxy.close();
});
