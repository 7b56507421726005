import type { FilePosition, Server } from '../core/model/instance.ts';
import type { Action, Place } from '../core/model/plan.ts';
import { can } from './capabilities.ts';
import { channelWords, targetChannel } from './channel-words.ts';
import { backslashMode, literal } from './literal.ts';
import { wordsOf } from './words.ts';

export type PointAt = Extract<Action, { readonly do: 'point-at' }>;

/** What the action leaves open. Texts, not yet quoted. */
export interface PointAtValues {
  /** Null: the channel keeps those it has. */
  readonly credentials: {
    readonly user: string;
    readonly password: string;
    readonly passwordHash?: string | null;
  } | null;
  /** What a mark holds, or words in its place. */
  readonly placeOf: (
    mark: string,
  ) => FilePosition | { readonly file: string; readonly offset: string };
}

/** Sixty days at one attempt a minute, as it was before 8.4. */
const retryCount = 86_400;

/** Lets a stopped replica read from another source, from the right place on. */
export function spellPointAt(
  action: PointAt,
  server: Server,
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
    ...(action.tls ? [['SSL', '1']] : []),
  ];
  const { changeSource, source } = wordsOf(server);
  const { before, after } = channelWords(server);
  const spelled = options.map(([name = '', value = '']) => `${source}_${name} = ${value}`);
  const key = asksForKey(action, server, credentials) ? [`GET_${source}_PUBLIC_KEY = 1`] : [];
  const verb = before === '' ? changeSource : changeSource.replace(' TO', `${before} TO`);
  return [
    ...backslashMode([action.host, credentials?.user ?? '', credentials?.password ?? '']),
    ...adoption(action.place, server),
    `${verb} ${[...spelled, ...key].join(', ')}${after}`,
  ];
}

/** Without TLS, `caching_sha2_password` works only if the replica may ask for the server's key. */
function asksForKey(
  action: PointAt,
  server: Server,
  credentials: PointAtValues['credentials'],
): boolean {
  return !action.tls && credentials !== null && can(server, 'publicKeyRequest');
}

/**
 * A former master of MariaDB declares what it wrote as its place. The server's own union of both
 * is taken: a server that was restored and promoted has its place in `gtid_slave_pos` only.
 */
function adoption(place: Place, server: Server): readonly string[] {
  return place.by === 'gtid' && place.adopt && server.flavor === 'mariadb'
    ? ['SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos']
    : [];
}

function placeOptions(
  place: Place,
  server: Server,
  values: PointAtValues,
): readonly (readonly string[])[] {
  if (place.by === 'gtid') {
    return server.flavor === 'mariadb' ? [['USE_GTID', 'slave_pos']] : [['AUTO_POSITION', '1']];
  }
  const { file, offset } = place.by === 'file' ? place.at : values.placeOf(place.mark);
  return [...withoutGtid(server), ['LOG_FILE', literal(file)], ['LOG_POS', String(offset)]];
}

/** A channel that found its place by GTID must be told that it no longer does, or the file is refused. */
function withoutGtid(server: Server): readonly (readonly string[])[] {
  if (server.flavor === 'mariadb') {
    return [['USE_GTID', 'no']];
  }
  const channel = server.channels.find((it) => it.name === targetChannel(server));
  return channel?.method === 'gtid' ? [['AUTO_POSITION', '0']] : [];
}
