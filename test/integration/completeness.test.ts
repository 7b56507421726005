import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { until } from '../support/harness/until.ts';

interface Raised {
  readonly cluster: TestCluster;
  readonly cli: Cli;
  readonly one: TestMember;
  readonly two: TestMember;
}

async function raise(
  wish: Parameters<typeof startCluster>[0],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Raised> {
  const cluster = await startCluster({ rights: 'least', ...wish });
  const [one, two] = cluster.replicas;
  if (one === undefined || two === undefined) {
    throw new Error('The cluster has two replicas.');
  }
  await cluster.master.sql('CREATE DATABASE shop', 'CREATE TABLE shop.t (id INT PRIMARY KEY)');
  const cli = await cliFor(settingsOf(cluster, changes), passwords);
  return { cluster, cli, one, two };
}

const rows = 'SELECT COUNT(*) FROM shop.t';

/**
 * What is said of a promotion and by the doctor, with least rights, while the account of the replicas is `unusable`; their
 * open connections go on.
 */
async function saidWhile(
  { cli, cluster, one, two }: Raised,
  { plugin, unusable, usable }: Readonly<Record<'plugin' | 'unusable' | 'usable', string>>,
): Promise<readonly string[]> {
  const { user } = testUsers.replication;
  const known = `SELECT plugin FROM mysql.user WHERE User = '${user}'`;
  const before = String(await cluster.master.value(known));
  await cluster.master.sql(`ALTER USER '${user}'@'%' ${unusable}`);
  for (const it of [one, two]) await it.untilValue(known, plugin);
  const refused = await cli.run('promote', 'orders', one.key);
  const examined = await cli.run('doctor', 'orders');
  await cluster.master.sql(`ALTER USER '${user}'@'%' ${usable}`);
  for (const it of [one, two]) await it.untilValue(known, before);
  endedWith(3, refused);
  return [refused.stdout, examined.stdout];
}

/** As from a backup of `source`, taken at this moment: it knows its place and no older writers. */
async function rebuild(member: TestMember, source: TestMember): Promise<void> {
  const at = String(await source.value('SELECT @@GLOBAL.gtid_binlog_pos'));
  await member.untilValue('SELECT @@GLOBAL.gtid_binlog_pos', at);
  await member.sql(
    'STOP SLAVE',
    'RESET SLAVE',
    'RESET MASTER',
    `SET GLOBAL gtid_slave_pos = '${at}'`,
    'START SLAVE',
  );
}

/** What may make GTIDs say more than is there, on a server whose log is not strictly ordered: its default. */
describe('MariaDB', () => {
  let raised: Raised;

  beforeAll(async () => {
    raised = await raise({ server: 'mariadb', options: { 'gtid-strict-mode': 'OFF' } });
    await raised.two.untilValue(rows, '0');
    await raised.one.untilValue(rows, '0');
  });
  afterAll(async () => {
    await raised?.cli.remove();
    await raised?.cluster.stop();
  });

  const setStrict = async (value: 'ON' | 'OFF'): Promise<void> => {
    for (const it of raised.cluster.members) await it.sql(`SET GLOBAL gtid_strict_mode = ${value}`);
  };

  test('an account that works on one machine only is found before anything is changed', async () => {
    const [refused, examined] = await saidWhile(raised, {
      plugin: 'unix_socket',
      unusable: 'IDENTIFIED VIA unix_socket',
      usable: `IDENTIFIED BY '${testUsers.replication.password}'`,
    });
    expect(refused).toContain('unix_socket there, which no network connection can use');
    expect(examined).toContain('AccountUnusable');
    expect(await raised.cluster.master.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('a replica that ignores a server is no candidate, and heeds that server once it is the master', async () => {
    const { cli, one, two } = raised;
    await two.sql(
      'STOP SLAVE',
      `CHANGE MASTER TO IGNORE_SERVER_IDS = (${String(one.serverId)})`,
      'START SLAVE',
    );
    const refused = await cli.run('promote', 'orders', two.key);
    endedWith(3, refused);
    expect(refused.stdout).toContain(`IGNORE_SERVER_IDS = ${String(one.serverId)}`);
    expect((await cli.run('doctor', 'orders')).stdout).toContain('SkipsTransactions');
    endedWith(0, await cli.run('promote', 'orders', one.key));
    await one.sql('INSERT INTO shop.t VALUES (1)');
    await two.untilValue(rows, '1');
  });

  test('one that was rebuilt from a backup is promoted at once', async () => {
    const { cli, one, two } = raised;
    await rebuild(two, one);
    endedWith(0, await cli.run('promote', 'orders', two.key));
    await two.sql('INSERT INTO shop.t VALUES (2)');
    await one.untilValue(rows, '2');
    expect(await two.value(rows)).toBe('2');
  });

  test('what everyone has and the restored master does not know by name is told with its remedy', async () => {
    const { cli, one } = raised;
    const refused = await cli.run('promote', 'orders', one.key);
    endedWith(3, refused);
    expect(refused.stdout).toContain('GtidNotStrict');
    await setStrict('ON');
    endedWith(0, await cli.run('promote', 'orders', one.key));
    await setStrict('OFF');
  });

  test('an old master is let in again although a restored one took over', async () => {
    const { cli, one, two } = raised;
    await one.sql('INSERT INTO shop.t VALUES (3)');
    await two.untilValue(rows, '3');
    await rebuild(two, one);
    await one.sql('INSERT INTO shop.t VALUES (4)');
    await two.untilValue(rows, '4');
    await one.kill9();
    endedWith(0, await cli.run('promote', 'orders', two.key));
    await two.sql('INSERT INTO shop.t VALUES (5)');
    await one.start();
    endedWith(0, await cli.run('rejoin', 'orders', one.key));
    await one.untilValue(rows, '5');
    expect(await two.value(rows)).toBe('5');
  });
});

describe('MySQL', () => {
  let raised: Raised;

  beforeAll(async () => {
    raised = await raise({ server: 'mysql97' });
    await raised.two.untilValue(rows, '0');
    await raised.one.untilValue(rows, '0');
  });
  afterAll(async () => {
    await raised?.cli.remove();
    await raised?.cluster.stop();
  });

  test('an account that works on one machine only is found before anything is changed', async () => {
    for (const it of raised.cluster.members) {
      const closed = String(await it.value('SELECT @@GLOBAL.super_read_only'));
      await it.sql(
        'SET GLOBAL super_read_only = 0',
        "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'",
        `SET GLOBAL super_read_only = ${closed}`,
      );
    }
    const [refused, examined] = await saidWhile(raised, {
      plugin: 'auth_socket',
      unusable: 'IDENTIFIED WITH auth_socket',
      usable: `IDENTIFIED WITH caching_sha2_password BY '${testUsers.replication.password}'`,
    });
    expect(refused).toContain('auth_socket there, which no network connection can use');
    expect(examined).toContain('AccountUnusable');
    expect(await raised.cluster.master.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('a replica that skips errors is no candidate', async () => {
    const { cli, one } = raised;
    await one.stop();
    await one.start(['--replica-skip-errors=all', '--super-read-only=1']);
    await until('it replicates', async () => {
      const [status] = await one.sql('SHOW REPLICA STATUS');
      return status?.['Replica_IO_Running'] === 'Yes';
    });
    const refused = await cli.run('promote', 'orders', one.key);
    endedWith(3, refused);
    expect(refused.stdout).toContain('replica_skip_errors = ALL');
  });

  test('a replica that chooses its source by itself and got in by a cache follows the new master', async () => {
    const { cli, cluster, one, two } = raised;
    await one.stop();
    await one.start(['--super-read-only=1']);
    await two.sql(
      'STOP REPLICA',
      'CHANGE REPLICATION SOURCE TO SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 0, SOURCE_CONNECT_RETRY = 1, SOURCE_CONNECTION_AUTO_FAILOVER = 1',
      `SELECT asynchronous_connection_failover_add_source('', '127.0.0.1', ${String(cluster.master.port)}, '', 80)`,
      'START REPLICA',
    );
    for (const it of [one, two]) {
      await it.untilValue(
        "SELECT SERVICE_STATE FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = ''",
        'ON',
      );
    }
    await cluster.master.sql(
      `GRANT SELECT ON performance_schema.* TO '${testUsers.monitor.user}'@'%'`,
      // The open connections of the replicas go on without.
      `ALTER USER '${testUsers.replication.user}'@'%' REQUIRE SSL`,
    );
    await until('the doctor names all', async () => {
      const { stdout } = await cli.run('doctor', 'orders');
      return ['ConnectionFailoverOn', 'LogsInByCache', 'AccountDemandsTls'].every((it) =>
        stdout.includes(it),
      );
    });
    const promoted = await cli.run('promote', 'orders', one.key);
    endedWith(0, promoted);
    expect(promoted.stdout).toContain('must use TLS there; the plan switches it on');
    await one.sql('INSERT INTO shop.t VALUES (1)');
    await two.untilValue(rows, '1');
    const [status] = await two.sql('SHOW REPLICA STATUS');
    expect(status).toMatchObject({ Source_Port: one.port, Source_SSL_Allowed: 'Yes' });
    expect(
      await two.value(
        'SELECT SOURCE_CONNECTION_AUTO_FAILOVER FROM performance_schema.replication_connection_configuration',
      ),
    ).toBe('0');
  });

  test('a follower that reads over TLS is not given a source without', async () => {
    const { cli, one, two } = raised;
    await two.stop();
    await two.start(['--tls-version=', '--super-read-only=1']);
    await until('it replicates', async () => {
      const [status] = await two.sql('SHOW REPLICA STATUS');
      return status?.['Replica_IO_Running'] === 'Yes';
    });
    const refused = await cli.run('promote', 'orders', two.key);
    endedWith(3, refused);
    expect(refused.stdout).toContain('offers none');
    expect(await one.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });
});
