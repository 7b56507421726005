import { afterEach, expect, test } from 'vitest';
import { connect, type Login } from '../../../../src/adapters/mysql/connect.ts';
import { sampleKeys } from '../../../support/builders/sample-keys.ts';
import { tinyServer, type Say, type TinyServer } from '../../../support/harness/tiny-server.ts';
import { until } from '../../../support/harness/until.ts';

let server: TinyServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const login: Login = {
  user: 'orc_client_user',
  password: () => Promise.resolve('monitor-Pw'),
  tls: () => undefined,
};

/** One packet after the other of the largest size, which the driver puts together. `sent`: bytes. */
function flood({ socket }: Say, sent: { bytes: number }): void {
  const largest = 0xff_ff_ff;
  const block = Buffer.alloc(4 + largest);
  block.writeUIntLE(largest, 0, 3);
  const pump = (): void => {
    if (socket.destroyed) return;
    sent.bytes += block.length;
    socket.write(block, () => setImmediate(pump));
  };
  pump();
}

test.each([{ name: 'in clear' }, { name: 'over TLS', tls: () => sampleKeys.one }])(
  'what a server sends $name while nothing is asked ends the session',
  async ({ tls }) => {
    const sent = { bytes: 0 };
    server = await tinyServer({
      ...(tls === undefined ? {} : { tls }),
      answer: (_, say) => {
        say.ok();
        flood(say, sent);
      },
    });
    const session = await connect(server.address, login, 1_000, AbortSignal.timeout(5_000));
    await session.query('DO 1', 1_000);
    await until('the session is closed', () => session.closed);
    // One packet may be under way in the buffers of both sides.
    expect(sent.bytes).toBeLessThan(3 * 0x100_0000);
    await expect(session.query('DO 1', 1_000)).rejects.toMatchObject({ code: 'connection-lost' });
  },
);

test('a login without end is cut, and the server lives', async () => {
  const sent = { bytes: 0 };
  server = await tinyServer({
    login: (say) => {
      flood(say, sent);
    },
  });
  const began = performance.now();
  await expect(
    connect(server.address, login, 3_000, AbortSignal.timeout(5_000)),
  ).rejects.toMatchObject({
    code: 'server-error',
    message: expect.stringContaining('64 KB without being asked'),
  });
  expect(performance.now() - began).toBeLessThan(2_500);
  expect(sent.bytes).toBeLessThan(3 * 0x100_0000);
});
