import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../src/adapters/lab/server-process.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { Monitor, type ShownRecovery } from '../support/harness/monitor.ts';
import { topologyOf, type Shown } from '../support/builders/shown-topology.ts';
import { until } from '../support/harness/until.ts';

const program = join(import.meta.dirname, '../../dist/cli.js');

// Each test goes on with the servers as the one before left them.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let cluster: TestCluster;
  let outside: TestCluster;
  const clis: Cli[] = [];
  /** The master that died last. */
  let gone: string | undefined;

  beforeAll(async () => {
    const domain = server === 'mariadb' ? { gtid_domain_id: '5' } : {};
    [cluster, outside] = await Promise.all([
      startCluster({ server }),
      startCluster({ server, replicas: 0, options: { 'server-id': 77, ...domain } }),
    ]);
    await outside.master.sql('SET sql_log_bin = 0', `DROP USER '${testUsers.monitor.user}'@'%'`);
  });
  afterAll(async () => {
    await Promise.all(clis.map((it) => it.remove()));
    await cluster?.stop();
    await outside?.stop();
  });

  /** The first master and its replicas. */
  const three = (): readonly [TestMember, TestMember, TestMember] => {
    const [m, r1, r2] = cluster.members;
    if (m === undefined || r1 === undefined || r2 === undefined) throw new Error('Not started.');
    return [m, r1, r2];
  };

  const cliWith = async (changes: Readonly<Record<string, unknown>> = {}): Promise<Cli> => {
    const settings = {
      ...Object(settingsOf(cluster, changes)),
      recoverMasterClusterFilters: ['*'],
    };
    const cli = await cliFor(settings, passwords);
    clis.push(cli);
    return cli;
  };

  const follows = async (who: TestMember, port: number): Promise<void> => {
    const status = server === 'mariadb' ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS';
    await until(`${who.key} reads from ${String(port)}`, async () => {
      const [row] = await who.sql(status);
      return (
        (row?.['Master_Port'] ?? row?.['Source_Port']) === port &&
        (row?.['Slave_IO_Running'] ?? row?.['Replica_IO_Running']) === 'Yes'
      );
    });
  };

  /** Lets one server read from another. */
  const reads = async (from: string, port: number, who: TestMember): Promise<void> => {
    const { user, password } = testUsers.replication;
    await who.sql(
      ...(server === 'mariadb'
        ? [
            'STOP SLAVE',
            `CHANGE MASTER TO MASTER_HOST = '${from}', MASTER_PORT = ${String(port)}, MASTER_USER = '${user}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
            'START SLAVE',
          ]
        : [
            'STOP REPLICA',
            `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${from}', SOURCE_PORT = ${String(port)}, SOURCE_USER = '${user}', SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1`,
            'START REPLICA',
          ]),
    );
  };

  test('a master that reads from a server outside, where our user is unknown, is the master, and is replaced', async () => {
    const [m, r1, r2] = three();
    await reads('127.0.0.1', outside.master.port, m);
    const cli = await cliWith();
    const { master, roles } = topologyOf(await cli.json('topology', 'orders'));
    expect(master).toBe(m.key);
    expect(Object.keys(roles).toSorted()).toEqual(cluster.members.map((it) => it.key).toSorted());
    // A switchover would let it read from the new master instead: that is refused before anything changes.
    const refused = await cli.run('promote', 'orders', r1.key, '--dry-run');
    endedWith(3, refused);
    expect(refused.stdout).toContain(`reads from ${outside.master.key}, outside the cluster`);
    const { newMaster } = await failsOver(cli, {
      begin: () => m.kill9(),
      after: async () => {
        await m.start();
        await m.untilValue('SELECT @@GLOBAL.read_only', '1');
      },
    });
    expect([r1.key, r2.key]).toContain(newMaster);
    expect(await outside.master.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('a dead master whose replicas spell its name each in another way is one, and is replaced', async () => {
    const [m, r1, r2] = three();
    const isFirst = (await r1.value('SELECT @@GLOBAL.read_only')) === '0';
    const [now, other] = isFirst ? [r1, r2] : [r2, r1];
    await reads('localhost', now.port, m);
    await reads('127.0.0.1', now.port, other);
    await Promise.all([m, other].map((it) => follows(it, now.port)));
    await now.kill9();
    gone = now.key;
    // Nothing is known from before: only the two replicas tell of it.
    const cli = await cliWith({ seeds: [m.key, other.key], members: undefined });
    const { roles } = topologyOf(await cli.json('topology', 'orders'));
    expect(roles).toMatchObject({ [now.key]: 'master' });
    expect(Object.keys(roles)).toHaveLength(3);
    // Of one that was never heard from here, a person must say that it is dead.
    const promoted = await cli.run('promote', 'orders', other.key, '--force');
    endedWith(0, promoted);
    await follows(m, other.port);
    expect(await other.value('SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('of cloned machines each is shown, and a master among them is replaced', async () => {
    // The dead one comes back as the clone of the master, at another address of this machine.
    const [other, r1, r2] = three();
    const [spare, now] = r1.key === gone ? [r1, r2] : [r2, r1];
    const port = String(now.port);
    if (server === 'mysql97') await copyFile(uuidOf(now), uuidOf(spare));
    await startServer(cluster.distribution, spare.folder, [
      `--port=${port}`,
      '--bind-address=127.0.0.2',
      `--server-id=${String(now.serverId)}`,
    ]);
    const twin = `127.0.0.2:${port}`;
    const cli = await cliWith({ seeds: [now.key, other.key, twin], members: ['127.0.0.*'] });
    const shown = async (): Promise<Shown> => topologyOf(await cli.json('topology', 'orders'));
    await until('the clone answers', async () => (await shown()).readOnly[twin] === true);
    expect((await shown()).roles).toMatchObject({ [now.key]: 'master', [twin]: 'detached' });
    const { stdout } = await cli.run('problems');
    expect(stdout).toContain(server === 'mysql97' ? 'DuplicateServerUuid' : 'DuplicateServerId');
    const { newMaster } = await failsOver(cli, { begin: () => now.kill9() });
    expect(newMaster).toBe(other.key);
  });
});

function uuidOf({ folder }: TestMember): string {
  return join(folder, 'data/auto.cnf');
}

/** Watches until a dead master is replaced; `begin`: done once it watches, `after`: while it still does. */
async function failsOver(
  cli: Cli,
  {
    begin,
    after,
  }: {
    readonly begin?: () => Promise<void>;
    readonly after?: () => Promise<void>;
  } = {},
): Promise<ShownRecovery> {
  const config = join(cli.folder, 'switchover.json');
  const monitor = Monitor.start({ program, config, state: join(cli.folder, 'state') });
  try {
    if (begin !== undefined) {
      await monitor.sees('a master', (it) => it.kind === 'topology' && it.topology.master !== null);
      await begin();
    }
    await monitor.sees('it is replaced', (it) => it.kind === 'recovery' && isDone(it.recovery));
    const [done] = monitor.recoveries().filter(isDone);
    if (done === undefined) throw new Error('It is gone again.');
    await after?.();
    return done;
  } finally {
    await monitor.end();
  }
}

function isDone(it: ShownRecovery): boolean {
  return it.kind === 'failover' && it.state === 'succeeded';
}
