import { testUsers } from '../../../servers/test-cluster.ts';
import { first, master, second, type Trouble } from './trouble.ts';

const { user } = testUsers.replication;
const monitor = testUsers.monitor.user;

function changed(options: string): readonly string[] {
  return ['STOP SLAVE', `CHANGE MASTER TO ${options}`, 'START SLAVE'];
}

/** In this order they are mended; all are broken before. */
export const mariadb: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: ['SET SESSION sql_log_bin = 0', `DROP USER '${user}'@'%'`],
    mends: 'plan',
  },
  { item: 'SlowDetection', on: first, mends: 'plan' },
  {
    item: 'SlowConnectRetry',
    on: first,
    breaking: changed('MASTER_CONNECT_RETRY = 60'),
    mends: 'plan',
  },
  { item: 'PlaceNotByGtid', on: first, breaking: changed('MASTER_USE_GTID = no'), mends: 'plan' },
  { item: 'WritableReplica', on: first, breaking: ['SET GLOBAL read_only = 0'], mends: 'plan' },
  { item: 'NotDurable', on: first, mends: 'plan' },
  {
    item: 'ShortBinlogRetention',
    on: first,
    breaking: ['SET GLOBAL binlog_expire_logs_seconds = 600'],
    mends: 'plan',
  },
  {
    item: 'GtidNotStrict',
    on: first,
    breaking: ['SET GLOBAL gtid_strict_mode = 0'],
    mends: 'plan',
  },
  {
    item: 'SemiSyncReplicaStopsSlowly',
    on: first,
    breaking: ['SET GLOBAL rpl_semi_sync_slave_enabled = 1'],
    mends: 'plan',
  },
  {
    item: 'ReplicationCredentialsWrong',
    on: second,
    breaking: changed("MASTER_PASSWORD = 'wrong'"),
    mends: 'plan',
  },
  {
    item: 'ReplicationFilters',
    on: second,
    breaking: ['STOP SLAVE', "SET GLOBAL replicate_ignore_db = 'junk'", 'START SLAVE'],
    // Nothing was left out yet, so that nothing need be rebuilt.
    mends: async (cluster) => {
      await second(cluster).sql('STOP SLAVE', "SET GLOBAL replicate_ignore_db = ''", 'START SLAVE');
    },
  },
  {
    item: 'MissingRights',
    on: second,
    breaking: ['SET SESSION sql_log_bin = 0', `REVOKE RELOAD ON *.* FROM '${monitor}'@'%'`],
    mends: 'lines',
  },
  { item: 'ReadOnlyNotKept', on: second, mends: 'lines' },
  { item: 'RelayLogNotRecovered', on: second, mends: 'lines' },
  { item: 'NamesAreResolved', on: master, mends: 'lines' },
  { item: 'ReportHostMissing', on: second, mends: 'lines' },
];

/** Then, for they disturb the others. */
export const mariadbThen: readonly Trouble[] = [
  // Any other change of the source would set it to half of the timeout.
  {
    item: 'SlowHeartbeat',
    on: second,
    breaking: ['SET GLOBAL slave_net_timeout = 4', ...changed('MASTER_HEARTBEAT_PERIOD = 3')],
    mends: 'plan',
  },
  // As `server_id` of a copied option file: the first replica's own.
  {
    item: 'DuplicateServerId',
    on: second,
    breaking: ['SET GLOBAL server_id = 102'],
    mends: 'plan',
  },
];

/** A short timeout, so that nothing waits long for replicas that do not acknowledge yet. */
export const semiSync: readonly Trouble[] = [
  {
    item: 'SemiSyncFallsBack',
    on: master,
    breaking: [
      'SET GLOBAL rpl_semi_sync_master_timeout = 200',
      'SET GLOBAL rpl_semi_sync_master_wait_no_slave = 0',
      'SET GLOBAL rpl_semi_sync_master_enabled = 1',
    ],
    mends: 'plan',
  },
  { item: 'SemiSyncStopsWaiting', on: master, mends: 'plan' },
];

/** As who makes a user on the replica first, and then on the master. */
export const conflict: Trouble = { item: 'AccountConflict', on: second, mends: 'lines' };

export const refused: Trouble = {
  item: 'MonitorUserRefused',
  on: first,
  breaking: ['SET SESSION sql_log_bin = 0', `DROP USER '${monitor}'@'%'`, `KILL USER '${monitor}'`],
  mends: 'lines',
};

export const withoutAccount: Trouble = {
  item: 'ReplicationCredentialsWrong',
  on: second,
  breaking: ['STOP SLAVE', 'START SLAVE'],
  mends: 'plan',
};
