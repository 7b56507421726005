import type { Flavor, Release } from '../core/model/instance.ts';
import { compareReleases, type Version } from './version.ts';

/** Since which release a server can do what; `never` where it cannot. A new release is a row here. */
const since = {
  /** `gtid_mode` (MySQL), `gtid_slave_pos` (MariaDB). */
  gtid: { mysql: [5, 6, 5], mariadb: [10, 0, 2] },
  superReadOnly: { mysql: [5, 7, 8], mariadb: 'never' },
  /** More than one source, and naming the channel a statement is for. */
  channels: { mysql: [5, 7, 6], mariadb: [10, 0, 1] },
  /** `SHOW ALL SLAVES STATUS`: one row for every connection, with its name. */
  allSlavesStatus: { mysql: 'never', mariadb: [10, 0, 1] },
  /** `SHOW`, `START`, `STOP` and `RESET REPLICA`; the old words are gone from 8.4 on. */
  replicaWords: { mysql: [8, 0, 22], mariadb: 'never' },
  /** `SHOW REPLICAS` instead of `SHOW SLAVE HOSTS`. */
  showReplicas: { mysql: [8, 0, 22], mariadb: 'never' },
  /** `CHANGE REPLICATION SOURCE TO` and its `SOURCE_` options. */
  sourceWords: { mysql: [8, 0, 23], mariadb: 'never' },
  /** `SHOW BINARY LOG STATUS` instead of `SHOW MASTER STATUS`. */
  binaryLogStatus: { mysql: [8, 2, 0], mariadb: 'never' },
  waitForExecutedSet: { mysql: [5, 7, 5], mariadb: 'never' },
  /** `SOURCE_POS_WAIT` instead of `MASTER_POS_WAIT`. */
  sourcePosWait: { mysql: [8, 0, 26], mariadb: 'never' },
  /** A replica can ask for the key that `caching_sha2_password` needs without TLS. */
  publicKeyRequest: { mysql: [8, 0, 4], mariadb: 'never' },
  /** A replica can choose another source by itself: `SOURCE_CONNECTION_AUTO_FAILOVER`. */
  connectionFailover: { mysql: [8, 0, 22], mariadb: 'never' },
  /** A replica gives up after 10 attempts unless told otherwise. */
  shortRetryCount: { mysql: [8, 4, 0], mariadb: 'never' },
  /** `CREATE USER IF NOT EXISTS` and `ALTER USER`. */
  createUserIfNotExists: { mysql: [5, 7, 6], mariadb: [10, 2, 0] },
  /** A right for every task, instead of SUPER for all. */
  dynamicRights: { mysql: [8, 0, 0], mariadb: [10, 5, 2] },
  /** `SET_ANY_DEFINER` (MySQL); `SET USER` that SUPER no longer includes (MariaDB). */
  definerRight: { mysql: [8, 2, 0], mariadb: [11, 0, 1] },
  /** `replica_net_timeout`, `log_replica_updates` instead of the words with `slave`. */
  replicaVariables: { mysql: [8, 0, 26], mariadb: 'never' },
  /** Accounts can be locked, and passwords have a lifetime. */
  accountLock: { mysql: [5, 7, 6], mariadb: [10, 4, 3] },
  /** `SET PERSIST`, and tables that tell where a variable has its value from. */
  persist: { mysql: [8, 0, 0], mariadb: 'never' },
  /** `performance_schema.replication_connection_configuration` with the heartbeat. */
  configurationTables: { mysql: [5, 7, 6], mariadb: 'never' },
  /** `performance_schema.metadata_locks`; before MySQL 8 its instrument is off. */
  metadataLocks: { mysql: [8, 0, 0], mariadb: [10, 5, 9] },
  /** `gtid_mode` can be switched while the server runs. */
  gtidOnline: { mysql: [5, 7, 6], mariadb: 'never' },
  /** `max_execution_time` (MySQL), `max_statement_time` (MariaDB). */
  statementTime: { mysql: [5, 7, 8], mariadb: [10, 1, 1] },
  /** Sessions of users with `SYSTEM_USER` are ended only by users who have it too. */
  systemUser: { mysql: [8, 0, 16], mariadb: 'never' },
  /** GRANT makes no account, and there is no `NO_AUTO_CREATE_USER` any more. */
  grantCannotCreate: { mysql: [8, 0, 11], mariadb: 'never' },
} as const satisfies Record<string, Record<Flavor, Release | 'never'>>;

export type Capability = keyof typeof since;

export function can(version: Version, capability: Capability): boolean {
  const first: Release | 'never' = since[capability][version.flavor];
  return first !== 'never' && compareReleases(version.release, first) >= 0;
}
