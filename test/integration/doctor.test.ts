import { afterAll, expect, test } from 'vitest';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { testUsers, type ClusterWish, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { Clinic, type Trouble, type TroubleRow } from '../support/clinic.ts';

const { user } = testUsers.replication;
const monitor = testUsers.monitor.user;
const master = (cluster: TestCluster): TestMember => cluster.master;
const first = (cluster: TestCluster): TestMember => cluster.replicas[0] ?? cluster.master;
const second = (cluster: TestCluster): TestMember => cluster.replicas[1] ?? cluster.master;

function changed(options: string): readonly string[] {
  return ['STOP SLAVE', `CHANGE MASTER TO ${options}`, 'START SLAVE'];
}

function changedSource(options: string): readonly string[] {
  return ['STOP REPLICA', `CHANGE REPLICATION SOURCE TO ${options}`, 'START REPLICA'];
}

/** In this order they are mended; all are broken before. */
const mariadb: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: ['SET SESSION sql_log_bin = 0', `DROP USER '${user}'@'%'`],
    mends: true,
  },
  { item: 'SlowDetection', on: first, mends: true },
  {
    item: 'SlowConnectRetry',
    on: first,
    breaking: changed('MASTER_CONNECT_RETRY = 60'),
    mends: true,
  },
  { item: 'PlaceNotByGtid', on: first, breaking: changed('MASTER_USE_GTID = no'), mends: true },
  { item: 'WritableReplica', on: first, breaking: ['SET GLOBAL read_only = 0'], mends: true },
  { item: 'NotDurable', on: first, mends: true },
  {
    item: 'ShortBinlogRetention',
    on: first,
    breaking: ['SET GLOBAL binlog_expire_logs_seconds = 600'],
    mends: true,
  },
  { item: 'GtidNotStrict', on: first, breaking: ['SET GLOBAL gtid_strict_mode = 0'], mends: true },
  {
    item: 'SemiSyncReplicaStopsSlowly',
    on: first,
    breaking: ['SET GLOBAL rpl_semi_sync_slave_enabled = 1'],
    mends: true,
  },
  {
    item: 'ReplicationCredentialsWrong',
    on: second,
    breaking: changed("MASTER_PASSWORD = 'wrong'"),
    mends: true,
  },
  {
    item: 'ReplicationFilters',
    on: second,
    breaking: ['STOP SLAVE', "SET GLOBAL replicate_ignore_db = 'junk'", 'START SLAVE'],
    mends: false,
  },
  {
    item: 'MissingRights',
    on: second,
    breaking: ['SET SESSION sql_log_bin = 0', `REVOKE RELOAD ON *.* FROM '${monitor}'@'%'`],
    mends: false,
  },
  { item: 'ReadOnlyNotKept', on: second, mends: false },
  { item: 'RelayLogNotRecovered', on: second, mends: false },
  { item: 'NamesAreResolved', on: master, mends: false },
  { item: 'ReportHostMissing', on: second, mends: false },
];

/** Then, for they disturb the others. */
const mariadbThen: readonly Trouble[] = [
  // Any other change of the source would set it to half of the timeout.
  {
    item: 'SlowHeartbeat',
    on: second,
    breaking: ['SET GLOBAL slave_net_timeout = 4', ...changed('MASTER_HEARTBEAT_PERIOD = 3')],
    mends: true,
  },
  // As `server_id` of a copied option file: the first replica's own.
  { item: 'DuplicateServerId', on: second, breaking: ['SET GLOBAL server_id = 102'], mends: true },
];

/** A short timeout, so that nothing waits long for replicas that do not acknowledge yet. */
const semiSync: readonly Trouble[] = [
  {
    item: 'SemiSyncFallsBack',
    on: master,
    breaking: [
      'SET GLOBAL rpl_semi_sync_master_timeout = 200',
      'SET GLOBAL rpl_semi_sync_master_wait_no_slave = 0',
      'SET GLOBAL rpl_semi_sync_master_enabled = 1',
    ],
    mends: true,
  },
  { item: 'SemiSyncStopsWaiting', on: master, mends: true },
];

/** As who makes a user on the replica first, and then on the master. */
const conflict: Trouble = { item: 'AccountConflict', on: second, mends: false };

