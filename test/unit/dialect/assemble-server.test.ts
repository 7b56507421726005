import { dumpThreadsSql } from '../../../src/dialect/connected-replicas.ts';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SemiSync } from '../../../src/core/model/instance.ts';
import { UnexpectedAnswer, type Row } from '../../../src/dialect/answer.ts';
import { assembleServer, MissingRights } from '../../../src/dialect/assemble-server.ts';
import {
  followUpQueries,
  identityQuery,
  probeQueries,
  type ProbeAnswer,
  type ProbePart,
} from '../../../src/dialect/probe-queries.ts';
import { answersOf, identityOf, sampleNames, sampleOf, type Sample } from './samples.ts';

function assemble(sample: Sample, changed: readonly [ProbePart, ProbeAnswer][] = []) {
  return assembleServer(identityOf(sample), new Map([...answersOf(sample), ...changed]));
}

function rows(...given: readonly Row[]): ProbeAnswer {
  return { kind: 'rows', rows: given };
}

test.each(sampleNames)('%s: every statement of a probe is one that the server knows', (name) => {
  for (const role of ['master', 'replica'] as const) {
    expect([...answersOf(sampleOf(name, role)).values()].map((it) => it.kind)).not.toContain(
      'failed',
    );
  }
});

test.each([
  { name: 'mariadb-10.5', release: [10, 5, 23], superReadOnly: null, end: 626 },
  { name: 'mariadb-10.11', release: [10, 11, 18], superReadOnly: null, end: 626 },
  { name: 'mariadb-11.8', release: [11, 8, 6], superReadOnly: null, end: 626 },
  { name: 'mysql-5.6', release: [5, 6, 24], superReadOnly: null, end: 733 },
  { name: 'mysql-9.7', release: [9, 7, 4], superReadOnly: false, end: 683 },
] as const)('$name: a master is read whole', ({ name, release, superReadOnly, end }) => {
  const server = assemble(sampleOf(name, 'master'));
  expect(server).toMatchObject({
    flavor: name.startsWith('mysql') ? 'mysql' : 'mariadb',
    release,
    readOnly: false,
    superReadOnly,
    binlog: true,
    logsReplicaUpdates: true,
    binlogEnd: { file: 'binlog.000001', offset: end },
    channels: [],
    missing: [],
  });
  expect(server.uptimeSeconds).toBeGreaterThan(0);
  const own =
    name === 'mysql-5.6' ? { host: '127.0.0.1', port: 25707 } : { host: 'fxs2', port: 3306 };
  expect(server.replicas).toMatchObject([own]);
});

test.each(sampleNames)('%s: a replica is read whole, in the words of its release', (name) => {
  const master = assemble(sampleOf(name, 'master'));
  const { gtid, channels, replicas, serverUuid } = assemble(sampleOf(name, 'replica'));
  const mysql = name.startsWith('mysql');
  expect(replicas).toEqual([]);
  expect(serverUuid === null).toBe(!mysql);
  expect(channels).toHaveLength(1);
  expect(channels[0]).toMatchObject({
    name: '',
    source:
      name === 'mysql-5.6' ? { host: '127.0.0.1', port: 25706 } : { host: 'fxs1', port: 3306 },
    sourceServerId: master.serverId,
    sourceUuid: master.serverUuid,
    user: 'repl',
    receiver: 'yes',
    applier: 'yes',
    lagSeconds: 0,
    delaySeconds: 0,
    received: master.binlogEnd,
    applied: master.binlogEnd,
    method: 'gtid',
    receiverError: null,
    applierError: null,
    connectRetrySeconds: name === 'mysql-5.6' ? 1 : 60,
    filtered: false,
    omissions: [],
    tls: name === 'mysql-9.7' || name === 'mariadb-11.8',
  });
  const retrieved = channels[0]?.retrieved;
  expect(gtid).toMatchObject(
    mysql
      ? { kind: 'mysql', executed: retrieved }
      : { kind: 'mariadb', slavePos: retrieved, strict: true },
  );
});

test('the identity is asked first, and everything else follows from it', () => {
  expect(identityQuery.parse([{ version: '8.4.6', version_comment: null }])).toEqual({
    version: '8.4.6',
    versionComment: '',
  });
  expect(() => identityQuery.parse([])).toThrow(UnexpectedAnswer);
  expect(probeQueries('8.0.21', '').map((it) => it.sql)).toContain('SHOW SLAVE STATUS');
  expect(probeQueries('8.0.22', '').map((it) => it.sql)).toContain('SHOW REPLICA STATUS');
  expect(probeQueries('8.1.0', '').map((it) => it.sql)).toContain('SHOW MASTER STATUS');
  expect(probeQueries('5.5.62', '').map((it) => it.part)).not.toContain('gtid');
});

