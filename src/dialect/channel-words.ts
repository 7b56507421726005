import type { Server } from '../core/model/instance.ts';
import { can } from './capabilities.ts';
import { literal } from './literal.ts';
import { wordsOf } from './words.ts';

/** What the statements for a channel depend on. */
export type Channeled = Pick<Server, 'flavor' | 'release' | 'channels'>;

/**
 * The channel that statements are for: the only one, or the default one (empty) among several.
 * Others are named nowhere, so that nothing is stopped or forgotten beside it.
 */
export function targetChannel(server: Pick<Server, 'channels'>): string {
  const [only, second] = server.channels;
  return only !== undefined && second === undefined ? only.name : '';
}

/** `STOP REPLICA IO_THREAD FOR CHANNEL 'x'`, `STOP SLAVE 'x' IO_THREAD`; the channel only where it matters. */
export function channelStatement(
  verb: 'START' | 'STOP' | 'RESET',
  server: Channeled,
  what: '' | 'IO_THREAD' | 'SQL_THREAD' | 'ALL',
): string {
  const { replica } = wordsOf(server);
  const { before, after } = channelWords(server);
  return `${verb} ${replica}${before}${what === '' ? '' : ` ${what}`}${after}`;
}

/** How a statement names the channel: MariaDB behind the verb, MySQL at the end. */
export function channelWords(server: Channeled): {
  readonly before: string;
  readonly after: string;
} {
  const named = server.channels.some((it) => it.name !== '');
  if (!named || !can(server, 'channels')) {
    // MySQL means all channels, which is the default one here; MariaDB means the default one.
    return { before: '', after: '' };
  }
  const name = literal(targetChannel(server));
  return server.flavor === 'mariadb'
    ? { before: ` ${name}`, after: '' }
    : { before: '', after: ` FOR CHANNEL ${name}` };
}
