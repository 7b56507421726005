import { createConnection, type Connection } from 'mysql2/promise';
import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { prepareForWriters } from '../servers/writers.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { topologyOf, type Shown } from '../support/builders/shown-topology.ts';
import { until } from '../support/harness/until.ts';

// What must not be done is refused or taken back, with a reason, and the cluster stays as it was.
describe.each([
  { server: 'mariadb', words: 'SLAVE' },
  { server: 'mysql97', words: 'REPLICA' },
] as const)('on $server', ({ server, words }) => {
  let cluster: TestCluster;
  let cli: Cli;
  let master: TestMember;
  let one: TestMember;
  let healthy: Shown;

  beforeAll(async () => {
    cluster = await startCluster({ server, rights: 'least' });
    master = cluster.master;
    one = cluster.replicas[0] ?? master;
    cli = await cliFor(settingsOf(cluster), passwords);
    await prepareForWriters(master);
    await until('all replicate', async () => (await cli.run('problems', 'orders')).code === 0);
    healthy = await seen(cli);
  });
  beforeEach(async () => {
    await until(
      'all is as it was',
      async () => JSON.stringify(await seen(cli)) === JSON.stringify(healthy),
    );
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  test('a candidate whose applier is stopped is refused before anything changes', async () => {
    await one.sql(`STOP ${words} SQL_THREAD`);
    const { code, stdout, stderr } = await cli.run('promote', 'orders', one.key);
    await one.sql(`START ${words}`);
    expect(code).toBe(3);
    expect(stdout + stderr).toContain('lag is unknown');
    expect(stdout + stderr).toContain('applier no');
  });

  test('without a replication user the old master could not follow, so nothing begins', async () => {
    const other = await cliFor(settingsOf(cluster, { replicationUser: undefined }), passwords);
    const { code, stdout, stderr } = await other.run('promote', 'orders', one.key);
    await other.remove();
    expect(code).toBe(3);
    expect(stdout + stderr).toContain('replicationUser is missing');
  });

  test.each([
    { changes: { mode: 'observe' }, args: [], code: 3, says: 'mode observe' },
    { changes: { environment: 'production' }, args: [], code: 2, says: '--confirm' },
    {
      changes: { environment: 'production' },
      args: ['--confirm', 'other'],
      code: 2,
      says: 'orders',
    },
  ])('$changes with $args is refused', async ({ changes, args, code, says }) => {
    const other = await cliFor(settingsOf(cluster, changes), passwords);
    const refused = await other.run('promote', 'orders', one.key, ...args);
    await other.remove();
    expect(refused).toMatchObject({ code });
    expect(refused.stdout + refused.stderr).toContain(says);
  });

  test('an instance or a cluster that nobody knows is a mistake of the command line', async () => {
    expect(await cli.run('promote', 'orders', 'db99:3306')).toMatchObject({ code: 2 });
    expect(await cli.run('promote', 'nobody', one.key)).toMatchObject({ code: 2 });
    expect(await cli.run('promoted', 'orders', one.key)).toMatchObject({ code: 2 });
  });

  test('a statement that has been writing for long is named before writes stop, and lives', async () => {
    const client = await open(master);
    await client.query('INSERT INTO written.rows_of (id, writer) VALUES (1000001, 1)');
    const statement = 'UPDATE written.rows_of SET writer = 2 WHERE id = 1000001 AND SLEEP(6) = 0';
    const writing = client.query(statement);
    await master.untilValue(
      `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = '${statement}' AND TIME >= 2`,
      '1',
    );
    const result = await cli.run('promote', 'orders', one.key);
    await writing;
    client.destroy();
    endedWith(1, result);
    expect(result.stdout + result.stderr).toContain('has been writing');
    expect(result.stdout + result.stderr).toContain('KILL CONNECTION');
    // The kind of the statement and its table, and no value of an application.
    expect(result.stdout + result.stderr).toContain('UPDATE written.rows_of SET writer = ?');
    const all = await cli.run('recoveries', 'orders', '--json');
    expect(result.stdout + result.stderr + all.stdout).not.toContain('1000001');
    expect(result.tookMs).toBeLessThan(15_000);
    expect((await cli.run('recoveries', 'orders')).stdout).toContain('undone');
    // A closing that the server carried out late would close the master behind our back.
    expect(await master.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('two that promote at once never act at the same time', async () => {
    const other = cluster.replicas[1] ?? master;
    const results = await Promise.all([
      cli.run('promote', 'orders', one.key),
      cli.run('promote', 'orders', other.key),
    ]);
    // On a busy machine the second may begin when the first has ended; then it is a second switchover.
    expect(results.map((it) => it.code).every((it) => it === 0 || it === 3)).toBe(true);
    expect(results.map((it) => it.code)).toContain(0);
    const spans = recorded.parse(await cli.json('recoveries', 'orders')).recoveries;
    const [last, before] = spans.filter((it) => it.state !== 'undone');
    const both = results.every((it) => it.code === 0);
    expect(last?.startedAt ?? 0).toBeGreaterThanOrEqual(both ? (before?.endedAt ?? 0) : 0);
    const { master: now } = await seen(cli);
    const back = now === master.key ? 0 : (await cli.run('promote', 'orders', master.key)).code;
    expect(back).toBe(0);
  });
});

describe.each([
  { server: 'mariadb', rounds: 12, everyMs: 8 },
  { server: 'mysql97', rounds: 6, everyMs: 16 },
] as const)('the acting process killed at any moment ($server)', ({ server, rounds, everyMs }) => {
  let cluster: TestCluster;
  let cli: Cli;

  beforeAll(async () => {
    cluster = await startCluster({ server, rights: 'least' });
    cli = await cliFor(settingsOf(cluster), passwords);
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  test('leaves at most one writable master, and the next command ends what was begun', async () => {
    let interrupted = 0;
    for (let round = 0; round < rounds; round += 1) {
      const target = cluster.members[(round + 1) % 3]?.key ?? '';
      await cli.runAndKill(round * everyMs, 'promote', 'orders', target);
      expect(await writableOf(cluster)).toBeLessThanOrEqual(1);
      const left = await cli.json('recoveries', 'orders');
      interrupted += Number(JSON.stringify(left).includes('"state":"interrupted"'));
      await settle(cli, target);
      expect(await writableOf(cluster)).toBe(1);
      const shown = await seen(cli);
      expect(shown.master).toBe(target);
      expect(Object.values(shown.sources).filter((it) => it === target)).toHaveLength(2);
    }
    console.log(
      `of ${String(rounds)} switchovers killed, ${String(interrupted)} left a record that was cut short`,
    );
    expect(interrupted).toBeGreaterThan(0);
  });
});

const recorded = z.object({
  recoveries: z.array(
    z.object({ state: z.string(), startedAt: z.number(), endedAt: z.number().nullable() }),
  ),
});

/** What a person would do next: promote again, and bring back whoever stayed behind. */
async function settle(cli: Cli, target: string): Promise<void> {
  let last: unknown;
  await until(
    'everybody follows',
    async () => {
      const shown = await seen(cli);
      if (shown.master !== target) {
        last = [shown, await cli.run('promote', 'orders', target)];
        return false;
      }
      const behind = Object.keys(shown.roles).filter(
        (it) => it !== target && (shown.sources[it] !== target || shown.running[it] !== 'yes/yes'),
      );
      for (const instance of behind) {
        last = [shown, await cli.run('rejoin', 'orders', instance)];
      }
      return behind.length === 0;
    },
    30_000,
    async () => last,
  );
}

async function seen(cli: Cli): Promise<Shown> {
  return topologyOf(await cli.json('topology', 'orders'));
}

async function writableOf(cluster: TestCluster): Promise<number> {
  const values = await Promise.all(
    cluster.members.map((it) => it.value('SELECT @@GLOBAL.read_only')),
  );
  return values.filter((it) => it === '0').length;
}

async function open(member: TestMember): Promise<Connection> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port: member.port,
    ...testUsers.root,
  });
  connection.on('error', () => undefined);
  return connection;
}