const refused: Trouble = {
  item: 'MonitorUserRefused',
  on: first,
  breaking: ['SET SESSION sql_log_bin = 0', `DROP USER '${monitor}'@'%'`, `KILL USER '${monitor}'`],
  mends: false,
};

const withoutAccount: Trouble = {
  item: 'ReplicationCredentialsWrong',
  on: second,
  breaking: ['STOP SLAVE', 'START SLAVE'],
  mends: true,
};

const mysql: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: [
      'SET GLOBAL super_read_only = 0',
      'SET SESSION sql_log_bin = 0',
      `DROP USER '${user}'@'%'`,
      'SET GLOBAL super_read_only = 1',
    ],
    mends: true,
  },
  { item: 'SlowDetection', on: first, mends: true },
  {
    item: 'GivesUpConnecting',
    on: first,
    breaking: changedSource('SOURCE_RETRY_COUNT = 10'),
    mends: true,
  },
  { item: 'ReadOnlyNotKept', on: first, mends: true },
  {
    item: 'SuperReadOnlyOff',
    on: second,
    breaking: ['SET GLOBAL super_read_only = 0'],
    mends: true,
  },
  {
    item: 'ReplicationCredentialsWrong',
    on: second,
    breaking: changedSource("SOURCE_PASSWORD = 'wrong'"),
    mends: true,
  },
  {
    item: 'ShortBinlogRetention',
    on: master,
    breaking: ['SET GLOBAL binlog_expire_logs_seconds = 600'],
    mends: true,
  },
  { item: 'NotDurable', on: master, mends: true },
];

const table: TroubleRow[] = [];
afterAll(() => {
  console.log(['What was broken on purpose', ...table.map(lineOf)].join('\n'));
});

function lineOf({ server, item, found, fixed }: TroubleRow): string {
  const mended = fixed === null ? 'by hand' : fixed ? 'fixed' : 'NOT FIXED';
  return `  ${server.padEnd(8)} ${item.padEnd(28)} ${found ? 'found    ' : 'NOT FOUND'}  ${mended}`;
}

async function inClinic(wish: ClusterWish, work: (clinic: Clinic) => Promise<void>): Promise<void> {
  const clinic = await Clinic.open(wish);
  try {
    await work(clinic);
  } finally {
    await clinic.close();
  }
}

/** What was not found, what is still there after its fix, and what went wrong; nothing where all is well. */
async function failures(clinic: Clinic, troubles: readonly Trouble[]): Promise<readonly string[]> {
  const rows = await clinic.play(troubles);
  table.push(...rows);
  return [
    ...rows.filter((it) => !it.found || it.fixed === false).map(lineOf),
    ...clinic.complaints,
  ];
}

test('what was broken on MariaDB is found and mended', async () => {
  const options = { 'relay-log-recovery': 0, 'skip-name-resolve': 0, 'report-host': '' };
  await inClinic({ server: 'mariadb', replicas: 2, options }, async (clinic) => {
    expect(await failures(clinic, mariadb)).toEqual([]);
    expect(await failures(clinic, mariadbThen)).toEqual([]);
    expect(await failures(clinic, semiSync)).toEqual([]);
    await clinic.cluster.master.sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    // Nobody gets in any more from where the replicas are; who is in already stays.
    await clinic.cluster.master.sql(`RENAME USER '${user}'@'%' TO '${user}'@'10.%'`);
    expect(await failures(clinic, [withoutAccount])).toEqual([]);
    await second(clinic.cluster).sql('SET SESSION sql_log_bin = 0', "CREATE USER 'late'@'%'");
    await clinic.cluster.master.sql("CREATE USER 'late'@'%'");
    expect(await failures(clinic, [conflict])).toEqual([]);
    expect(await failures(clinic, [refused])).toEqual([]);
  });
});

test('what was broken on MySQL 9.7 is found and mended', async () => {
  // With the rights that the README names, no more.
  await inClinic({ server: 'mysql97', replicas: 2, rights: 'least' }, async (clinic) => {
    expect(await failures(clinic, mysql)).toEqual([]);
    const report = await clinic.check();
    expect(report.unasked.map((it) => inEnglish(it.says))).toContain(
      'How full the disk is cannot be asked of MySQL.',
    );
  });
});
