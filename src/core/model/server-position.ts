import { parseGtidSet, unionOf } from './gtid-set.ts';
import {
  keyOf,
  type Channel,
  type FilePosition,
  type InstanceKey,
  type Server,
} from './instance.ts';
import { executedPosition, parseMariadbPosition } from './mariadb-gtid.ts';
import { contains, type Position } from './position.ts';

/**
 * Names for positions without GTID. `self`: the server's own key, without which a master has no
 * file position. `source`: the key of what it reads from, where the topology has another name for it
 * than the channel.
 */
export interface PositionNames {
  readonly self?: InstanceKey;
  readonly source?: InstanceKey;
}

/**
 * What a server has executed. GTIDs where the server keeps them, whichever way its channel finds
 * its place; else the file and offset applied, in its source's binary log (a replica) or its own.
 * Null when nothing tells. Throws when the server's own GTID text cannot be read.
 */
export function executedOf(server: Server, names: PositionNames = {}): Position | null {
  const { gtid } = server;
  switch (gtid.kind) {
    case 'mysql':
      return { kind: 'gtid-set', set: parseGtidSet(gtid.executed) };
    case 'mariadb':
      return {
        kind: 'mariadb',
        position: executedPosition(gtid, {
          strict: isOrdered(server, gtid.strict),
          serverId: server.serverId,
        }),
      };
    case 'off':
      return fileOf(server, names, (channel) => channel.applied);
    default:
      return gtid satisfies never;
  }
}

/**
 * What a server has executed or received: executed, and the relay logs of all its channels.
 * On MariaDB a channel by file shows no GTIDs of what it received: there `receivedFileOf` tells more.
 */
export function knownOf(server: Server, names: PositionNames = {}): Position | null {
  const { gtid } = server;
  const retrieved = server.channels.map((it) => it.retrieved);
  switch (gtid.kind) {
    case 'mysql': {
      const set = retrieved.map(parseGtidSet).reduce(unionOf, parseGtidSet(gtid.executed));
      return { kind: 'gtid-set', set };
    }
    case 'mariadb': {
      const executed = [gtid.binlogState, gtid.binlogPos, gtid.slavePos];
      return mariadbOf(server, gtid.strict, [...executed, ...retrieved]);
    }
    case 'off':
      return fileOf(server, names, (channel) => channel.received);
    default:
      return gtid satisfies never;
  }
}

/** How far the first channel received, in its source's binary log, whether there are GTIDs or not. */
export function receivedFileOf(server: Server, names: PositionNames = {}): Position | null {
  const [channel] = server.channels;
  return channel === undefined ? null : fileIn(channel, channel.received, names);
}

/**
 * True when something received is not applied. By GTID where the channel tells what it received;
 * else by files and offsets, where the torn end of a transaction (its source died while sending it)
 * also counts as not applied, for ever.
 */
export function hasUnapplied(server: Server): boolean {
  return server.channels.some((channel) => {
    const { received, applied, retrieved, method } = channel;
    if (retrieved !== '' && (server.gtid.kind === 'mysql' || method === 'gtid')) {
      const executed = executedOf(server);
      const known = knownOf({ ...server, channels: [channel] });
      return executed === null || known === null || !contains(executed, known);
    }
    return received.file !== applied.file || received.offset > applied.offset;
  });
}

function mariadbOf(server: Server, strict: boolean, texts: readonly string[]): Position {
  return { kind: 'mariadb', position: parseMariadbPosition(texts, isOrdered(server, strict)) };
}

/** Strict mode orders what goes into the binary log: it says nothing of transactions not logged. */
function isOrdered({ binlog, logsReplicaUpdates }: Server, strict: boolean): boolean {
  return strict && binlog && logsReplicaUpdates;
}

function fileOf(
  server: Server,
  names: PositionNames,
  read: (channel: Channel) => FilePosition,
): Position | null {
  const [channel] = server.channels;
  if (channel !== undefined) {
    return fileIn(channel, read(channel), names);
  }
  return names.self === undefined || server.binlogEnd === null
    ? null
    : { kind: 'file', source: names.self, at: server.binlogEnd };
}

function fileIn(channel: Channel, at: FilePosition, names: PositionNames): Position | null {
  const source = names.source ?? keyOf(channel.source.host, channel.source.port);
  // An empty name: never connected, so nothing is known.
  return at.file === '' ? null : { kind: 'file', source, at };
}
