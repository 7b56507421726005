import { afterEach, describe, expect, test } from 'vitest';
import { connect, type Login } from '../../../../src/adapters/mysql/connect.ts';
import { KeptSessions } from '../../../../src/adapters/mysql/kept-sessions.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import {
  tinyServer,
  type TinyServer,
  type TinyWish,
} from '../../../support/harness/tiny-server.ts';

let server: TinyServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function started(wish: TinyWish): Promise<TinyServer> {
  server = await tinyServer(wish);
  return server;
}

const login: Login = {
  user: 'orc_client_user',
  password: () => Promise.resolve('monitor-Pw'),
  tls: () => undefined,
};

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

async function failure(doing: Promise<unknown>): Promise<ReplicationError> {
  const error: unknown = await doing.catch((it: unknown) => it);
  if (!(error instanceof ReplicationError)) throw new Error(`It did not fail: ${String(error)}`);
  return error;
}

describe('what every session relies on', () => {
  test.each([
    {
      version: '10.11.6-MariaDB',
      has: ['max_statement_time = 0', 'NO_AUTO_CREATE_USER'],
      not: ['max_execution_time'],
    },
    {
      version: '9.7.0',
      has: ['max_execution_time = 0'],
      not: ['NO_AUTO_CREATE_USER', 'max_statement_time'],
    },
    { version: '5.6.51-log', has: ['NO_AUTO_CREATE_USER'], not: ['max_execution_time'] },
  ])(
    '$version hears it with the first question, in one round trip',
    async ({ version, has, not }) => {
      const { address, asked } = await started({
        version,
        answer: (sql, say) => {
          // As a server answers several statements: each but the last says that more follows.
          const more = Buffer.from([0, 0, 0, 10, 0, 0, 0]);
          if (sql.includes('autocommit')) {
            say.packet(more);
            say.packet(more);
          }
          say.rows(['one'], [['1']]);
        },
      });
      const session = await connect(address, login, 1_000, signal());
      expect(await session.query('SELECT 1 AS one', 1_000)).toEqual([{ one: '1' }]);
      expect(await session.query('SELECT 2 AS two', 1_000)).toEqual([{ one: '1' }]);
      session.hangUp();
      expect(asked).toHaveLength(2);
      for (const it of ['autocommit = 1', "time_zone = '+00:00'", 'READ WRITE', ...has]) {
        expect(asked[0]).toContain(it);
      }
      for (const it of not) expect(asked[0]).not.toContain(it);
      expect(asked[1]).toBe('SELECT 2 AS two');
    },
  );

  test('one setting that a release does not know leaves the others and the question', async () => {
    const { address, asked } = await started({
      answer: (sql, say) => {
        if (sql.includes('completion_type')) say.error(1193, 'Unknown system variable');
        else if (sql.startsWith('SET')) say.ok();
        else say.rows(['one'], [['1']]);
      },
    });
    const session = await connect(address, login, 1_000, signal());
    expect(await session.query('SELECT 1 AS one', 1_000)).toEqual([{ one: '1' }]);
    session.hangUp();
    expect(asked).toContain('SET SESSION autocommit = 1');
  });
});

describe('a server that answers without end', () => {
  test('is cut off, is said to live, and leaves the memory', async () => {
    const { address } = await started({
      answer: (_, say) => {
        say.endless();
      },
    });
    const before = process.memoryUsage().rss;
    const error = await failure(
      connect(address, login, 1_000, signal()).then((it) => it.query('SELECT 1', 5_000)),
    );
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
    console.log(`the process grew by ${grown.toFixed(1)} MB`);
    expect(error.code).toBe('server-error');
    expect(error.message).toContain('larger than 10000 rows or 8 MB');
    expect(grown).toBeLessThan(60);
  });

  test('also in one value that never ends', async () => {
    const { address } = await started({
      answer: (_, say) => {
        say.packet(Buffer.from([1]));
        const piece = Buffer.alloc(65_536, 'x');
        say.socket.write(Buffer.from([0xff, 0xff, 0xff, 1]));
        const pump = (): void => {
          if (!say.socket.destroyed) {
            say.socket.write(piece, () => setImmediate(pump));
          }
        };
        pump();
      },
    });
    const session = await connect(address, login, 1_000, signal());
    const error = await failure(session.query('SELECT 1', 5_000));
    expect(error.message).toContain('larger than 10000 rows or 8 MB');
    expect(session.closed).toBe(true);
  });
});

describe('a server that lets our user have one connection', () => {
  let connections = 0;
  const oneOnly: TinyWish = {
    login: (say) => {
      connections += 1;
      if (connections === 1) say.ok();
      else
        say.error(
          1226,
          "User 'orc_client_user' has exceeded the 'max_user_connections' resource (current value: 1)",
        );
    },
  };

  test('lends the one that is kept open, and it goes on when it is given back', async () => {
    connections = 0;
    const { address, asked } = await started(oneOnly);
    const kept = new KeptSessions(login.user);
    const first = await connect(address, login, 1_000, signal());
    kept.keep(first);
    const lent = await connect(address, { ...login, kept }, 1_000, signal());
    expect(lent.id).toBe(first.id);
    expect(kept.isLent(first)).toBe(true);
    await lent.query('DO 1', 1_000);
    lent.hangUp();
    expect(lent.closed).toBe(true);
    expect(first.closed).toBe(false);
    await first.query('DO 2', 1_000);
    expect(kept.isLent(first)).toBe(false);
    expect(asked.at(-2)).toContain('RELEASE_LOCK');
    expect(asked.at(-2)).toContain('autocommit');
    first.hangUp();
  });

  test('is told by its own words where none is kept, or one of another user', async () => {
    connections = 1;
    const { address } = await started(oneOnly);
    const kept = new KeptSessions('somebody_else');
    const error = await failure(connect(address, { ...login, kept }, 1_000, signal()));
    expect(error.code).toBe('too-many-connections');
    expect(error.message).toContain('max_user_connections');
    expect(error.message).toContain('1226');
  });
});

test('the last word of a server that ends an idle session is no warning on standard error', async () => {
  const { address } = await started({
    answer: (_, say) => {
      // Numbered 0, as MySQL numbers it, instead of 1.
      const says = Buffer.from(
        '\u{0}\u{0}#HY000The client was disconnected by the server because of inactivity.',
      );
      const payload = Buffer.concat([Buffer.from([0xff]), says]);
      payload.writeUInt16LE(4031, 1);
      const head = Buffer.from([payload.length, 0, 0, 0]);
      say.socket.end(Buffer.concat([head, payload]));
    },
  });
  const said: unknown[] = [];
  const real = console.error;
  console.error = (...words: unknown[]) => said.push(words);
  try {
    const session = await connect(address, login, 1_000, signal());
    const error = await failure(session.query('SELECT 1', 1_000));
    expect(error.errno).toBe(4031);
  } finally {
    console.error = real;
  }
  expect(said).toEqual([]);
});
