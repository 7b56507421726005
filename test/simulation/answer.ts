import type { Channel as ChannelRow, FilePosition, Server } from '../../src/core/model/instance.ts';
import { splitKey } from '../../src/core/model/instance.ts';
import { channelFrom, mariadbServer } from '../support/builders/servers.ts';
import type { Channel } from './channel.ts';
import type { SimServer } from './server.ts';
import { gtidText, uuidOf } from './transactions.ts';

/** What a server answers about itself, as a probe of a real one gives it. */
export function answerOf(server: SimServer): Server {
  const { key, flavor, readOnly, channel, boot, world } = server;
  const isMysql = flavor === 'mysql';
  return mariadbServer(key, {
    flavor,
    ...(isMysql
      ? { version: '9.7.1', release: [9, 7, 1], serverUuid: uuidOf(server.id) }
      : { version: '10.11.19-MariaDB-log', release: [10, 11, 19] }),
    serverId: server.id,
    hostname: server.host,
    readOnly,
    superReadOnly: isMysql ? readOnly : null,
    binlogEnd: placeOf(server.log.length),
    gtid: isMysql
      ? { kind: 'mysql', executed: server.executed.mysqlText(), purged: '' }
      : {
          kind: 'mariadb',
          binlogPos: server.lastGtid(),
          slavePos: server.slavePosition === undefined ? '' : gtidText(server.slavePosition),
          binlogState: server.executed.mariadbText(),
          strict: true,
          domainId: 0,
        },
    semiSync: semiSyncOf(server),
    netTimeoutSeconds: boot.netTimeoutSeconds,
    uptimeSeconds: Math.floor((world.time.now - server.since) / 1000) + 1000,
    channels: channel === undefined ? [] : [rowOf(channel, server)],
    replicas: world.servers
      .filter((it) => it.channel?.source === key && it.channel.connected)
      .map((it) => ({
        serverId: it.id,
        serverUuid: isMysql ? uuidOf(it.id) : null,
        host: it.host,
        port: splitKey(it.key).port,
      })),
  });
}

function semiSyncOf({ flavor, source, channel, semiSyncReplica }: SimServer): Server['semiSync'] {
  const isMysql = flavor === 'mysql';
  return {
    source: {
      variable: isMysql ? 'rpl_semi_sync_source_enabled' : 'rpl_semi_sync_master_enabled',
      enabled: source.enabled,
      active: source.enabled && source.active,
      waitsFor: source.waitsFor,
      timeoutMs: source.timeoutMs,
      waitsWithoutReplicas: true,
      waitPoint: 'after-sync',
      clients: source.clients,
      waitingSessions: source.waitingSessions,
    },
    replica: {
      variable: isMysql ? 'rpl_semi_sync_replica_enabled' : 'rpl_semi_sync_slave_enabled',
      enabled: semiSyncReplica,
      active: channel?.acknowledges === true && channel.connected,
    },
  };
}

function rowOf(channel: Channel, server: SimServer): ChannelRow {
  const { source, receiver, applierOn, relay, receivedPlace, appliedPlace } = channel;
  const isMysql = server.flavor === 'mysql';
  return channelFrom(source, {
    sourceServerId: channel.sourceId,
    sourceUuid: isMysql && channel.sourceId > 0 ? uuidOf(channel.sourceId) : null,
    receiver,
    applier: applierOn ? 'yes' : 'no',
    lagSeconds: applierOn && receiver === 'yes' ? lagOf(channel) : null,
    delaySeconds: channel.delaySeconds,
    received: placeOf(receivedPlace),
    applied: placeOf(relay.length === 0 ? receivedPlace : appliedPlace),
    retrieved: isMysql ? channel.retrieved.mysqlText() : receivedLast(channel, server),
    receiverError: channel.receiverError,
    applierError: channel.applierError,
    connectRetrySeconds: channel.connectRetrySeconds,
    statement: isMysql ? 'SHOW REPLICA STATUS' : 'SHOW ALL SLAVES STATUS',
  });
}

function lagOf({ relay, applyMs }: Channel): number {
  return Math.floor((relay.length * applyMs) / 1000);
}

function receivedLast({ retrievedLast }: Channel, { slavePosition }: SimServer): string {
  return retrievedLast !== ''
    ? retrievedLast
    : slavePosition === undefined
      ? ''
      : gtidText(slavePosition);
}

export function placeOf(count: number): FilePosition {
  return { file: 'binlog.000001', offset: 4 + 100 * count };
}
