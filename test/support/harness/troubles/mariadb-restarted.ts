import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionFileOf, startServer } from '../../../../src/adapters/lab/server-process.ts';
import type { ServerDistribution } from '../../../../src/adapters/lab/server-distribution.ts';
import { fakedClock, whyNoFakedClock } from '../../../servers/faked-clock.ts';
import { mariadb118 } from '../../../servers/mariadb118.ts';
import { freeDisk, nearlyFillDisk, whyNoDisk } from '../../../servers/own-disk.ts';
import { rebuild } from '../../../servers/rebuild.ts';
import { testUsers, type TestCluster } from '../../../servers/test-cluster.ts';
import type { TestMember } from '../../../servers/test-member.ts';
import { until } from '../until.ts';
import { first, master, second, type Trouble } from './trouble.ts';

/** Kept in its option file, so that only the doctor's lines undo it. */
async function restartWith(member: TestMember, line: string): Promise<void> {
  await member.stop();
  await appendFile(optionFileOf(member.folder), `${line}\n`);
  await member.start();
}

/** Under other programs or in another environment, until it is next stopped. */
async function restartAs(
  member: TestMember,
  distribution: ServerDistribution,
  options: readonly string[] = [],
): Promise<void> {
  await member.stop();
  await startServer(distribution, member.folder, options);
  await member.start();
}

function dataOf(member: TestMember): string {
  return join(member.folder, 'data');
}

/** The last replica is of MariaDB 11.8; the master's data lie on a disk of their own. */
export const restarted: readonly Trouble[] = [
  {
    item: 'BinlogOff',
    on: first,
    harm: (cluster) => restartWith(first(cluster), 'skip_log_bin'),
    mends: 'lines',
  },
  {
    item: 'ReplicaUpdatesNotLogged',
    on: second,
    harm: (cluster) => restartWith(second(cluster), 'log_slave_updates = 0'),
    mends: 'lines',
  },
  {
    item: 'DiskFull',
    on: master,
    breaking: ["INSTALL SONAME 'disks'"],
    harm: (cluster) => nearlyFillDisk(dataOf(master(cluster))),
    mends: (cluster) => freeDisk(dataOf(master(cluster))),
    whyNot: whyNoDisk,
  },
];

const rowsSql = 'SELECT COUNT(*) FROM shop.orders';

async function purgeWhatItNeeds(cluster: TestCluster): Promise<void> {
  const source = master(cluster);
  await second(cluster).sql('STOP SLAVE');
  await source.sql('INSERT INTO shop.orders VALUES (2)', 'FLUSH BINARY LOGS');
  const newest = (await source.value('SHOW MASTER STATUS')) ?? '';
  // The other replica, whose copy is to mend this one, restarts meanwhile: who is away keeps no binary log from purging.
  await until('the other replica has the row', async () => {
    const rows = await first(cluster)
      .value(rowsSql)
      .catch(() => null);
    return rows === '2';
  });
  await until('the old binary logs are gone', async () => {
    await source.sql(`PURGE BINARY LOGS TO '${newest}'`);
    return (await source.value('SHOW BINARY LOGS')) === newest;
  });
  await second(cluster).sql('START SLAVE');
}

export const restartedThen: readonly Trouble[] = [
  {
    item: 'ClockSkew',
    on: first,
    harm: (cluster) => {
      const { distribution } = cluster;
      const environment = { ...distribution.environment, ...fakedClock(30) };
      return restartAs(first(cluster), { ...distribution, environment });
    },
    mends: (cluster) => restartAs(first(cluster), cluster.distribution),
    whyNot: whyNoFakedClock,
  },
  {
    item: 'PurgedBinlogsNeeded',
    on: second,
    harm: purgeWhatItNeeds,
    mends: (cluster) => rebuild(second(cluster), first(cluster)),
  },
];

async function upgrade(member: TestMember): Promise<void> {
  const newer = await mariadb118();
  const options = Object.entries(newer.options).map(([name, value]) => `--${name}=${value}`);
  await restartAs(member, newer, options);
}

/** It reads from the one of 11.8, and becomes one itself. */
export const older: readonly Trouble[] = [
  {
    item: 'ReplicaOlderThanSource',
    on: first,
    harm: async (cluster) => {
      const port = String(second(cluster).port);
      await first(cluster).sql(
        'STOP SLAVE',
        `CHANGE MASTER TO MASTER_PORT = ${port}, MASTER_USER = '${testUsers.replication.user}'`,
        'START SLAVE',
      );
    },
    mends: (cluster) => upgrade(first(cluster)),
  },
];
