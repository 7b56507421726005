import { createConnection } from 'mysql2/promise';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '../servers/certificates.ts';
import { FaultProxy, silentListener } from '../servers/fault-proxy.ts';
import { startCluster, testUsers } from '../servers/test-cluster.ts';
import type { TestCluster } from '../servers/test-cluster.ts';
import { prepareForWriters, startWriters, writtenIds } from '../servers/writers.ts';
import { until } from '../support/harness/until.ts';

// What the other tests against real servers rely on.
describe.each([
  { server: 'mariadb', gtid: true },
  { server: 'mysql97', gtid: true },
  { server: 'mysql56', gtid: true },
  { server: 'mysql56', gtid: false },
] as const)('a cluster of $server (GTID: $gtid)', ({ server, gtid }) => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ server, gtid });
  });
  afterAll(() => cluster?.stop());

  test('keeps every row that it acknowledged when the master dies and comes back', async () => {
    const { master, replicas } = cluster;
    await prepareForWriters(master);
    const writers = startWriters({ address: () => master.key });
    await until('rows are written', () => writers.acknowledgedCount() > 200);
    await master.kill9();
    expect(await master.pid()).toBeUndefined();
    const report = await writers.stop();
    expect(report.failures.length).toBeGreaterThan(0);
    await master.start();
    const kept = await writtenIds(master);
    expect(report.acknowledged.filter((it) => !kept.has(it))).toEqual([]);
    for (const replica of replicas) {
      await replica.untilValue('SELECT count(*) FROM written.rows_of', String(kept.size));
    }
  });

  test('has replicas that come back read-only and go on', async () => {
    const [replica] = cluster.replicas;
    await replica?.stop();
    await cluster.master.sql('CREATE DATABASE made_meanwhile');
    await replica?.start();
    expect(await replica?.value('SELECT @@GLOBAL.read_only')).toBe('1');
    const sql =
      "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'made_meanwhile'";
    await replica?.untilValue(sql, '1');
  });

  test('has members that hang and go on', async () => {
    const { master } = cluster;
    await master.hang();
    try {
      await expect(query(master.port, 300)).rejects.toThrow(/ETIMEDOUT|timeout/i);
    } finally {
      await master.unhang();
    }
    await expect(query(master.port, 5_000)).resolves.toBeUndefined();
  });
});

describe.each(['mariadb', 'mysql97'] as const)('TLS of %s', (server) => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ server, replicas: 0, tls: true });
  });
  afterAll(() => cluster?.stop());

  test('is trusted by who knows its authority, and by nobody else', async () => {
    const ca = await readFile(cluster.certificates?.ca ?? '', 'utf8');
    const other = await makeCertificates(`${cluster.master.folder}/other-tls`);
    const stranger = await readFile(other.ca, 'utf8');
    await expect(cipher(cluster.master.port, ca)).resolves.toMatch(/AES|CHACHA/);
    await expect(cipher(cluster.master.port, stranger)).rejects.toThrow(/certificate/);
  });
});

describe('a way that can be broken', () => {
  let cluster: TestCluster;
  let proxy: FaultProxy;
  beforeAll(async () => {
    cluster = await startCluster({ server: 'mariadb', replicas: 0 });
    proxy = await FaultProxy.before(cluster.master.port);
  });
  afterAll(async () => {
    await proxy?.close();
    await cluster?.stop();
  });

  test.each([
    { mode: 'hang', error: 'ETIMEDOUT' },
    { mode: 'reset', error: /ECONNRESET|PROTOCOL_CONNECTION_LOST/ },
    { mode: 'refuse', error: 'ECONNREFUSED' },
    { mode: 'cut', error: /ECONNRESET|PROTOCOL_CONNECTION_LOST/ },
  ] as const)('$mode breaks it, and pass heals it', async ({ mode, error }) => {
    await expect(query(proxy.port, 5_000)).resolves.toBeUndefined();
    await proxy.turn(mode);
    const failure = await query(proxy.port, 300).then(
      () => 'it answered',
      (it: unknown) => String(it instanceof Error && 'code' in it ? it.code : it),
    );
    expect(failure).toMatch(error);
    await proxy.turn('pass');
    await expect(query(proxy.port, 5_000)).resolves.toBeUndefined();
  });

  test('a listener that never says a word keeps its caller waiting', async () => {
    const listener = await silentListener();
    await expect(query(listener.port, 200)).rejects.toThrow(/ETIMEDOUT/);
    await listener.close();
  });
});

async function query(port: number, connectTimeout: number): Promise<void> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    ...testUsers.monitor,
    connectTimeout,
  });
  connection.on('error', () => undefined);
  try {
    await connection.query({ sql: 'SELECT 1', timeout: connectTimeout });
  } finally {
    connection.destroy();
  }
}

async function cipher(port: number, ca: string): Promise<string> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    ...testUsers.monitor,
    ssl: { ca },
  });
  connection.on('error', () => undefined);
  const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_cipher'");
  connection.destroy();
  return JSON.stringify(rows);
}
