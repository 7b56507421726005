import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, type Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

// A replica is moved below another, and back by itself when its source dies: on real servers with three tiers.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let program: Program;
  let watched: WatchedCluster;
  let master: TestMember;
  let between: TestMember;
  let low: TestMember;
  let lower: TestMember;

  beforeAll(async () => {
    program = await buildProgram();
    watched = await WatchedCluster.raise({
      server,
      program,
      replicas: 3,
      settings: { recoverIntermediateMasterClusterFilters: ['*'], recoverMasterClusterFilters: [] },
    });
    const [one = watched.cluster.master, two = one, three = one] = watched.cluster.replicas;
    [master, between, low, lower] = [watched.cluster.master, one, two, three];
  });
  afterAll(async () => {
    await watched?.end();
    await program?.remove();
  });

  const reads = async (member: TestMember, source: TestMember): Promise<void> => {
    await until(
      `${member.key} reads from ${source.key}`,
      async () => {
        const seen = await watched.replication(member);
        return seen?.source === source.key && seen.receiver === 'Yes' && seen.applier === 'Yes';
      },
      30_000,
    );
  };

  const arrives = async (id: number, ...members: readonly TestMember[]): Promise<void> => {
    await master.sql(`INSERT INTO shop.moved VALUES (${String(id)})`);
    for (const member of members) {
      await until(`row ${String(id)} is on ${member.key}`, async () => {
        const count = await member
          .value(`SELECT COUNT(*) FROM shop.moved WHERE id = ${String(id)}`)
          .catch(() => '0');
        return count === '1';
      });
    }
  };

  test('two replicas are moved below a third, and go on', async () => {
    await master.sql(
      'CREATE DATABASE IF NOT EXISTS shop',
      'CREATE TABLE shop.moved (id INT PRIMARY KEY)',
    );
    for (const member of [low, lower]) {
      const told = await watched.command('relocate', 'orders', member.key, '--below', between.key);
      expect(told).toMatchObject({ code: 0 });
      await reads(member, between);
    }
    await arrives(1, low, lower);
    expect((await watched.command('problems', 'orders')).text).toContain('No problem was found');
  });

  test('a ring is refused, and nothing moves', async () => {
    const told = await watched.command('relocate', 'orders', between.key, '--below', low.key);
    expect(told.code).toBe(3);
    expect(told.text).toContain(`${low.key} does not read from ${between.key}`);
    await reads(between, master);
  });

  test('when their source dies they are moved below the master, which takes writes all the time', async () => {
    const monitor = await watched.startMonitor();
    await between.kill9();
    const killedAt = Date.now();
    await reads(low, master);
    await reads(lower, master);
    console.log(`${server}: moved ${String(Date.now() - killedAt)} ms after the kill`);
    await arrives(2, low, lower);
    await until('it is recorded', () =>
      monitor.recoveries().some((it) => it.state === 'succeeded'),
    );
    expect(monitor.recoveries()).toMatchObject([
      { kind: 'relocate', trigger: 'DeadIntermediateMaster', newMaster: master.key, problems: [] },
    ]);
    expect((await watched.writable())?.key).toBe(master.key);
    await between.start();
    await arrives(3, between, low, lower);
  });
});
