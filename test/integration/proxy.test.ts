import { readFile } from 'node:fs/promises';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedProxy } from '../../src/adapters/proxy/embedded-proxy.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { startClient } from '../bench/client.ts';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import { prepareForWriters, writtenIds } from '../servers/writers.ts';
import { openProxy } from '../support/harness/proxy/ends.ts';
import { until } from '../support/harness/until.ts';

// A plain MySQL client, through the proxy, to real servers.
let cluster: TestCluster;
let proxy: EmbeddedProxy;
let listen: string;
let ca: string;

beforeAll(async () => {
  cluster = await startCluster({
    server: 'mariadb',
    replicas: 1,
    tls: 'IP:127.0.0.1, DNS:localhost',
  });
  ca = await readFile(cluster.certificates?.ca ?? '', 'utf8');
});
afterAll(async () => {
  await proxy?.close();
  await cluster?.stop();
});

async function connected(ssl: boolean): Promise<Connection> {
  const [host = '', port = ''] = listen.split(':');
  const connection = await createConnection({
    host,
    port: Number(port),
    ...cluster.accounts.root,
    ...(ssl ? { ssl: { ca, verifyIdentity: true } } : {}),
  });
  connection.on('error', () => undefined);
  return connection;
}

async function ask(connection: Connection, sql: string): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>(sql);
  return Object.values(rows[0] ?? {})
    .map(String)
    .join(' ');
}

const port = 'SELECT @@port';

test('a client finds the master, is cut when another leads, and finds the new one when it connects again', async () => {
  ({ proxy, listen } = await openProxy());
  const [replica = cluster.master] = cluster.replicas;
  proxy.leadTo(cluster.master.key);
  const first = await connected(false);
  expect(await ask(first, port)).toBe(String(cluster.master.port));

  const running = ask(first, 'SELECT SLEEP(30)').catch(
    (error: NodeJS.ErrnoException) => error.code,
  );
  await until('the statement to run', async () => {
    const count = 'SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE';
    return (await cluster.master.value(`${count} 'SELECT SLEEP%'`)) === '1';
  });
  const cutAt = performance.now();
  proxy.leadTo(replica.key);
  expect(await running).toMatch(/ECONNRESET|PROTOCOL_CONNECTION_LOST/);
  expect(performance.now() - cutAt).toBeLessThan(1_000);

  const second = await connected(false);
  expect(await ask(second, port)).toBe(String(replica.port));
  second.destroy();
});

test('a client that comes while the proxy holds logs in as soon as there is a master', async () => {
  await proxy.hold();
  const coming = connected(false);
  await until('the client to wait', () => proxy.show().connections === 1);
  proxy.leadTo(cluster.master.key);
  const connection = await coming;
  expect(await ask(connection, port)).toBe(String(cluster.master.port));
  connection.destroy();
});

test('a client of a killed master waits until it is back', async () => {
  proxy.leadTo(cluster.master.key);
  const before = await connected(false);
  await cluster.master.kill9();
  await expect(ask(before, port)).rejects.toThrow(/ECONNRESET|EPIPE|closed/);
  const coming = connected(false);
  await until('the client to wait', () => proxy.show().connections === 1);
  await cluster.master.start();
  const after = await coming;
  expect(await ask(after, port)).toBe(String(cluster.master.port));
  after.destroy();
});

test('TLS passes through: the client verifies the certificate of the server itself', async () => {
  proxy.leadTo(cluster.master.key);
  const connection = await connected(true);
  expect(await ask(connection, "SHOW STATUS LIKE 'Ssl_cipher'")).toMatch(/Ssl_cipher .+/);
  const long = 'x'.repeat(3_000_000);
  expect(await ask(connection, `SELECT '${long}'`)).toBe(long);
  await connection.end();
  await until('nothing to be left', () => proxy.show().connections === 0);
});

test('an application that writes all the time goes on after a hold, and nothing acknowledged is missing', async () => {
  proxy.leadTo(cluster.master.key);
  await prepareForWriters(cluster.master);
  const client = startClient({ address: listen, connections: 4 });
  await until('rows', () => client.acknowledgedCount() > 50);
  const heldAt = systemClock.monotonic();
  await proxy.hold();
  await until('a moment to pass', () => systemClock.monotonic() - heldAt > 300);
  expect(client.latest()?.at).toBeLessThan(heldAt + 100);
  const ledAt = systemClock.monotonic();
  proxy.leadTo(cluster.master.key);
  await until('rows again', () => (client.latest()?.at ?? 0) > ledAt + 100);
  const { acknowledged, failures, longestGap } = await client.stop();

  expect(failures.length).toBeGreaterThanOrEqual(4);
  expect(longestGap.from).toBeLessThan(heldAt + 100);
  expect(longestGap.to).toBeGreaterThan(ledAt);
  expect(longestGap.ms).toBeLessThan(ledAt - heldAt + 500);
  const there = await writtenIds(cluster.master);
  expect(acknowledged.filter((it) => !there.has(it.id))).toEqual([]);
});
