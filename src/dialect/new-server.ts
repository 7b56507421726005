import type { FilePosition } from '../core/model/instance.ts';
import type { Place } from '../core/model/plan.ts';
import { can } from './capabilities.ts';
import { channelStatement } from './channel-words.ts';
import type { Account } from './new-accounts.ts';
import { spellPointAt } from './point-at.ts';
import { spellReadOnly } from './read-only.ts';
import type { Version } from './version.ts';

export interface ReplicationSource {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly account: Account;
  /** Where the source's binary log ends; undefined to find the place by GTID. */
  readonly place: FilePosition | undefined;
}

/** Points a server that never had a source at its first, without TLS, and starts it, read-only. */
export function spellFirstSource(
  version: Version,
  { host = '127.0.0.1', port, account, place }: ReplicationSource,
): readonly string[] {
  const server = { ...version, channels: [] };
  const by: Place = place === undefined ? { by: 'gtid', adopt: false } : { by: 'file', at: place };
  const pointAt = { host, port, place: by, tls: false, connectRetrySeconds: 1 };
  return [
    ...spellPointAt(pointAt, server, {
      credentials: account,
      refusesTls: version.flavor === 'mariadb',
      placeOf: () => ({ file: '', offset: 0 }),
    }),
    channelStatement('START', server, ''),
    spellReadOnly(version),
  ];
}

/** Leaves a server without any transaction of its own making, as if nothing had ever been written. */
export function spellEmptyHistory(version: Version): string {
  return can(version, 'binaryLogStatus') ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER';
}

/** Keeps a server read-only from its next start on, where its option file need not say so. */
export function spellReadOnlyAtStart(version: Version): readonly string[] {
  return can(version, 'persist') ? ['SET PERSIST_ONLY read_only = 1'] : [];
}
