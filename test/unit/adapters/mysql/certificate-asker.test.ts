import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificateAsker } from '../../../../src/adapters/mysql/certificate-asker.ts';
import type { TlsMaterial } from '../../../../src/adapters/mysql/tls-material.ts';
import { makeCertificates, type Certificates } from '../../../servers/certificates.ts';
import {
  tinyServer,
  type TinyServer,
  type TinyWish,
} from '../../../support/harness/tiny-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchover-certificates-'));
const servers: TinyServer[] = [];
let ours: Certificates;
let others: Certificates;

beforeAll(async () => {
  ours = await makeCertificates(join(folder, 'ours'), 'DNS:db002, IP:127.0.0.1');
  others = await makeCertificates(join(folder, 'others'), 'DNS:db002, IP:127.0.0.1');
});
afterAll(async () => {
  await Promise.all(servers.map((it) => it.close()));
  rmSync(folder, { recursive: true, force: true });
});

function shows({ cert, key }: Certificates): TinyWish {
  return { tls: () => ({ cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }) };
}

async function start(wish: TinyWish): Promise<TinyServer> {
  const server = await tinyServer(wish);
  servers.push(server);
  return server;
}

function asker(timeoutMs = 2_000, changes: Partial<TlsMaterial> = {}) {
  const time = { now: 0 };
  const material = { ca: readFileSync(ours.ca, 'utf8'), cert: undefined, key: undefined };
  const certificates = certificateAsker({
    tls: () => ({ ...material, verify: true, ...changes }),
    timeoutMs,
    clock: { monotonic: () => time.now },
  });
  return { certificates, time };
}

test('a certificate of our authority for its name confirms a server; nothing but the handshake is sent', async () => {
  const server = await start(shows(ours));
  expect(await asker().certificates.confirm('db002:3306', server.address)).toBe(true);
  expect(await asker().certificates.confirm('127.0.0.1:3306', server.address)).toBe(true);
  expect(server.asked).toEqual([]);
  // What is decrypted on its side: no user, no password.
  expect(Buffer.concat(server.heard).toString('latin1')).not.toMatch(/orc|Pw/);
});

test.each<{ name: string; wish: () => TinyWish; asks?: string; changes?: Partial<TlsMaterial> }>([
  { name: 'another name', wish: () => shows(ours), asks: 'db003:3306' },
  { name: 'an authority of somebody else', wish: () => shows(others) },
  { name: 'no TLS at all', wish: () => ({}) },
  {
    name: 'words behind its greeting',
    wish: () => ({ ...shows(ours), behindGreeting: Buffer.from('x') }),
  },
  { name: 'settings that verify nothing', wish: () => shows(ours), changes: { verify: false } },
])('$name confirms nobody', async ({ wish, asks = 'db002:3306', changes }) => {
  const server = await start(wish());
  expect(await asker(2_000, changes).certificates.confirm(asks, server.address)).toBe(false);
  expect(server.asked).toEqual([]);
});

test('one that is silent is given up in time, and holds up the next rounds no more', async () => {
  const silent: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const place = silent.address();
  const address = `127.0.0.1:${String(typeof place === 'object' ? place?.port : 0)}`;
  const { certificates, time } = asker(1_000);
  expect(await certificates.confirm('db002:3306', address)).toBe(false);
  time.now = 60_001;
  const began = performance.now();
  expect(await certificates.confirm('db002:3306', address)).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
  silent.close();
});

test('after an answer that proved nothing a server is asked less and less often', async () => {
  const server = await start(shows(others));
  const { certificates, time } = asker();
  for (time.now = 0; time.now < 3_600_000; time.now += 1_000) {
    await certificates.confirm('db002:3306', server.address);
  }
  expect(server.met.connections).toBeLessThan(8);
  expect(server.met.connections).toBeGreaterThan(1);
});
