import type { BinlogReader } from '../core/model/topology.ts';
import { sentences } from './sentences.ts';
import type { Localizer } from './localizer.ts';

/** `cdc@10.0.0.7`; where its account is not known, what it registered. */
export function readerName({ account, host, serverId }: BinlogReader, { t }: Localizer): string {
  if (account !== null) return `${account}@${host}`;
  const id = serverId === null ? '?' : String(serverId);
  return host === '' ? t(sentences.readerById, { id }) : t(sentences.readerByIdAt, { id, host });
}
