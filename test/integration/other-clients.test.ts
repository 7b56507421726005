import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBinlog } from '../support/binlog-reader.ts';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import { cliFor, passwords, settingsOf, type Cli } from '../support/cli.ts';
import { topologyOf } from '../support/shown-topology.ts';
import { until } from '../support/until.ts';

const cdc = { user: 'cdc', password: 'cdc-Pw-31' };

// What programs and sessions beside the replicas do.
describe.each(['mariadb', 'mysql97'] as const)('on %s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;

  beforeAll(async () => {
    cluster = await startCluster({ server, options: { performance_schema: 'ON' } });
    cli = await cliFor(settingsOf(cluster), passwords);
    await cluster.master.sql(
      `CREATE USER ${cdc.user}@'%' IDENTIFIED BY '${cdc.password}'`,
      `GRANT REPLICATION SLAVE ON *.* TO ${cdc.user}@'%'`,
    );
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  test('programs that read the binary log are told as such, and are neither replicas nor outsiders', async () => {
    const { master } = cluster;
    const registrations = [
      // As python-mysql-replication does.
      { host: '', port: 0 },
      { host: 'cdc-host', port: 0 },
      // As mysqlbinlog does.
      undefined,
      // On MySQL also a whole address where nobody listens.
      ...(server === 'mysql97' ? [{ host: '127.0.0.1', port: 9 }] : []),
    ];
    const readers = await Promise.all(
      registrations.map((registers, place) =>
        readBinlog(master.port, {
          ...cdc,
          serverId: 4711 + place,
          ...(registers === undefined ? {} : { registers }),
        }),
      ),
    );
    try {
      await until(
        'they read',
        async () =>
          (
            await master.sql(
              "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'cdc' AND COMMAND LIKE 'Binlog Dump%'",
            )
          ).length === readers.length,
      );
      const { stdout } = await cli.run('topology', 'orders');
      const told = stdout.split('\n').filter((it) => it.includes('reads the binary log'));
      expect(told).toEqual(
        readers.map(
          () => `cdc@127.0.0.1 reads the binary log of ${master.key} and is not a replica`,
        ),
      );
      const json = await cli.json('topology', 'orders');
      expect(Object.keys(topologyOf(json).roles).toSorted()).toEqual(
        cluster.members.map((it) => it.key).toSorted(),
      );
      expect(json).toMatchObject({ clusters: [{ outsiders: [] }] });
      const { code, stdout: problems } = await cli.run('problems', 'orders');
      expect({ code, problems }).toMatchObject({ code: 0 });
      // They stand in the way of nothing.
      const dry = await cli.run('promote', 'orders', cluster.replicas[0]?.key ?? '', '--dry-run');
      expect(dry.stdout + dry.stderr).not.toMatch(/cdc|471\d/);
      expect(dry.code).toBe(0);
    } finally {
      readers.forEach((it) => {
        it.destroy();
      });
    }
  });
});
