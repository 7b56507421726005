import { expect, test } from 'vitest';
import type { Channel, Server } from '../../../../src/core/model/instance.ts';
import { describePosition } from '../../../../src/core/model/position.ts';
import {
  executedOf,
  hasUnapplied,
  knownOf,
  receivedFileOf,
} from '../../../../src/core/model/server-position.ts';
import { noEvents } from '../../../support/builders/servers.ts';

const uuid = '17718ed7-e6e2-11f1-81b2-0242ac190002';
const other = '1a91172f-e6e2-11f1-af12-02fc00000001';

const channel: Channel = {
  name: '',
  source: { host: 'db1', port: 3306 },
  sourceServerId: 1,
  sourceUuid: null,
  user: 'repl',
  receiver: 'yes',
  applier: 'yes',
  lagSeconds: 0,
  delaySeconds: 0,
  received: { file: 'binlog.000002', offset: 900 },
  applied: { file: 'binlog.000002', offset: 300 },
  method: 'file',
  retrieved: '',
  receiverError: null,
  applierError: null,
  connectRetrySeconds: 60,
  filtered: false,
  omissions: [],
  tls: false,
  publicKey: false,
  ownFailover: false,
  raw: {},
  statement: 'SHOW REPLICA STATUS',
};

const server: Server = {
  flavor: 'mysql',
  version: '8.4.6',
  release: [8, 4, 6],
  serverId: 2,
  serverUuid: other,
  hostname: 'db2',
  port: 3306,
  reportHost: null,
  reportPort: null,
  readOnly: true,
  superReadOnly: true,
  binlog: true,
  binlogFormat: 'ROW',
  logsReplicaUpdates: true,
  binlogEnd: { file: 'own.000007', offset: 77 },
  gtid: { kind: 'off' },
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
  channels: [],
  replicas: [],
  missing: [],
};

function say(position: ReturnType<typeof executedOf>): string | null {
  return position === null ? null : describePosition(position);
}

test('MySQL compares by sets, though the channel finds its place by file', () => {
  const replica: Server = {
    ...server,
    gtid: { kind: 'mysql', executed: `${uuid}:1-5,\n${other}:1`, purged: '' },
    channels: [
      { ...channel, retrieved: `${uuid}:4-8` },
      { ...channel, name: 'second', retrieved: `${other}:3` },
    ],
  };
  expect(say(executedOf(replica))).toBe(`${uuid}:1-5,${other}:1`);
  expect(say(knownOf(replica))).toBe(`${uuid}:1-8,${other}:1:3`);
});

test('MariaDB puts together what it logged, what it applied and what it received', () => {
  const replica: Server = {
    ...server,
    flavor: 'mariadb',
    gtid: {
      kind: 'mariadb',
      binlogPos: '0-1-100',
      slavePos: '0-1-101,1-5-3',
      binlogState: '0-3-40,0-1-100',
      strict: true,
      domainId: 0,
    },
    channels: [{ ...channel, method: 'gtid', retrieved: '0-1-105' }],
  };
  expect(say(executedOf(replica))).toBe('0-1-101,0-3-40,1-5-3');
  expect(say(knownOf(replica))).toBe('0-1-105,0-3-40,1-5-3');
});

test.each([
  { name: 'logs what it replicates', logsReplicaUpdates: true, strict: true },
  { name: 'logs only its own writes', logsReplicaUpdates: false, strict: false },
])('strict order counts for a server that $name: $strict', ({ logsReplicaUpdates, strict }) => {
  const gtid = { kind: 'mariadb', binlogPos: '', slavePos: '0-1-1', binlogState: '' } as const;
  const it = { ...server, logsReplicaUpdates, gtid: { ...gtid, strict: true, domainId: 0 } };
  expect(executedOf(it)).toMatchObject({ position: { strict } });
});

test('without GTID a replica is as far as its source’s files say', () => {
  const replica: Server = { ...server, channels: [channel] };
  expect(say(executedOf(replica))).toBe('binlog.000002:300 of db1:3306');
  expect(say(knownOf(replica))).toBe('binlog.000002:900 of db1:3306');
  expect(say(knownOf(replica, { source: 'alias:1' }))).toBe('binlog.000002:900 of alias:1');
  expect(say(receivedFileOf(replica))).toBe('binlog.000002:900 of db1:3306');
  expect(hasUnapplied(replica)).toBe(true);
});

test('without GTID a master stands at the end of its own binary log, if it has a name', () => {
  expect(say(executedOf(server, { self: 'db2:3306' }))).toBe('own.000007:77 of db2:3306');
  expect(knownOf(server)).toBeNull();
  expect(knownOf({ ...server, binlogEnd: null }, { self: 'db2:3306' })).toBeNull();
  expect(hasUnapplied(server)).toBe(false);
});

test('a channel that never connected tells nothing', () => {
  const nowhere = { file: '', offset: 4 };
  const replica = { ...server, channels: [{ ...channel, received: nowhere, applied: nowhere }] };
  expect(knownOf(replica)).toBeNull();
  expect(receivedFileOf(replica)).toBeNull();
});

test.each([
  { name: 'received and applied', retrieved: `${uuid}:1-5`, unapplied: false },
  { name: 'received and not applied', retrieved: `${uuid}:4-6`, unapplied: true },
])('by GTID, not by offsets: $name', ({ retrieved, unapplied }) => {
  // The offsets differ: the source died while sending a transaction, whose beginning stays unapplied.
  const replica: Server = {
    ...server,
    gtid: { kind: 'mysql', executed: `${uuid}:1-5`, purged: '' },
    channels: [{ ...channel, retrieved }],
  };
  expect(hasUnapplied(replica)).toBe(unapplied);
});
