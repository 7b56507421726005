import { afterEach, expect, test } from 'vitest';
import type { Login } from '../../../../src/adapters/mysql/connect.ts';
import { MysqlProber } from '../../../../src/adapters/mysql/mysql-prober.ts';
import { Pace } from '../../../../src/adapters/mysql/pace.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Probe } from '../../../../src/core/model/instance.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { tinyServer, type TinyServer } from '../../../support/harness/tiny-server.ts';
import { until } from '../../../support/harness/until.ts';

const started: TinyServer[] = [];
const probers: MysqlProber[] = [];

afterEach(async () => {
  probers.splice(0).forEach((it) => {
    it.close();
  });
  await Promise.all(started.splice(0).map((it) => it.close()));
});

function prober(changes: Partial<Login> = {}, timeoutMs = 1_000): MysqlProber {
  const made = new MysqlProber({
    login: {
      user: 'orc_client_user',
      password: () => Promise.resolve('monitor-Pw'),
      tls: () => undefined,
      ...changes,
    },
    connectTimeoutMs: timeoutMs,
    queryTimeoutMs: timeoutMs,
    impatientTimeoutMs: timeoutMs,
    clock: systemClock,
  });
  probers.push(made);
  return made;
}

/** A server that never stops answering. */
async function endless(): Promise<TinyServer> {
  const server = await tinyServer({
    answer: (_, say) => {
      say.endless();
    },
  });
  started.push(server);
  return server;
}

/** A server that lives and lets our user ask nothing. */
async function good(loginMs = 0): Promise<TinyServer> {
  const server = await tinyServer({
    login: (say) => {
      setTimeout(() => {
        say.ok();
      }, loginMs);
    },
    answer: (_, say) => {
      say.error(1142, 'SELECT command denied');
    },
  });
  started.push(server);
  return server;
}

function told(probe: Probe): string {
  return probe.kind === 'silent' ? `${probe.reason}: ${inEnglish(probe.says)}` : probe.kind;
}

test('a server that answers without end lives, and its neighbours are asked as ever', async () => {
  const [bad, neighbour] = await Promise.all([endless(), good()]);
  const it = prober();
  const signal = AbortSignal.timeout(10_000);
  const before = process.memoryUsage().rss;
  const rounds: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const asked = it.probe(bad.address, signal);
    const at = performance.now();
    expect(told(await it.probe(neighbour.address, signal))).toMatch(/^missing-rights/);
    rounds.push(performance.now() - at);
    expect(told(await asked)).toMatch(/^server-error: .*larger than 10000 rows or 8 MB/);
  }
  const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
  console.log(
    `five endless answers: the process grew by ${grown.toFixed(1)} MB; a neighbour answered beside them within ${Math.max(...rounds).toFixed(0)} ms`,
  );
  expect(grown).toBeLessThan(100);
});

test('the number of an error is that of its packet, whatever its words hold', async () => {
  const server = await tinyServer({
    login: (say) => {
      say.error(1045, "Access denied for user '(error 1862)'@'db9'");
    },
    answer: (_, say) => {
      say.error(1142, 'SELECT command denied');
    },
  });
  started.push(server);
  const probe = await prober().probe(server.address, AbortSignal.timeout(10_000));
  expect(probe).toMatchObject({ kind: 'silent', reason: 'denied', errno: 1045 });
});

test('one that needs longer than the settings say is told how slow it is, and then waited for', async () => {
  const server = await good(400);
  const pace = new Pace();
  const it = prober({ pace }, 200);
  const signal = AbortSignal.timeout(10_000);
  expect(told(await it.probe(server.address, signal))).toMatch(/^timed-out/);
  await until('it was measured', () => pace.needed(server.address) !== undefined);
  expect(pace.needed(server.address)).toBeGreaterThan(200);
  // It is heard now, and says what is the matter.
  let heard = '';
  await until('it is heard', async () => {
    heard = told(await it.probe(server.address, signal));
    return !heard.startsWith('timed-out');
  });
  expect(heard).toMatch(/^missing-rights.*denied/);
});
