import type { Channel, Server } from '../../../src/core/model/instance.ts';
import { readVersion } from '../../../src/dialect/version.ts';
import { noEvents } from '../../support/builders/servers.ts';

export const uuid = '17718ed7-e6e2-11f1-81b2-0242ac190002';

/** One release of every kind that is spelled differently. */
export const releases = [
  ['5.6.24-log', ''],
  ['5.7.44', ''],
  ['8.0.22', ''],
  ['8.0.26', ''],
  ['8.4.6', ''],
  ['9.7.4-2', ''],
  ['10.5.23-MariaDB-log', ''],
  ['10.11.19-MariaDB-log', ''],
  ['11.8.6-MariaDB', ''],
] as const;

export const channel: Channel = {
  name: '',
  source: { host: 'db1', port: 3306 },
  sourceServerId: 1,
  sourceUuid: null,
  user: 'repl',
  receiver: 'no',
  applier: 'no',
  lagSeconds: null,
  delaySeconds: 0,
  received: { file: 'binlog.000002', offset: 900 },
  applied: { file: 'binlog.000002', offset: 300 },
  method: 'gtid',
  retrieved: '',
  receiverError: null,
  applierError: null,
  connectRetrySeconds: 60,
  filtered: false,
  omissions: [],
  tls: false,
  publicKey: true,
  ownFailover: false,
  raw: {},
  statement: '',
};

/** A replica of the given release with one channel by GTID. */
export function serverOf(version: string, changed: Partial<Server> = {}): Server {
  const known = readVersion(version, '');
  const mysql = known.flavor === 'mysql';
  return {
    ...known,
    version,
    serverId: 2,
    serverUuid: mysql ? uuid : null,
    hostname: 'db2',
    port: 3306,
    reportHost: null,
    reportPort: null,
    readOnly: true,
    superReadOnly: null,
    binlog: true,
    binlogFormat: 'ROW',
    logsReplicaUpdates: true,
    binlogEnd: { file: 'binlog.000001', offset: 4 },
    gtid: mysql
      ? { kind: 'mysql', executed: '', purged: '' }
      : {
          kind: 'mariadb',
          binlogPos: '',
          slavePos: '',
          binlogState: '',
          strict: true,
          domainId: 0,
        },
    eventScheduler: false,
    events: noEvents,
    semiSync: { source: null, replica: null },
    netTimeoutSeconds: 60,
    refusesPasswordHashes: false,
    barriers: [],
    offersTls: null,
    requiresTls: false,
    omissions: [],
    uptimeSeconds: 1,
    channels: [channel],
    replicas: [],
    missing: [],
    ...changed,
  };
}
