import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { whyNoNetwork } from '../servers/network.ts';
import { Sshd } from '../servers/sshd.ts';
import { startCluster, testUsers } from '../servers/test-cluster.ts';
import { prepareForWriters } from '../servers/writers.ts';
import { buildProgram, Monitor, settingsFolder, type Program } from '../support/harness/monitor.ts';
import { SshHome } from '../support/harness/ssh-home.ts';
import { until } from '../support/harness/until.ts';
import { membersOf } from '../support/harness/cli.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

// Servers in a network of their own that this process reaches only through an SSH server in there.
const cannot = await whyNoNetwork();
const realHome = process.env['HOME'];
let program: Program;
let home: SshHome;
let bastion: Sshd;
let watched: WatchedCluster;
let place: Awaited<ReturnType<typeof settingsFolder>>;

beforeAll(async () => {
  if (cannot !== undefined) {
    throw new Error(cannot);
  }
  program = await buildProgram();
  home = await SshHome.make();
  await home.begin();
  const cluster = await startCluster({ server: 'mariadb', network: true, rights: 'least' });
  await prepareForWriters(cluster.master);
  const host = cluster.network?.host('w');
  bastion = await Sshd.start({
    letsIn: [join(home.keys, 'open.pub')],
    address: host?.address ?? '',
    within: host?.command ?? [],
  });
  await home.write('known_hosts', await bastion.knownAs(bastion.address));
  for (const name of ['m', 'r1', 'r2']) {
    await cluster.network?.cut(name, 'outside');
  }
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${String(port)}`;
  place = await settingsFolder({
    clusters: [
      {
        id: 'orders',
        seeds: [cluster.master.key],
        ...membersOf(cluster),
        user: testUsers.monitor.user,
        replicationUser: testUsers.replication.user,
        environment: 'lab',
        ssh: { host: bastion.address, port: bastion.port, key: join(home.keys, 'open') },
        proxies: [{ kind: 'embedded', writer: address }],
      },
    ],
    recoverMasterClusterFilters: ['*'],
  });
  watched = new WatchedCluster({ cluster, address, program, place, paths: new Map() });
  // The command looks for the person's SSH files there.
  process.env['HOME'] = home.folder;
});
afterAll(async () => {
  process.env['HOME'] = realHome;
  await watched?.cluster.stop();
  await place?.remove();
  await bastion?.end();
  await home?.end();
  await home?.remove();
  await program?.remove();
});

function reaches(key: string): Promise<boolean> {
  const [host = '', port = ''] = key.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    const end = (it: boolean): void => {
      socket.destroy();
      resolve(it);
    };
    socket.setTimeout(500, () => {
      end(false);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

test('a cluster is discovered and a replica promoted through the SSH host alone', async () => {
  const { master, members, replicas } = watched.cluster;
  expect(await reaches(master.key)).toBe(false);
  const seen = await watched.command('topology', 'orders', '--json');
  expect(seen).toMatchObject({ code: 0 });
  expect(members.filter((it) => seen.stdout.includes(it.key))).toEqual(members);
  const [next = master] = replicas;
  const promoted = await watched.command('promote', 'orders', next.key);
  expect(promoted).toMatchObject({ code: 0 });
  await next.untilValue('SELECT @@GLOBAL.read_only', '0');
  await master.untilValue('SELECT @@GLOBAL.read_only', '1');
});

test('nothing is promoted when the SSH host dies or hangs; when it is back, a dead master is replaced', async () => {
  const monitor = Monitor.start({ program: program.path, ...place });
  try {
    await monitor.sees('the watch is kept', (it) => it.kind === 'lease' && it.armed);
    await monitor.sees(
      'the master is known',
      (it) => it.kind === 'topology' && it.topology.master !== null,
    );
    const master = await watched.writable();
    for (const fault of ['kill', 'hang'] as const) {
      const before = monitor.events.length;
      await bastion[fault]();
      await until('nothing to be reachable', () =>
        monitor.events
          .slice(before)
          .some((it) => it.kind === 'finding' && it.finding.code === 'NothingReachable'),
      );
      await sleep(3_000);
      expect(monitor.recoveries()).toEqual([]);
      expect(monitor.decisions().filter((it) => it.decision === 'acted')).toEqual([]);
      expect(await watched.writable()).toBe(master);
      const back = monitor.events.length;
      await (fault === 'kill' ? bastion.start() : bastion.unhang());
      await until('the cluster to be seen again', () =>
        monitor.events
          .slice(back)
          .some(
            (it) =>
              it.kind === 'finding' &&
              it.finding.code === 'NothingReachable' &&
              it.state === 'gone',
          ),
      );
    }
    await master?.kill9();
    await until('another to take writes', async () => {
      const now = await Promise.all(
        watched.cluster.members
          .filter((it) => it !== master)
          .map((it) => it.value('SELECT @@GLOBAL.read_only')),
      );
      return now.includes('0');
    });
    expect(monitor.words).toContain('is not reachable');
  } catch (error) {
    throw new Error(`${String(error)}\n${monitor.told()}`, { cause: error });
  } finally {
    await monitor.end();
  }
});
