import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testUsers, type TestCluster } from '../../../servers/test-cluster.ts';
import { until } from '../until.ts';
import { first, master, second, type Trouble } from './trouble.ts';

const { user } = testUsers.replication;

function changedSource(options: string): readonly string[] {
  return ['STOP REPLICA', `CHANGE REPLICATION SOURCE TO ${options}`, 'START REPLICA'];
}

function unlogged(statement: string): readonly string[] {
  return [
    'SET GLOBAL super_read_only = 0',
    'SET SESSION sql_log_bin = 0',
    statement,
    'SET GLOBAL super_read_only = 1',
  ];
}

export const mysql: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: unlogged(`DROP USER '${user}'@'%'`),
    mends: 'plan',
  },
  { item: 'SlowDetection', on: first, mends: 'plan' },
  {
    item: 'GivesUpConnecting',
    on: first,
    breaking: changedSource('SOURCE_RETRY_COUNT = 10'),
    mends: 'plan',
  },
  { item: 'ReadOnlyNotKept', on: first, mends: 'plan' },
  {
    item: 'SuperReadOnlyOff',
    on: second,
    breaking: ['SET GLOBAL super_read_only = 0'],
    mends: 'plan',
  },
  {
    item: 'ReplicationCredentialsWrong',
    on: second,
    breaking: changedSource("SOURCE_PASSWORD = 'wrong'"),
    mends: 'plan',
  },
  {
    item: 'ShortBinlogRetention',
    on: master,
    breaking: ['SET GLOBAL binlog_expire_logs_seconds = 600'],
    mends: 'plan',
  },
  { item: 'NotDurable', on: master, mends: 'plan' },
];

/** The source has just forgotten whom it has let in before. */
export const mysqlLogins: readonly Trouble[] = [
  {
    item: 'ReplicationCredentialsWrong',
    error: 2061,
    on: first,
    harm: async (cluster) => {
      await first(cluster).sql(
        'STOP REPLICA',
        // The doctor's own login is remembered by the source: the next attempt would succeed.
        'CHANGE REPLICATION SOURCE TO SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 0, SOURCE_CONNECT_RETRY = 60',
      );
      await master(cluster).sql('FLUSH PRIVILEGES');
      await first(cluster).sql('START REPLICA');
      // Before the doctor logs in itself, or its source would let the replica in as well.
      await until('it is turned away', async () => {
        const [status] = await first(cluster).sql('SHOW REPLICA STATUS');
        return Number(status?.['Last_IO_Errno']) === 2061;
      });
    },
    mends: 'plan',
  },
  {
    // As in a copied data directory.
    item: 'DuplicateServerUuid',
    on: second,
    harm: async (cluster) => {
      const [from, to] = [master(cluster), second(cluster)];
      await to.stop();
      await copyFile(join(from.folder, 'data/auto.cnf'), join(to.folder, 'data/auto.cnf'));
      await to.start();
    },
    mends: 'lines',
  },
];

/** One step on all servers before the next, as the way there. */
async function switchGtidOff({ members, replicas }: TestCluster): Promise<void> {
  for (const it of replicas) await it.sql(...changedSource('SOURCE_AUTO_POSITION = 0'));
  for (const mode of ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF']) {
    for (const it of members) await it.sql(`SET GLOBAL gtid_mode = ${mode}`);
  }
}

export const mysqlNoGtid: readonly Trouble[] = [
  { item: 'NoGtid', on: master, harm: switchGtidOff, mends: 'lines' },
  { item: 'NoGtid', on: first, mends: 'lines' },
  { item: 'NoGtid', on: second, mends: 'lines' },
];

const who = `'${testUsers.monitor.user}'@'%'`;

/** What is left of it, an account that is locked, and rights through a role that no session begins with. */
export const mysqlAtLast: readonly Trouble[] = [
  { item: 'PlaceNotByGtid', on: second, mends: 'plan' },
  {
    item: 'ReplicationCredentialsWrong',
    error: 3118,
    on: first,
    harm: async (cluster) => {
      await master(cluster).sql(`ALTER USER '${user}'@'%' ACCOUNT LOCK`);
      await first(cluster).sql('STOP REPLICA', 'START REPLICA');
    },
    mends: async (cluster) => {
      await master(cluster).sql(`ALTER USER '${user}'@'%' ACCOUNT UNLOCK`);
      await first(cluster).sql('STOP REPLICA', 'START REPLICA');
    },
  },
  {
    item: 'MissingRights',
    on: master,
    breaking: [
      'CREATE ROLE watcher',
      'GRANT PROCESS, RELOAD ON *.* TO watcher',
      `GRANT watcher TO ${who}`,
      `REVOKE PROCESS, RELOAD ON *.* FROM ${who}`,
    ],
    mends: async (cluster) => {
      await master(cluster).sql(`SET DEFAULT ROLE watcher TO ${who}`);
    },
  },
];

/** Both take no writes, not even of an administrator. */
export const mysqlAccounts: readonly Trouble[] = [
  {
    item: 'AccountConflict',
    on: second,
    breaking: unlogged("CREATE USER 'late'@'%'"),
    harm: async (cluster) => {
      await master(cluster).sql("CREATE USER 'late'@'%'");
    },
    mends: 'lines',
  },
  {
    item: 'MonitorUserRefused',
    on: first,
    breaking: unlogged(`DROP USER ${who}`),
    harm: async (cluster) => {
      const ours = await first(cluster).sql(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${testUsers.monitor.user}'`,
      );
      for (const { ID } of ours) await first(cluster).sql(`KILL ${String(ID)}`);
    },
    mends: 'lines',
  },
];

/** A source that lets nobody in without TLS, and a replica that comes without: the last, for the tests come without too. */
export const mysqlSecure: readonly Trouble[] = [
  {
    item: 'ReplicationCredentialsWrong',
    error: 3159,
    on: first,
    harm: async (cluster) => {
      await master(cluster).sql('SET GLOBAL require_secure_transport = ON');
      await first(cluster).sql(...changedSource('SOURCE_SSL = 0'));
    },
    mends: async (cluster) => {
      await first(cluster).sql(...changedSource('SOURCE_SSL = 1'));
    },
  },
];
