import { phrase } from '../../../src/core/model/phrase.ts';
import type { Channel, Instance, Server } from '../../../src/core/model/instance.ts';
import type { ScheduledEvent, ScheduledEvents } from '../../../src/core/model/scheduled-events.ts';
import { splitKey } from '../../../src/core/model/instance.ts';

/** A server without events, and a user who may do everything with them. */
export const noEvents: ScheduledEvents = {
  enabled: [],
  asleep: [],
  maySwitch: true,
  mayEnable: true,
  missingGrant: null,
};

export function eventNamed(name: string): ScheduledEvent {
  return {
    schema: 'app',
    name,
    definer: 'root@localhost',
    charset: 'utf8mb4',
    collation: 'utf8mb4_general_ci',
  };
}

/** A MariaDB server as a probe would tell it; tests change what they are about. */
export function mariadbServer(key: string, changes: Partial<Server> = {}): Server {
  const { port } = splitKey(key);
  return {
    flavor: 'mariadb',
    version: '10.11.19-MariaDB-log',
    release: [10, 11, 19],
    serverId: Number(/\d+/.exec(key)?.[0] ?? key.codePointAt(0)),
    serverUuid: null,
    hostname: key,
    port,
    reportHost: splitKey(key).host,
    reportPort: port,
    readOnly: false,
    superReadOnly: null,
    barriers: [],
    binlog: true,
    binlogFormat: 'ROW',
    logsReplicaUpdates: true,
    binlogEnd: { file: 'binlog.000001', offset: 500 },
    gtid: {
      kind: 'mariadb',
      binlogPos: '0-1-100',
      slavePos: '',
      binlogState: '0-1-100',
      strict: true,
      domainId: 0,
    },
    eventScheduler: false,
    events: noEvents,
    semiSync: { source: null, replica: null },
    netTimeoutSeconds: 60,
    refusesPasswordHashes: false,
    offersTls: null,
    requiresTls: false,
    omissions: [],
    uptimeSeconds: 1000,
    channels: [],
    replicas: [],
    missing: [],
    ...changes,
  };
}

/** The same without GTID, as MySQL 5.6 in its default settings. */
export function fileServer(key: string, changes: Partial<Server> = {}): Server {
  return mariadbServer(key, {
    flavor: 'mysql',
    version: '5.6.24-log',
    release: [5, 6, 24],
    serverUuid: `uuid-of-${key}`,
    gtid: { kind: 'off' },
    ...changes,
  });
}

export function channelFrom(source: string, changes: Partial<Channel> = {}): Channel {
  return {
    name: '',
    source: splitKey(source),
    sourceServerId: Number(/\d+/.exec(source)?.[0] ?? source.codePointAt(0)),
    sourceUuid: null,
    user: 'repl',
    receiver: 'yes',
    applier: 'yes',
    lagSeconds: 0,
    delaySeconds: 0,
    received: { file: 'binlog.000001', offset: 500 },
    applied: { file: 'binlog.000001', offset: 500 },
    method: 'gtid',
    retrieved: '0-1-100',
    receiverError: null,
    applierError: null,
    connectRetrySeconds: 1,
    filtered: false,
    omissions: [],
    tls: false,
    publicKey: false,
    ownFailover: false,
    raw: {},
    statement: 'SHOW SLAVE STATUS',
    ...changes,
  };
}

export function instanceOf(key: string, server: Server): Instance {
  return {
    key,
    address: key,
    aliases: [],
    probe: { kind: 'answered', at: 1, server },
    lastAnswer: { at: 1, server },
  };
}

export function silentInstance(key: string, last: Server | null = null): Instance {
  return {
    key,
    address: key,
    aliases: [],
    probe: {
      kind: 'silent',
      at: 1,
      reason: 'refused',
      says: phrase('{address} refuses connections: no server listens there.', { address: key }),
    },
    lastAnswer: last === null ? null : { at: 0, server: last },
  };
}
