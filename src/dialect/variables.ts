import { isHostName } from '../core/model/host-name.ts';
import type { FilePosition, Server } from '../core/model/instance.ts';
import type { GtidState } from '../core/model/gtid-state.ts';
import { columnsIn, columnsOf, isOn, UnexpectedAnswer, type Columns, type Row } from './answer.ts';
import { barrierNames, barriersIn } from './write-barriers.ts';
import { can } from './capabilities.ts';
import { groupStatus, groupVariables } from './groups.ts';
import { omissionVariables } from './omissions.ts';
import { semiSyncVariables } from './semi-sync.ts';
import type { Version } from './version.ts';

/** Each is there only while the plug-in of MariaDB that checks new passwords is. */
const passwordChecks = [
  'simple_password_check_minimal_length',
  'cracklib_password_check_dictionary',
  'password_reuse_check_interval',
] as const;

const names = [
  'server_id',
  'server_uuid',
  'hostname',
  'port',
  'report_host',
  'report_port',
  'read_only',
  'super_read_only',
  'log_bin',
  'binlog_format',
  'log_slave_updates',
  'log_replica_updates',
  'gtid_mode',
  'gtid_strict_mode',
  'gtid_domain_id',
  'event_scheduler',
  'slave_net_timeout',
  'replica_net_timeout',
  'have_ssl',
  'require_secure_transport',
  'strict_password_validation',
  ...barrierNames,
  ...passwordChecks,
  ...semiSyncVariables,
  ...groupVariables,
  ...omissionVariables,
] as const;

