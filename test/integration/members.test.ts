import { DatabaseSync } from 'node:sqlite';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { Monitor } from '../support/harness/monitor.ts';
import { Stranger } from '../support/harness/stranger.ts';
import { until } from '../support/harness/until.ts';
import { topologyOf } from '../support/builders/shown-topology.ts';

const program = join(import.meta.dirname, '../../dist/cli.js');
const environment = { ...passwords, SWITCHOVER_ADMIN_PASSWORD: testUsers.root.password };

async function shown(cli: Cli): Promise<readonly string[]> {
  return Object.keys(topologyOf(await cli.json('topology', 'orders')).roles).toSorted();
}

// Any account of a replica can register any host and port at the master: the name alone opens no door.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let cluster: TestCluster;
  let stranger: Stranger;
  const clis: Cli[] = [];

  beforeAll(async () => {
    cluster = await startCluster({ server });
    stranger = await Stranger.begin();
    await stranger.registerAt(cluster.master);
    const read = server === 'mariadb' ? 'SHOW SLAVE HOSTS' : 'SHOW REPLICAS';
    await until('it is registered', async () =>
      (await cluster.master.sql(read)).some((it) => it['Port'] === stranger.port),
    );
  });
  afterAll(async () => {
    await Promise.all(clis.map((it) => it.remove()));
    await stranger?.end();
    await cluster?.stop();
  });

  const cliWith = async (changes: Readonly<Record<string, unknown>>): Promise<Cli> => {
    const cli = await cliFor(settingsOf(cluster, changes), environment);
    clis.push(cli);
    return cli;
  };
  const keys = (): readonly string[] => cluster.members.map((it) => it.key).toSorted();

  test('a stranger that registered at the master is shown and gets no password', async () => {
    const cli = await cliWith({ environment: 'production' });
    expect(await shown(cli)).toEqual(keys());
    expect(await cli.json('topology', 'orders')).toMatchObject({
      clusters: [
        {
          master: cluster.master.key,
          outsiders: [
            { instance: stranger.key, namedBy: [cluster.master.key], why: 'unconfirmed' },
          ],
        },
      ],
    });
    const { stdout } = await cli.run('topology', 'orders');
    expect(stdout).toContain(`switchover members orders --confirm ${stranger.key}`);
    expect((await cli.run('problems', 'orders')).stdout).toContain('UnconfirmedInstance');
    await cli.run('doctor', 'orders');
    await cli.run(
      'create-user',
      'orders',
      '--admin',
      testUsers.root.user,
      '--monitor',
      '--dry-run',
    );
    endedWith(2, await cli.run('promote', 'orders', stranger.key, '--confirm', 'orders'));
    expect(stranger.heard).toEqual([]);
  });

  // Confirmations, the journal and the monitor know no flavor: one server shows them.
  if (server === 'mysql97') return;

  test('without a list, only whom a person confirms is logged in to', async () => {
    const cli = await cliWith({ environment: 'production', members: undefined });
    expect(await shown(cli)).toEqual([cluster.master.key]);
    for (const { key } of cluster.replicas) {
      endedWith(0, await cli.run('members', 'orders', '--confirm', key));
    }
    expect(await shown(cli)).toEqual(keys());
    endedWith(0, await cli.run('members', 'orders', '--ignore', stranger.key));
    const { stdout } = await cli.run('members', 'orders');
    expect(stdout).toContain(`${stranger.key} is ignored`);
    expect((await cli.run('problems', 'orders')).stdout).not.toContain('UnconfirmedInstance');
    endedWith(0, await cli.run('members', 'orders', '--forget', cluster.replicas[0]?.key ?? ''));
    expect(await shown(cli)).not.toContain(cluster.replicas[0]?.key);
    endedWith(3, await cli.run('members', 'orders', '--ignore', cluster.master.key));
    endedWith(2, await cli.run('members', 'orders', '--forget', 'nowhere:3306'));
    expect(stranger.heard).toEqual([]);
  });

  test('an armed monitor in which nobody may be promoted says so, with the line to write', async () => {
    const settings = { environment: 'production', members: undefined };
    const cli = await cliWith(settings);
    const state = join(cli.folder, 'state');
    const config = join(cli.folder, 'armed.json');
    const armed = {
      ...Object(settingsOf(cluster, settings)),
      recoverMasterClusterFilters: ['*'],
    };
    await writeFile(config, JSON.stringify(armed), { mode: 0o600 });
    const monitor = Monitor.start({ program, config, state });
    try {
      await monitor.sees('it says so', () => /"members": \[/.test(monitor.words));
      const line = [...cluster.replicas.map((it) => it.key), stranger.key].toSorted();
      expect(monitor.words).toContain('error: orders: automatic failover is armed');
      expect(monitor.words).toContain(`"members": ${JSON.stringify(line).replaceAll(',', ', ')}`);
    } finally {
      await monitor.end();
    }
    expect(stranger.heard).toEqual([]);
  });

  test('an update takes nobody out who replicated, and lists them for a review', async () => {
    const before = await cliWith({});
    expect(await shown(before)).toEqual(keys());
    // A journal of the release before knows no confirmations.
    const journal = new DatabaseSync(join(before.folder, 'state', 'journal.db'));
    journal.exec('DROP TABLE member_standings');
    journal.close();
    const updated = settingsOf(cluster, { environment: 'production', members: undefined });
    await writeFile(join(before.folder, 'switchover.json'), JSON.stringify(updated));
    expect(await shown(before)).toEqual(keys());
    const { stdout } = await before.run('problems', 'orders');
    expect(stdout).toContain('MembersToReview');
    for (const { key } of cluster.replicas) {
      await before.run('members', 'orders', '--confirm', key);
    }
    expect((await before.run('problems', 'orders')).stdout).not.toContain('MembersToReview');
    expect(stranger.heard).toEqual([]);
  });
});
