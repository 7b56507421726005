import type { Server } from '../core/model/instance.ts';
import { channelStatement, channelWords } from './channel-words.ts';
import { wordsOf } from './words.ts';

/**
 * On MySQL 8 only the applier must stand still, and the relay log stays while the receiver runs. Older releases and
 * MariaDB want both stopped, and read anew from the source what was not applied.
 */
export function spellDelay(seconds: number, server: Server): readonly string[] {
  const { changeSource, source } = wordsOf(server);
  const { before, after } = channelWords(server);
  const verb = before === '' ? changeSource : changeSource.replace(' TO', `${before} TO`);
  const keeps = server.flavor === 'mysql' && server.release[0] >= 8;
  const threads = keeps ? 'SQL_THREAD' : '';
  return [
    channelStatement('STOP', server, threads),
    `${verb} ${source}_DELAY = ${String(seconds)}${after}`,
    channelStatement('START', server, threads),
  ];
}
