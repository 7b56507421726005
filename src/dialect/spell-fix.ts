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
  // The plugin's own word for itself: releases and plugins differ.
  const semiSync =
    server.semiSync.source?.variable.includes('source') === true ? 'source' : 'master';
  switch (name) {
    case 'replica_net_timeout':
      return can(server, 'replicaVariables') ? name : 'slave_net_timeout';
    case 'semi_sync_source_enabled':
      return `rpl_semi_sync_${semiSync}_enabled`;
    case 'semi_sync_timeout':
      return `rpl_semi_sync_${semiSync}_timeout`;
    case 'semi_sync_waits_without_replicas':
      return `rpl_semi_sync_${semiSync}_wait_no_${semiSync === 'source' ? 'replica' : 'slave'}`;
    default:
      return name;
  }
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
  const key = asksForKey(server, action.publicKey, credentials);
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
    `${verb} ${[...options, ...(key ? [`GET_${source}_PUBLIC_KEY = 1`] : [])].join(', ')}${after}`,
  ];
}

function loginOptions(credentials: Credentials | null): readonly string[] {
  return credentials === null
    ? []
    : [`USER = ${literal(credentials.user)}`, `PASSWORD = ${literal(credentials.password)}`];
}

function wayOptions({
  heartbeatSeconds,
  connectRetrySeconds,
  retryCount,
}: ChangeOptions): readonly string[] {
  const all = [
    ['HEARTBEAT_PERIOD', heartbeatSeconds],
    ['CONNECT_RETRY', connectRetrySeconds],
    ['RETRY_COUNT', retryCount],
  ] as const;
  return all.flatMap(([name, value]) => (value === null ? [] : [`${name} = ${String(value)}`]));
}

/** Without TLS `caching_sha2_password` works only if the replica may ask for the source's key. */
function asksForKey(server: Server, wanted: boolean, credentials: Credentials | null): boolean {
  const encrypted = server.channels[0]?.tls ?? false;
  return can(server, 'publicKeyRequest') && (wanted || (credentials !== null && !encrypted));
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
