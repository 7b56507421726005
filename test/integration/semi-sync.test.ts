import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { until } from '../support/harness/until.ts';

const words = {
  mariadb: { source: 'master', replica: 'slave', restart: ['STOP SLAVE', 'START SLAVE'] },
  mysql97: { source: 'source', replica: 'replica', restart: ['STOP REPLICA', 'START REPLICA'] },
} as const;

// Who waits and who acknowledges follows the roles, on real servers and with the least rights.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  const { source, replica, restart } = words[server];
  let cluster: TestCluster;
  let cli: Cli;
  let first: TestMember;
  let second: TestMember;
  let third: TestMember;

  beforeAll(async () => {
    cluster = await startCluster({
      server,
      rights: 'least',
      readOnlyAtStart: 'all',
      options:
        server === 'mysql97'
          ? { 'plugin-load-add': 'semisync_source.so;semisync_replica.so' }
          : { 'rpl-semi-sync-master-wait-point': 'AFTER_SYNC' },
    });
    const [one, two] = cluster.replicas;
    if (one === undefined || two === undefined) {
      throw new Error('The cluster has two replicas.');
    }
    [first, second, third] = [cluster.master, one, two];
    await first.sql(
      `SET GLOBAL rpl_semi_sync_${source}_enabled = ON`,
      'SET GLOBAL read_only = OFF',
    );
    for (const member of [second, third]) {
      await member.sql(`SET GLOBAL rpl_semi_sync_${replica}_enabled = ON`, ...restart);
    }
    await untilAcknowledged(first, 2);
    cli = await cliFor(settingsOf(cluster), passwords);
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  const untilAcknowledged = async (member: TestMember, clients: number): Promise<void> => {
    await until(
      `${String(clients)} acknowledge`,
      async () => (await statusOf(member, `${source}_clients`)) === String(clients),
    );
  };

  test('a switchover lets the new master wait and the old one acknowledge', async () => {
    endedWith(0, await cli.run('promote', 'orders', second.key));
    await untilAcknowledged(second, 2);
    expect(await statusOf(second, `${source}_status`)).toBe('ON');
    expect(await first.value(`SELECT @@GLOBAL.rpl_semi_sync_${source}_enabled`)).toBe('0');
    expect(await statusOf(first, `${replica}_status`)).toBe('ON');
    await second.sql('CREATE DATABASE shop', 'CREATE TABLE shop.t (id INT PRIMARY KEY)');
    await second.sql('INSERT INTO shop.t VALUES (1)');
    expect(Number(await statusOf(second, `${source}_yes_tx`))).toBeGreaterThan(0);
  });

  test('a failover does so too, and whoever rejoins acknowledges again', async () => {
    await second.kill9();
    endedWith(0, await cli.run('promote', 'orders', third.key));
    await untilAcknowledged(third, 1);
    expect(await third.value('SELECT COUNT(*) FROM shop.t')).toBe('1');
    await second.start();
    endedWith(0, await cli.run('rejoin', 'orders', second.key));
    await untilAcknowledged(third, 2);
  });

  test('a failover is refused while a replica that may have acknowledged is away, and forced on demand', async () => {
    await third.kill9();
    await first.kill9();
    const refused = await cli.run('promote', 'orders', second.key);
    endedWith(3, refused);
    expect(refused.stdout).toContain(`${first.key} may hold acknowledged writes and is silent`);
    await first.start();
    endedWith(0, await cli.run('promote', 'orders', second.key));
    expect(await second.value('SELECT COUNT(*) FROM shop.t')).toBe('1');
  });
});

async function statusOf(member: TestMember, name: string): Promise<string> {
  const [row] = await member.sql(`SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_${name}'`);
  return String(row?.['Value']);
}
