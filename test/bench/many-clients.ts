// How long writes stop in a switchover beside many idle connections: `node test/bench/many-clients.ts [COUNT]`.
import { createConnection, type Connection } from 'mysql2/promise';
import { startCluster } from '../servers/test-cluster.ts';
import type { TestServer } from '../servers/distributions.ts';
import { cliFor, endedWith, passwords, settingsOf } from '../support/harness/cli.ts';
import { until } from '../support/harness/until.ts';

const [wanted = '800'] = process.argv.slice(2);
const servers: readonly TestServer[] = ['mariadb', 'mysql97'];
const client = { user: 'app', password: 'app-Pw-3' };

for (const server of servers) {
  await measure(server, Number(wanted));
}

async function measure(server: TestServer, clients: number): Promise<void> {
  const cluster = await startCluster({
    server,
    rights: 'all',
    options: { max_connections: clients + 200, 'loose-open_files_limit': 20_000 },
  });
  const cli = await cliFor(settingsOf(cluster), passwords);
  try {
    await cluster.master.sql(`CREATE USER ${client.user}@'%' IDENTIFIED BY '${client.password}'`);
    const isWell = async () => (await cli.run('problems', 'orders')).code === 0;
    await until('all replicate', isWell);
    const members = [cluster.master, ...cluster.replicas];
    for (const [turn, of] of [0, clients, 0, clients].entries()) {
      const [from, to] = turn % 2 === 0 ? [0, 1] : [1, 0];
      const open = await openMany(members[from]?.port ?? 0, of);
      const result = await cli.run('promote', 'orders', members[to]?.key ?? '');
      endedWith(0, result);
      const [, stopped = '?'] = /stopped for (\d+) ms/.exec(result.stdout) ?? [];
      console.log(`${server}: ${String(of)} clients, writes stopped for ${stopped} ms`);
      open.forEach((it) => {
        it.destroy();
      });
      await until('all replicate', isWell);
    }
  } finally {
    await cli.remove();
    await cluster.stop();
  }
}

/** In groups, so that none waits too long for its greeting. */
async function openMany(port: number, count: number): Promise<readonly Connection[]> {
  const open: Connection[] = [];
  while (open.length < count) {
    const group = Array.from({ length: Math.min(50, count - open.length) }, async () => {
      const connection = await createConnection({ host: '127.0.0.1', port, ...client });
      connection.on('error', () => undefined);
      return connection;
    });
    open.push(...(await Promise.all(group)));
  }
  return open;
}
