import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { until } from '../support/harness/until.ts';

/** Lets a replica read from one more source, on a channel of its own. */
function readToo(server: 'mariadb' | 'mysql97', port: number): readonly string[] {
  const { user, password } = testUsers.replication;
  return server === 'mariadb'
    ? [
        `CHANGE MASTER 'ext' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${String(port)}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
        "START SLAVE 'ext'",
      ]
    : [
        `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${String(port)}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1 FOR CHANNEL 'ext'`,
        "START REPLICA FOR CHANNEL 'ext'",
      ];
}

// m1 -> r1, x; m2 -> x on a second channel. One cluster is watched, that of m1.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let ours: TestCluster;
  let other: TestCluster;
  let cli: Cli;
  let [r1, x]: TestMember[] = [];

  beforeAll(async () => {
    ours = await startCluster({ server, replicas: 2 });
    other = await startCluster({
      server,
      replicas: 0,
      options: server === 'mariadb' ? { gtid_domain_id: '5' } : {},
    });
    [r1, x] = [...ours.replicas];
    await other.master.sql('CREATE DATABASE ext');
    await x?.sql(...readToo(server, other.master.port));
    cli = await cliFor(settingsOf(ours), passwords);
  }, 120_000);
  afterAll(async () => {
    await cli?.remove();
    await ours?.stop();
    await other?.stop();
  });

  test('is told, refused, and left alone when the master dies', async () => {
    const shown = await cli.run('topology');
    expect(shown.stdout).toContain(`${other.master.key} is outside the cluster`);
    const problems = await cli.run('problems');
    expect(problems.stdout).toContain('reads from 2 sources');
    const refused = await cli.run('promote', 'orders', String(r1?.key));
    expect(refused.code).toBe(3);
    expect(refused.stdout + refused.stderr).toContain('several sources');
    await ours.master.kill9();
    await until('its replicas lose it', async () => {
      const told = await cli.run('problems');
      return told.stdout.includes('is dead');
    });
    const done = await cli.run('promote', 'orders', String(r1?.key), '--force');
    expect(done.code).toBe(0);
    expect(await r1?.value('SELECT @@read_only')).toBe('0');
    const row =
      server === 'mariadb' ? "SHOW SLAVE 'ext' STATUS" : "SHOW REPLICA STATUS FOR CHANNEL 'ext'";
    const [status] = (await x?.sql(row)) ?? [];
    expect(status?.['Slave_IO_Running'] ?? status?.['Replica_IO_Running']).toBe('Yes');
    expect(await other.master.value('SELECT @@read_only')).toBe('0');
  }, 120_000);
});

describe.each(['mariadb', 'mysql97'] as const)('copied names: %s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;
  beforeAll(async () => {
    cluster = await startCluster({ server, replicas: 2 });
    const [r1, r2] = cluster.replicas;
    await r2?.stop();
    await r2?.start([`--report-host=127.0.0.1`, `--report-port=${String(r1?.port)}`]);
    cli = await cliFor(
      settingsOf(cluster, { seeds: cluster.members.map((it) => it.key) }),
      passwords,
    );
  }, 120_000);
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });
  test('promote promotes the one that was named', async () => {
    const [r1, r2] = cluster.replicas;
    const done = await cli.run('promote', 'orders', String(r2?.key));
    expect(done.code).toBe(0);
    expect(await r2?.value('SELECT @@read_only')).toBe('0');
    expect(await r1?.value('SELECT @@read_only')).toBe('1');
  }, 120_000);
});
