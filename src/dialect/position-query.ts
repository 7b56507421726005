import { parseGtidSet } from '../core/model/gtid-set.ts';
import {
  keyOf,
  type Channel,
  type FilePosition,
  type InstanceKey,
  type Server,
} from '../core/model/instance.ts';
import { executedPosition } from '../core/model/mariadb-gtid.ts';
import type { MarkedPosition } from '../core/model/plan.ts';
import type { Position } from '../core/model/position.ts';
import { onlyRow, UnexpectedAnswer, type Query } from './answer.ts';
import { targetChannel } from './channel-words.ts';
import { readChannels } from './replica-status.ts';
import { gtidSql, readBinlogEnd } from './variables.ts';
import type { Version } from './version.ts';
import { wordsOf } from './words.ts';

/** The status of every channel. */
export function channelsQuery(version: Version): Query<readonly Channel[]> {
  const sql = wordsOf(version).replicaStatus;
  return { sql, parse: (rows) => readChannels(rows, sql) };
}

/** Where the server's own binary log ends; null without one. */
export function binlogEndQuery(version: Version): Query<FilePosition | null> {
  const sql = wordsOf(version).binlogEnd;
  return { sql, parse: (rows) => readBinlogEnd(rows, sql) };
}

/**
 * Reads how far a server is. `self`: its key, which own files are counted under.
 * `applied` counts in the files of the channel's source, by the name the channel has for it.
 */
export function positionQuery(
  server: Server,
  reads: MarkedPosition,
  self: InstanceKey,
): Query<Position> {
  switch (reads) {
    case 'executed':
      return server.gtid.kind === 'off' ? ownBinlog(server, self) : executed(server);
    case 'own-binlog':
      return ownBinlog(server, self);
    case 'applied':
      return applied(server);
    default:
      return reads satisfies never;
  }
}

function executed(server: Server): Query<Position> {
  const sql = gtidSql(server) ?? '';
  const { gtid } = server;
  return {
    sql,
    parse: (rows) => {
      const columns = onlyRow(rows, sql);
      if (server.flavor === 'mysql') {
        return { kind: 'gtid-set', set: parseGtidSet(columns.text('gtid_executed')) };
      }
      const strict = gtid.kind === 'mariadb' && gtid.strict;
      const ordered = strict && server.binlog && server.logsReplicaUpdates;
      const position = executedPosition(
        {
          binlogState: columns.text('gtid_binlog_state'),
          binlogPos: columns.text('gtid_binlog_pos'),
          slavePos: columns.text('gtid_slave_pos'),
        },
        { strict: ordered, serverId: server.serverId },
      );
      return { kind: 'mariadb', position };
    },
  };
}

function ownBinlog(server: Server, self: InstanceKey): Query<Position> {
  const { sql, parse } = binlogEndQuery(server);
  return {
    sql,
    parse: (rows) => {
      const at = parse(rows);
      if (at === null) {
        throw new UnexpectedAnswer(sql, 'File', 'is missing: the server has no binary log');
      }
      return { kind: 'file', source: self, at };
    },
  };
}

function applied(server: Server): Query<Position> {
  const { sql, parse } = channelsQuery(server);
  return {
    sql,
    parse: (rows) => {
      const channel = parse(rows).find((it) => it.name === targetChannel(server));
      if (channel === undefined || channel.applied.file === '') {
        throw new UnexpectedAnswer(sql, 'Relay_Master_Log_File', 'is missing: it never replicated');
      }
      const { host, port } = channel.source;
      return { kind: 'file', source: keyOf(host, port), at: channel.applied };
    },
  };
}
