import { expect, onTestFinished, test } from 'vitest';
import { runBounded } from '../../../../src/adapters/mysql/bounded-statement.ts';
import { connect, type Login } from '../../../../src/adapters/mysql/connect.ts';
import { tinyServer, type TinyWish } from '../../../support/harness/tiny-server.ts';

const login: Login = {
  user: 'orc_client_user',
  password: () => Promise.resolve('monitor-Pw'),
  tls: () => undefined,
};
const second = { login, connectTimeoutMs: 1_000 };

async function sessionOf(wish: TinyWish) {
  const server = await tinyServer(wish);
  const session = await connect(server.address, login, 1_000, AbortSignal.timeout(5_000));
  onTestFinished(async () => {
    session.hangUp();
    await server.close();
  });
  // What every session begins with is said with its first question.
  await session.query('DO 1', 1_000);
  server.asked.length = 0;
  return { server, session };
}

test('the bound of a statement travels with it', async () => {
  const { server, session } = await sessionOf({});

  await runBounded(session, 'STOP SLAVE', 5_000, second);

  expect(server.asked).toEqual(['SET SESSION lock_wait_timeout = 4;\nSTOP SLAVE']);
});

test('what the server says against it is told', async () => {
  const { session } = await sessionOf({
    answer: (sql, say) => {
      if (sql.includes('STOP SLAVE')) say.error(1205, 'Lock wait timeout exceeded');
      else say.ok();
    },
  });

  const stopping = runBounded(session, 'STOP SLAVE', 5_000, second);

  await expect(stopping).rejects.toMatchObject({ errno: 1205 });
});