test.each(sampleNames)(
  '%s: a right that is missing is named, and the rest is still read',
  (name) => {
    const says =
      'Access denied; you need (at least one of) the SUPER privilege(s) for this operation';
    const failed: ProbeAnswer = { kind: 'failed', errno: 1227, says };
    const sample = sampleOf(name, 'master');
    const server = assemble(sample, [
      ['binlog-end', failed],
      ['replicas', failed],
      ['dump-threads', rows(...rowsOfProcessList(sample))],
    ]);
    expect(server.binlogEnd).toBeNull();
    expect(server.missing).toHaveLength(2);
    expect(server.missing.join('\n')).toContain(`STATUS: ${says}`);
    expect(server.replicas).toEqual([
      {
        serverId: null,
        serverUuid: null,
        host: expect.stringMatching(/^(172\.25\.0\.3|127\.0\.0\.1)$/),
        port: null,
      },
    ]);
  },
);

function rowsOfProcessList(sample: Sample): readonly Row[] {
  const list = sample.statements['SHOW PROCESSLIST'];
  return list === undefined || 'errno' in list ? [] : list;
}

test('a server whose channels cannot be seen is never taken for a master', () => {
  const denied: ProbeAnswer = { kind: 'failed', errno: 1227, says: 'Access denied' };
  expect(() => assemble(sampleOf('mariadb-10.11', 'replica'), [['channels', denied]])).toThrow(
    expect.objectContaining({
      name: 'MissingRights',
      errno: 1227,
      message: 'SHOW ALL SLAVES STATUS failed: Access denied',
    }),
  );
  const broken: ProbeAnswer = {
    kind: 'failed',
    errno: 1317,
    says: 'Query execution was interrupted',
  };
  expect(() => assemble(sampleOf('mysql-9.7', 'replica'), [['gtid', broken]])).toThrow(
    MissingRights,
  );
  expect(() => assembleServer({ version: '9.7.4', versionComment: '' }, new Map())).toThrow(
    'it was not asked',
  );
});

function followUp(...given: readonly Row[]) {
  return followUpQueries(new Map([['replicas', rows(...given)]]));
}

test('the process list is asked only where replicas do not say where they are', () => {
  const hostless = { Server_Id: 2, Host: '', Port: 3306, Source_Id: 1, Replica_UUID: 'u' };
  const named = { ...hostless, Server_Id: 3, Host: 'db3' };
  expect(followUp()).toEqual([]);
  expect(followUp(named)).toEqual([]);
  expect(followUp(hostless, named)).toEqual([{ part: 'dump-threads', sql: dumpThreadsSql }]);
  expect(followUpQueries(new Map())).toHaveLength(1);
});

test('one replica without a name is found at the address of the one dump thread', () => {
  const sample = sampleOf('mysql-9.7', 'master');
  const hostless = { Server_Id: 2, Host: '', Port: 3307, Source_Id: 1, Replica_UUID: 'u' };
  const threads: [ProbePart, ProbeAnswer] = ['dump-threads', rows(...rowsOfProcessList(sample))];
  const one = assemble(sample, [['replicas', rows(hostless)], threads]);
  expect(one.replicas).toEqual([{ serverId: 2, serverUuid: 'u', host: '172.25.0.3', port: 3307 }]);
  const two = assemble(sample, [
    ['replicas', rows(hostless, { ...hostless, Server_Id: 3, Host: 'db3' })],
    threads,
  ]);
  expect(two.replicas).toEqual([
    { serverId: 3, serverUuid: 'u', host: 'db3', port: 3307 },
    { serverId: null, serverUuid: null, host: '172.25.0.3', port: null },
  ]);
});

/** Replaces one variable in the answer of a sample. */
function withVariable(sample: Sample, name: string, value: string | null): Sample {
  const { [name]: _, ...others } = sample.variables;
  return { ...sample, variables: value === null ? others : { ...others, [name]: value } };
}

