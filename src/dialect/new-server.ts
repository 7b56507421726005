import { escape } from 'mysql2';
import type { FilePosition } from '../../core/model/instance.ts';
import type { Account } from './account-sql.ts';
import { isAtLeast } from './server-distribution.ts';
import type { ServerRelease } from './server-distribution.ts';

export interface ReplicationSource {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly account: Account;
  /** Where the source's binary log ends; undefined to find the place by GTID. */
  readonly place: FilePosition | undefined;
}

/** Points a fresh instance at its source and starts it, read-only. */
export function replicationSql(
  distribution: ServerRelease,
  source: ReplicationSource,
): readonly string[] {
  const speaksReplica = hasReplicaWords(distribution);
  const [side, command] = speaksReplica
    ? ['SOURCE', 'CHANGE REPLICATION SOURCE TO']
    : ['MASTER', 'CHANGE MASTER TO'];
  const values = [
    `${side}_HOST = ${escape(source.host ?? '127.0.0.1')}`,
    `${side}_PORT = ${String(source.port)}`,
    `${side}_USER = ${escape(source.account.user)}`,
    `${side}_PASSWORD = ${escape(source.account.password)}`,
    `${side}_CONNECT_RETRY = 1`,
    // Newer releases give up after ten attempts: who stops the source for longer would find every replica stopped.
    ...(distribution.flavor === 'mysql' ? [`${side}_RETRY_COUNT = 86400`] : []),
    ...placeOf(distribution, side ?? 'MASTER', source.place),
    ...(speaksReplica ? ['GET_SOURCE_PUBLIC_KEY = 1'] : []),
    // From 11.4 on a replica demands TLS unless told otherwise, also of an older source that has none.
    ...(distribution.flavor === 'mariadb' ? ['MASTER_SSL = 0'] : []),
  ];
  return [
    `${command} ${values.join(', ')}`,
    speaksReplica ? 'START REPLICA' : 'START SLAVE',
    ...readOnlySql(distribution),
  ];
}

export function readOnlySql(distribution: ServerRelease): readonly string[] {
  const hasSuper = distribution.flavor === 'mysql' && isAtLeast(distribution.release, [5, 7, 8]);
  return ['SET GLOBAL read_only = 1', ...(hasSuper ? ['SET GLOBAL super_read_only = 1'] : [])];
}

export function writableSql(): readonly string[] {
  return ['SET GLOBAL read_only = 0'];
}

/** One row for a replica: the text has the state of both threads, by the release's own column names. */
export function replicaStatusSql(distribution: ServerRelease): string {
  return hasReplicaWords(distribution) ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS';
}

/** One row, with the columns `File` and `Position`. */
export function binlogEndSql(distribution: ServerRelease): string {
  const isNew = distribution.flavor === 'mysql' && isAtLeast(distribution.release, [8, 2, 0]);
  return isNew ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
}

/** Leaves an instance without any transaction of its own making, as if nothing had ever been written. */
export function emptyHistorySql(distribution: ServerRelease): string {
  const isNew = distribution.flavor === 'mysql' && isAtLeast(distribution.release, [8, 2, 0]);
  return isNew ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER';
}

/** Keeps an instance read-only from its next start on, where its option file need not say so. */
export function readOnlyAtStartSql(distribution: ServerRelease): readonly string[] {
  const canPersist = distribution.flavor === 'mysql' && isAtLeast(distribution.release, [8, 0, 0]);
  return canPersist ? ['SET PERSIST_ONLY read_only = 1'] : [];
}

function hasReplicaWords(distribution: ServerRelease): boolean {
  return distribution.flavor === 'mysql' && isAtLeast(distribution.release, [8, 0, 26]);
}

function placeOf(
  distribution: ServerRelease,
  side: string,
  place: FilePosition | undefined,
): readonly string[] {
  if (place === undefined) {
    return [
      distribution.flavor === 'mariadb'
        ? `${side}_USE_GTID = slave_pos`
        : `${side}_AUTO_POSITION = 1`,
    ];
  }
  const byFile = [
    `${side}_LOG_FILE = ${escape(place.file)}`,
    `${side}_LOG_POS = ${String(place.offset)}`,
  ];
  return distribution.flavor === 'mariadb' ? [`${side}_USE_GTID = no`, ...byFile] : byFile;
}
