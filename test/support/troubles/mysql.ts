import { testUsers } from '../../servers/test-cluster.ts';
import { first, master, second, type Trouble } from './trouble.ts';

const { user } = testUsers.replication;

function changedSource(options: string): readonly string[] {
  return ['STOP REPLICA', `CHANGE REPLICATION SOURCE TO ${options}`, 'START REPLICA'];
}

export const mysql: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: [
      'SET GLOBAL super_read_only = 0',
      'SET SESSION sql_log_bin = 0',
      `DROP USER '${user}'@'%'`,
      'SET GLOBAL super_read_only = 1',
    ],
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