/** One text for all releases: a variable that a server does not know is simply not in the answer. */
export const variablesSql = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((it) => `'${it}'`).join(', ')})`;

/** Uptime, whether TLS is there, how semi-synchronous replication goes, and how a group stands. */
export const statusSql = `SHOW GLOBAL STATUS WHERE Variable_name IN (${['Uptime', 'Current_tls_version', ...groupStatus].map((it) => `'${it}'`).join(', ')}) OR Variable_name LIKE 'Rpl\\_semi\\_sync\\_%'`;

/**
 * GTID sets are selected, not shown: SHOW VARIABLES cuts long values. Null before GTIDs existed.
 */
export function gtidSql(version: Version): string | null {
  if (!can(version, 'gtid')) {
    return null;
  }
  return version.flavor === 'mysql'
    ? 'SELECT @@GLOBAL.gtid_executed AS gtid_executed, @@GLOBAL.gtid_purged AS gtid_purged'
    : 'SELECT @@GLOBAL.gtid_binlog_pos AS gtid_binlog_pos, @@GLOBAL.gtid_slave_pos AS gtid_slave_pos, ' +
        '@@GLOBAL.gtid_binlog_state AS gtid_binlog_state';
}

/** The rows of SHOW VARIABLES or SHOW STATUS as one row, a column for each name. */
export function variablesIn(rows: readonly Row[], statement: string): Columns {
  const byName = new Map<string, unknown>();
  for (const row of rows) {
    const { Variable_name: name, Value: value } = row;
    if (typeof name === 'string' && typeof value === 'string') {
      byName.set(name.toLowerCase(), value);
    } else {
      // Releases and drivers differ in the case of names and in types; most rows are as above.
      const columns = columnsOf(row, statement);
      byName.set(columns.text('Variable_name').toLowerCase(), columns.text('Value'));
    }
  }
  return columnsIn(byName, statement);
}

type Settings = Omit<
  Server,
  | 'flavor'
  | 'version'
  | 'release'
  | 'binlogEnd'
  | 'gtid'
  | 'semiSync'
  | 'omissions'
  | 'offersTls'
  | 'requiresTls'
  | 'events'
  | 'uptimeSeconds'
  | 'channels'
  | 'replicas'
  | 'group'
  | 'missing'
>;

export function readSettings(variables: Columns): Settings {
  const readOnly = variables.text('read_only').toUpperCase();
  const superReadOnly = variables.optionalText('super_read_only');
  return {
    serverId: variables.whole('server_id'),
    serverUuid: variables.optionalText('server_uuid')?.toLowerCase() ?? null,
    hostname: variables.text('hostname'),
    port: variables.whole('port'),
    reportHost: hostOf(variables.optionalText('report_host')),
    reportPort: variables.optionalWhole('report_port') || null,
    readOnly: isReadOnly(readOnly),
    superReadOnly: superReadOnly === null ? null : isOn(superReadOnly, 'super_read_only'),
    barriers: barriersIn((name) => variables.optionalText(name)),
    binlog: isOn(variables.text('log_bin'), 'log_bin'),
    binlogFormat: variables.optionalText('binlog_format'),
    logsReplicaUpdates: isOn(
      variables.text('log_replica_updates', 'log_slave_updates'),
      'log_replica_updates',
    ),
    eventScheduler: variables.text('event_scheduler').toUpperCase() === 'ON',
    netTimeoutSeconds: variables.optionalWhole('replica_net_timeout', 'slave_net_timeout'),
    refusesPasswordHashes:
      variables.optionalText('strict_password_validation')?.toUpperCase() === 'ON' &&
      variables.optionalText(...passwordChecks) !== null,
  };
}

/** Releases without `have_ssl` tell which protocols they offer now; an empty list where none. */
export function readTls(
  variables: Columns,
  status: Columns,
): Pick<Server, 'offersTls' | 'requiresTls'> {
  const have = variables.optionalText('have_ssl');
  const protocols = status.optionalText('Current_tls_version');
  const offersTls = have === null ? (protocols === null ? null : protocols !== '') : have === 'YES';
  const required = variables.optionalText('require_secure_transport')?.toUpperCase();
  return { offersTls, requiresTls: required === 'ON' || required === '1' };
}

/** Later MariaDB says how strictly it locks; whatever is not OFF keeps ordinary clients from writing. */
function isReadOnly(value: string): boolean {
  const known = new Set(['ON', '1', 'OFF', '0', 'NO_LOCK', 'NO_LOCK_NO_ADMIN']);
  if (!known.has(value)) {
    throw new UnexpectedAnswer('SHOW GLOBAL VARIABLES', 'read_only', `is "${value}"`);
  }
  return value !== 'OFF' && value !== '0';
}

/** `gtid`: the answer to `gtidSql`; null where the server has no GTIDs. */
export function readGtidState(
  version: Version,
  variables: Columns,
  gtid: Columns | null,
): GtidState {
  if (gtid === null) {
    return { kind: 'off' };
  }
  if (version.flavor === 'mariadb') {
    return {
      kind: 'mariadb',
      binlogPos: gtid.text('gtid_binlog_pos'),
      slavePos: gtid.text('gtid_slave_pos'),
      binlogState: gtid.text('gtid_binlog_state'),
      strict: isOn(variables.text('gtid_strict_mode'), 'gtid_strict_mode'),
      domainId: variables.whole('gtid_domain_id'),
    };
  }
  // In the permissive modes some transactions have no GTID: the set does not tell everything.
  if (variables.text('gtid_mode') !== 'ON') {
    return { kind: 'off' };
  }
  return {
    kind: 'mysql',
    executed: withoutBreaks(gtid.text('gtid_executed')),
    purged: withoutBreaks(gtid.text('gtid_purged')),
  };
}

/** MySQL breaks a set into lines, one for each UUID. */
function withoutBreaks(set: string): string {
  return set.replaceAll(/\s/g, '');
}

/** Null where there is no binary log: the statement answers with no row. */
export function readBinlogEnd(rows: readonly Row[], statement: string): FilePosition | null {
  const [row] = rows;
  if (row === undefined) {
    return null;
  }
  const columns = columnsOf(row, statement);
  return { file: columns.text('File'), offset: columns.whole('Position') };
}

/** What a server calls itself, where that can be the name of a host. */
function hostOf(text: string | null): string | null {
  return text !== null && isHostName(text) ? text : null;
}
