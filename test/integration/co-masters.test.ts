import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testUsers } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, type Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

/** Lets the first master of a cluster read from its co-master too. */
function closeRing(server: 'mariadb' | 'mysql97', port: number): readonly string[] {
  const { user, password } = testUsers.replication;
  return server === 'mariadb'
    ? [
        `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${String(port)}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
        'START SLAVE',
      ]
    : [
        `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${String(port)}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
        'START REPLICA',
      ];
}

// Two masters in a ring, one of them writable: when it dies the other takes over, and the ring is broken for good.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let program: Program;
  let watched: WatchedCluster;
  let active: TestMember;
  let passive: TestMember;
  let replica: TestMember;

  beforeAll(async () => {
    program = await buildProgram();
    watched = await WatchedCluster.raise({ server, program, replicas: 2 });
    const [one = watched.cluster.master, two = one] = watched.cluster.replicas;
    // The replica comes first by name, so that only being a co-master speaks for the other.
    [passive, replica] = one.key > two.key ? [one, two] : [two, one];
    active = watched.cluster.master;
    await active.sql(
      ...(server === 'mariadb' ? ['SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos'] : []),
      ...closeRing(server, passive.port),
    );
    await until('the ring is closed', async () => {
      const seen = await watched.replication(active);
      return seen?.receiver === 'Yes' && seen.applier === 'Yes';
    });
  });
  afterAll(async () => {
    await watched?.end();
    await program?.remove();
  });

  test('the passive one takes over and no longer reads from the dead one', async () => {
    const monitor = await watched.startMonitor();
    await until('the master is led to', () => monitor.target() === active.key);
    await active.kill9();
    await until('it is recovered', () =>
      monitor.recoveries().some((it) => it.state === 'succeeded'),
    );
    expect(monitor.recoveries()).toMatchObject([
      { kind: 'failover', trigger: 'DeadCoMaster', newMaster: passive.key, problems: [] },
    ]);
    expect((await watched.writable())?.key).toBe(passive.key);
    expect(await watched.replication(passive)).toBeUndefined();
    expect(await watched.replication(replica)).toMatchObject({ source: passive.key });
  });

  test('the dead one comes back as a replica that takes no writes', async () => {
    await active.start();
    const master = await watched.untilWhole();
    expect(master.key).toBe(passive.key);
    expect(await watched.replication(passive)).toBeUndefined();
  });
});