test.each([
  { value: 'OFF', readOnly: false },
  { value: 'ON', readOnly: true },
  { value: 'NO_LOCK', readOnly: true },
  { value: 'NO_LOCK_NO_ADMIN', readOnly: true },
])('read_only=$value of MariaDB means $readOnly', ({ value, readOnly }) => {
  const sample = withVariable(sampleOf('mariadb-11.8', 'master'), 'read_only', value);
  expect(assemble(sample).readOnly).toBe(readOnly);
});

test.each([
  { name: 'read_only', value: 'PERHAPS', says: 'column read_only is "PERHAPS"' },
  { name: 'server_id', value: 'one', says: 'column server_id is "one", not a whole number' },
  { name: 'hostname', value: null, says: 'column hostname is missing or NULL' },
  { name: 'log_bin', value: 'MAYBE', says: 'neither ON nor OFF' },
])('$name = $value becomes an error that names it', ({ name, value, says }) => {
  const sample = withVariable(sampleOf('mysql-9.7', 'master'), name, value);
  expect(() => assemble(sample)).toThrow(UnexpectedAnswer);
  expect(() => assemble(sample)).toThrow(says);
});

test.each(['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE'])(
  'gtid_mode=%s: sets do not tell everything, so they are not used',
  (mode) => {
    const sample = withVariable(sampleOf('mysql-9.7', 'replica'), 'gtid_mode', mode);
    expect(assemble(sample).gtid).toEqual({ kind: 'off' });
  },
);

test('numbers that the driver gives as text, and line breaks in sets, are read', () => {
  const sample = sampleOf('mysql-9.7', 'master');
  const uuid = '17718ed7-e6e2-11f1-81b2-0242ac190002';
  const server = assemble(sample, [
    ['binlog-end', rows({ File: 'binlog.000009', Position: '4294967296' })],
    ['gtid', rows({ gtid_executed: `${uuid}:1-2,\n${uuid}:tag:5`, gtid_purged: '' })],
  ]);
  expect(server.binlogEnd).toEqual({ file: 'binlog.000009', offset: 4294967296 });
  expect(server.gtid).toMatchObject({ executed: `${uuid}:1-2,${uuid}:tag:5` });
});

test('a server without a binary log has no end of it', () => {
  expect(
    assemble(sampleOf('mariadb-10.5', 'master'), [['binlog-end', rows()]]).binlogEnd,
  ).toBeNull();
});

test.each([
  ['mariadb-10.11', 'rpl_semi_sync_master_enabled', 'rpl_semi_sync_slave_enabled'],
  ['mysql-9.7', 'rpl_semi_sync_source_enabled', 'rpl_semi_sync_replica_enabled'],
] as const)('%s: how it waits and acknowledges is read', (name, source, replica) => {
  expect(semiSyncOf(name, 'master')).toEqual({
    source: {
      variable: source,
      enabled: true,
      active: true,
      waitsFor: 1,
      timeoutMs: 10_000,
      waitsWithoutReplicas: true,
      waitPoint: 'after-sync',
      clients: 1,
      waitingSessions: 0,
    },
    replica: { variable: replica, enabled: false, active: false },
  });
  expect(semiSyncOf(name, 'replica')).toMatchObject({
    source: { enabled: false, active: false, clients: 0 },
    replica: { enabled: true, active: true },
  });
});

test('a server without the plugin can neither wait nor acknowledge', () => {
  const { semiSync, netTimeoutSeconds } = assemble(sampleOf('mysql-5.6', 'master'));
  expect(semiSync).toEqual({ source: null, replica: null });
  expect(netTimeoutSeconds).toBe(10);
});

/** The rows of a server that replicates semi-synchronously, within the recording of the same release. */
function semiSyncOf(name: 'mariadb-10.11' | 'mysql-9.7', role: 'master' | 'replica'): SemiSync {
  const file = new URL('../../fixtures/semi-sync-rows.json', import.meta.url);
  const recorded: Record<
    typeof name,
    Record<
      typeof role,
      { readonly variables: Record<string, string>; readonly status: readonly Row[] }
    >
  > = JSON.parse(readFileSync(file, 'utf8'));
  const { variables, status } = recorded[name][role];
  const sample = sampleOf(name, role);
  return assemble({
    variables: { ...sample.variables, ...variables },
    statements: {
      ...Object.fromEntries(
        Object.entries(sample.statements).filter(([sql]) => !sql.includes('Rpl_semi_sync')),
      ),
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync%'": status,
    },
  }).semiSync;
}
