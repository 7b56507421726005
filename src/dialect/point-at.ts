import type { FilePosition } from '../core/model/instance.ts';
import type { Action, Place } from '../core/model/plan.ts';
import { can } from './capabilities.ts';
import { channelWords, targetChannel, type Channeled } from './channel-words.ts';
import { backslashMode, literal } from './literal.ts';
import { wordsOf } from './words.ts';

export type PointAt = Extract<Action, { readonly do: 'point-at' }>;

/** As far as the spelling depends on it. */
type Spelled = Pick<PointAt, 'host' | 'port' | 'place' | 'tls' | 'connectRetrySeconds'>;

/** What the action leaves open. Texts, not yet quoted. */
export interface PointAtValues {
  /** Null: the channel keeps those it has. */
  readonly credentials: {
    readonly user: string;
    readonly password: string;
    readonly passwordHash?: string | null;
  } | null;
  /** From 11.4 on a replica of MariaDB demands TLS unless told otherwise, also of an older source that has none. */
  readonly refusesTls?: boolean;
  /** What a mark holds, or words in its place. */
  readonly placeOf: (
    mark: string,
  ) => FilePosition | { readonly file: string; readonly offset: string };
}

/** Sixty days at one attempt a minute, as it was before 8.4. */
const retryCount = 86_400;
const ignoredIds = 'IGNORE_SERVER_IDS';
const ownFailover = 'SOURCE_CONNECTION_AUTO_FAILOVER';
/** Options that are the same words in all releases that know them. */
const wholeNames: ReadonlySet<string> = new Set([ignoredIds, ownFailover]);

/** Lets a stopped replica read from another source, from the right place on. */
export function spellPointAt(
  action: Spelled,
  server: Channeled,
  values: PointAtValues,
): readonly string[] {
  const { credentials } = values;
  const place = placeOptions(action.place, server, values);
  const options = [
    ['HOST', literal(action.host)],
    ['PORT', String(action.port)],
    ...(credentials === null
      ? []
      : [
          ['USER', literal(credentials.user)],
          ['PASSWORD', literal(credentials.password)],
        ]),
    ['CONNECT_RETRY', String(action.connectRetrySeconds)],
    ...(can(server, 'shortRetryCount') ? [['RETRY_COUNT', String(retryCount)]] : []),
    ...place,
    ...tlsOption(action, values),
    ...heedsAll(server),
    ...staysThere(server),
  ];
  const { changeSource, source } = wordsOf(server);
  const { before, after } = channelWords(server);
  const spelled = options.map(([name = '', value = '']) =>
    wholeNames.has(name) ? `${name} = ${value}` : `${source}_${name} = ${value}`,
  );
  const key = asksForKey(action, server, credentials) ? [`GET_${source}_PUBLIC_KEY = 1`] : [];
  const verb = before === '' ? changeSource : changeSource.replace(' TO', `${before} TO`);
  return [
    ...backslashMode([action.host, credentials?.user ?? '', credentials?.password ?? '']),
    ...adoption(action.place, server),
    `${verb} ${[...spelled, ...key].join(', ')}${after}`,
  ];
}

/** It may ignore the very server that it is to follow. MariaDB keeps that whatever else is said. */
function heedsAll(server: Channeled): readonly (readonly string[])[] {
  const channel = server.channels.find((it) => it.name === targetChannel(server));
  const ignores = channel?.omissions.some((it) => it.name === 'IGNORE_SERVER_IDS');
  return ignores === true ? [[ignoredIds, '()']] : [];
}

/** A list of its own would send it elsewhere again; also where our user may not see whether it has one. */
function staysThere(server: Channeled): readonly (readonly string[])[] {
  const channel = server.channels.find((it) => it.name === targetChannel(server));
  return can(server, 'connectionFailover') && channel !== undefined && channel.ownFailover !== false
    ? [[ownFailover, '0']]
    : [];
}

function tlsOption(
  { tls }: Spelled,
  { refusesTls }: PointAtValues,
): readonly (readonly string[])[] {
  if (tls) {
    return [['SSL', '1']];
  }
  return refusesTls === true ? [['SSL', '0']] : [];
}

/**
 * Without TLS, `caching_sha2_password` works only if the replica may ask for the server's key, or as long as the server
 * remembers the account: a new source remembers nobody.
 */
function asksForKey(
  action: Spelled,
  server: Channeled,
  credentials: PointAtValues['credentials'],
): boolean {
  const channel = server.channels.find((it) => it.name === targetChannel(server));
  const lacksKey = credentials !== null || channel?.publicKey === false;
  return !action.tls && lacksKey && can(server, 'publicKeyRequest');
}

/**
 * A former master of MariaDB declares what it wrote as its place. The server's own union of both
 * is taken: a server that was restored and promoted has its place in `gtid_slave_pos` only.
 */
function adoption(place: Place, server: Channeled): readonly string[] {
  return place.by === 'gtid' && place.adopt && server.flavor === 'mariadb'
    ? ['SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos']
    : [];
}

function placeOptions(
  place: Place,
  server: Channeled,
  values: PointAtValues,
): readonly (readonly string[])[] {
  if (place.by === 'gtid') {
    return server.flavor === 'mariadb' ? [['USE_GTID', 'slave_pos']] : [['AUTO_POSITION', '1']];
  }
  const { file, offset } = place.by === 'file' ? place.at : values.placeOf(place.mark);
  return [...withoutGtid(server), ['LOG_FILE', literal(file)], ['LOG_POS', String(offset)]];
}

/** A channel that found its place by GTID must be told that it no longer does, or the file is refused. */
function withoutGtid(server: Channeled): readonly (readonly string[])[] {
  if (server.flavor === 'mariadb') {
    return [['USE_GTID', 'no']];
  }
  const channel = server.channels.find((it) => it.name === targetChannel(server));
  return channel?.method === 'gtid' ? [['AUTO_POSITION', '0']] : [];
}
