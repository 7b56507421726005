import type { OptionValues, ServerDistribution } from './server-distribution.ts';
import { isAtLeast } from './server-distribution.ts';

/** MariaDB's files would else be four times as large in every copy. The same at initialisation and ever after. */
export const smallFiles: OptionValues = {
  'innodb-data-file-path': 'ibdata1:5M:autoextend',
  'innodb-autoextend-increment': 1,
  'innodb-temp-data-file-path': 'ibtmp1:1M:autoextend',
  'innodb-log-file-size': '8M',
};

export interface InstanceOptions {
  /** As other servers reach it; default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly serverId: number;
  readonly gtid: boolean;
  /** Whether the server takes no writes after every start until somebody says so. */
  readonly readOnlyAtStart: boolean;
}

/** The text of an option file: all that an instance must still know after a restart. `more` wins. */
export function optionFile(
  distribution: ServerDistribution,
  folder: string,
  instance: InstanceOptions,
  more: OptionValues = {},
): string {
  const values = {
    ...distribution.options,
    ...placeOptions(folder),
    ...replicationOptions(distribution, instance),
    ...smallOptions(distribution),
    ...more,
  };
  return `[mysqld]\n${Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join('\n')}\n`;
}

function quoted(value: string | number): string {
  return typeof value === 'number'
    ? String(value)
    : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The socket stands in the data directory by a name without folders: a path to it may be longer than systems allow. */
function placeOptions(folder: string): OptionValues {
  return {
    datadir: `${folder}/data`,
    socket: 'server.sock',
    'pid-file': `${folder}/server.pid`,
    tmpdir: `${folder}/tmp`,
    'secure-file-priv': `${folder}/tmp`,
    'bind-address': '127.0.0.1',
  };
}

function replicationOptions(
  distribution: ServerDistribution,
  instance: InstanceOptions,
): OptionValues {
  const mariadb: OptionValues = { 'gtid-strict-mode': 1, 'gtid-domain-id': 0 };
  const mysql: OptionValues = { 'gtid-mode': 'ON', 'enforce-gtid-consistency': 'ON' };
  // 5.6 else keeps its place in files, which a crash leaves behind the data.
  const tables: OptionValues = {
    'master-info-repository': 'TABLE',
    'relay-log-info-repository': 'TABLE',
    // As in all later releases; here it would be an hour.
    'slave-net-timeout': 60,
  };
  const isMysql = distribution.flavor === 'mysql';
  return {
    port: instance.port,
    'server-id': instance.serverId,
    'report-host': instance.host ?? '127.0.0.1',
    'report-port': instance.port,
    'skip-name-resolve': 1,
    'log-bin': 'binlog',
    'loose-binlog-format': 'ROW',
    [isMysql && isAtLeast(distribution.release, [8, 0, 26])
      ? 'log-replica-updates'
      : 'log-slave-updates']: 1,
    'relay-log': 'relay',
    'relay-log-recovery': 1,
    ...(isMysql && !isAtLeast(distribution.release, [8, 0, 0]) ? tables : {}),
    ...(isMysql ? (instance.gtid ? mysql : {}) : mariadb),
    'read-only': instance.readOnlyAtStart ? 1 : 0,
  };
}

/**
 * Little memory, and a start in a fraction of a second. What a commit wrote survives the death of the process
 * (`innodb-flush-log-at-trx-commit=2` and `sync-binlog=0` hand it to the operating system at every commit;
 * with 0 up to a second of commits would die with the process). It need not survive the death of the machine,
 * so nobody waits for the disk (`nosync`).
 * The doublewrite buffer stays on, because a kill may come in the middle of writing a page.
 */
function smallOptions(distribution: ServerDistribution): OptionValues {
  const isMysql = distribution.flavor === 'mysql';
  const redo: OptionValues =
    isMysql && isAtLeast(distribution.release, [8, 0, 30])
      ? { 'innodb-redo-log-capacity': '16M' }
      : { 'innodb-log-file-size': '8M' };
  return {
    'innodb-buffer-pool-size': '16M',
    'innodb-log-buffer-size': '1M',
    'innodb-flush-log-at-trx-commit': 2,
    'sync-binlog': 0,
    'loose-innodb-flush-method': 'nosync',
    'innodb-use-native-aio': 0,
    'loose-innodb-buffer-pool-dump-at-shutdown': 0,
    'loose-innodb-buffer-pool-load-at-startup': 0,
    'key-buffer-size': '64K',
    'table-open-cache': 200,
    'table-definition-cache': 400,
    'max-connections': 250,
    'performance-schema': 0,
    'loose-mysqlx': 0,
    'loose-innodb-log-writer-threads': 0,
    ...redo,
    ...(isMysql ? {} : smallFiles),
  };
}
