import type { Server } from '../core/model/instance.ts';
import type { Action } from '../core/model/plan.ts';
import type { ReplicationAccount, SettingName } from '../core/model/setting.ts';
import { can } from './capabilities.ts';
import { channelWords } from './channel-words.ts';
import { accountStatements } from './identified.ts';
import { backslashMode, literal } from './literal.ts';
import { privilegesFor } from './least-rights.ts';
import { wordsOf } from './words.ts';

type SetVariable = Extract<Action, { readonly do: 'set-variable' }>;
type ChangeOptions = Extract<Action, { readonly do: 'change-source-options' }>;

interface Credentials {
  readonly user: string;
  readonly password: string;
  /** See NewPassword. */
  readonly passwordHash?: string | null;
}

/** What this server calls a setting. */
export function variableName(name: SettingName, server: Server): string {
  return semiSyncName(name, server) ?? (can(server, 'replicaVariables') ? name : olderName(name));
}

/** The plugin's own word for itself: releases and plugins differ. */
function semiSyncName(name: SettingName, server: Server): string | undefined {
  const source = server.semiSync.source?.variable.includes('source') === true ? 'source' : 'master';
  const replica = source === 'source' ? 'replica' : 'slave';
  const names: Partial<Record<SettingName, string>> = {
    semi_sync_source_enabled: 'enabled',
    semi_sync_timeout: 'timeout',
    semi_sync_waits_without_replicas: `wait_no_${replica}`,
  };
  const known = names[name];
  return known === undefined ? undefined : `rpl_semi_sync_${source}_${known}`;
}

function olderName(name: SettingName): string {
  return name === 'replica_net_timeout' || name === 'replica_exec_mode'
    ? name.replace('replica', 'slave')
    : name;
}

export function spellSetVariable(
  { name, value, keep }: SetVariable,
  server: Server,
): readonly string[] {
  const scope = keep && can(server, 'persist') ? 'PERSIST' : 'GLOBAL';
  return [`SET ${scope} ${variableName(name, server)} = ${String(value)}`];
}

/** Of a stopped replica. `credentials`: null where they stay. */
export function spellSourceOptions(
  action: ChangeOptions,
  server: Server,
  credentials: Credentials | null,
): readonly string[] {
  const { changeSource, source } = wordsOf(server);
  const { before, after } = channelWords(server);
  const key = asksForKey(server, action, credentials);
  const options = [
    ...loginOptions(credentials),
    ...wayOptions(action),
    ...(action.byGtid
      ? [server.flavor === 'mariadb' ? 'USE_GTID = slave_pos' : 'AUTO_POSITION = 1']
      : []),
  ].map((it) => `${source}_${it}`);
  const verb = before === '' ? changeSource : changeSource.replace(' TO', `${before} TO`);
  return [
    ...backslashMode([credentials?.user ?? '', credentials?.password ?? '']),
    `${verb} ${[...options, ...wholeOptions(action), ...(key ? [`GET_${source}_PUBLIC_KEY = 1`] : [])].join(', ')}${after}`,
  ];
}

/** Named alike in all releases that know them. */
function wholeOptions({ ignoresNobody, staysWithSource }: ChangeOptions): readonly string[] {
  return [
    ...(ignoresNobody === true ? ['IGNORE_SERVER_IDS = ()'] : []),
    ...(staysWithSource === true ? ['SOURCE_CONNECTION_AUTO_FAILOVER = 0'] : []),
  ];
}

function loginOptions(credentials: Credentials | null): readonly string[] {
  return credentials === null
    ? []
    : [`USER = ${literal(credentials.user)}`, `PASSWORD = ${literal(credentials.password)}`];
}

function wayOptions({
  tls,
  heartbeatSeconds,
  connectRetrySeconds,
  retryCount,
}: ChangeOptions): readonly string[] {
  const all = [
    ['SSL', tls === true ? 1 : null],
    ['HEARTBEAT_PERIOD', heartbeatSeconds],
    ['CONNECT_RETRY', connectRetrySeconds],
    ['RETRY_COUNT', retryCount],
  ] as const;
  return all.flatMap(([name, value]) => (value === null ? [] : [`${name} = ${String(value)}`]));
}

/** Without TLS `caching_sha2_password` works only if the replica may ask for the source's key. */
function asksForKey(
  server: Server,
  { publicKey, tls }: ChangeOptions,
  credentials: Credentials | null,
): boolean {
  const encrypted = tls ?? server.channels[0]?.tls ?? false;
  return can(server, 'publicKeyRequest') && (publicKey || (credentials !== null && !encrypted));
}

/** The replication user with the one right that it needs; `alone`: not written to the binary log. */
export function spellMakeAccount(
  { host, exists, alone }: ReplicationAccount,
  server: Server,
  { user, password, passwordHash = null }: Credentials,
): readonly string[] {
  const who = `${literal(user)}@${literal(host)}`;
  return [
    ...backslashMode([user, password, host]),
    ...(alone ? ['SET SESSION sql_log_bin = 0'] : []),
    ...accountStatements(server, who, { text: password, nativeHash: passwordHash }, exists),
    `GRANT ${privilegesFor('replication', server).join(', ')} ON *.* TO ${who}`,
    ...(alone ? ['SET SESSION sql_log_bin = 1'] : []),
  ];
}
