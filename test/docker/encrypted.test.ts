import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { composeContainers } from '../../src/compose-containers.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { makeCertificates, type Certificates } from '../servers/certificates.ts';
import { docker } from './containers.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';

// A real engine that only lets in who shows a certificate of its authority, over the network.
let folder: string;
let engine: ChildProcess;
let own: Certificates;
let endpoint: string;
const names = ['DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_CONFIG'] as const;
const before = Object.fromEntries(names.map((it) => [it, process.env[it]]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-encrypted-'));
  own = await makeCertificates(join(folder, 'own'));
  await makeCertificates(join(folder, 'other'));
  const [port = 0] = await freePorts(1);
  endpoint = `tcp://127.0.0.1:${String(port)}`;
  const { ca, cert, key } = own;
  const tls = ['--tlsverify', `--tlscacert=${ca}`, `--tlscert=${cert}`, `--tlskey=${key}`];
  const socket = `unix://${join(folder, 'docker.sock')}`;
  engine = await startPrivateEngine(folder, socket, [...tls, `--host=${endpoint}`]);
});
afterEach(() => {
  setAll(before);
});
afterAll(async () => {
  if (engine !== undefined) await stopPrivateEngine(engine);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

function setAll(values: Readonly<Record<string, string | undefined>>): void {
  for (const name of names) {
    const value = values[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Why the engine cannot be asked in such an environment; null when it can. */
async function problemWith(values: Readonly<Record<string, string | undefined>>) {
  setAll(values);
  const watch = composeContainers(() => undefined);
  try {
    await watch.looked(10_000);
    const { problem, looked } = watch.containers;
    expect(looked).toBe(true);
    return problem === null ? null : inEnglish(problem);
  } finally {
    watch.close();
  }
}

test('whoever shows its certificates is let in', async () => {
  const certificates = join(folder, 'own');
  expect(await problemWith({ DOCKER_HOST: endpoint, DOCKER_CERT_PATH: certificates })).toBeNull();
});

test('the current context of the docker command leads there, with its certificates', async () => {
  const config = join(folder, 'config');
  const { ca, cert, key } = own;
  const way = `host=${endpoint},ca=${ca},cert=${cert},key=${key}`;
  await docker('--config', config, 'context', 'create', 'far', '--docker', way);
  await docker('--config', config, 'context', 'use', 'far');
  expect(await problemWith({ DOCKER_CONFIG: config })).toBeNull();
});

test.each([
  {
    name: 'certificates of another authority',
    certificates: 'other',
    says: /^The certificate of Docker at tcp:.* is not one that the ca\.pem/,
  },
  {
    name: 'no certificates',
    certificates: undefined,
    says: /^Docker at tcp:.* wants certificates: name the folder/,
  },
  {
    name: 'a folder that is not there',
    certificates: 'none',
    says: /certificate .*none\/ca\.pem cannot be read/,
  },
])('$name: one sentence says so', async ({ certificates, says }) => {
  const path = certificates === undefined ? undefined : join(folder, certificates);
  const problem = await problemWith({ DOCKER_HOST: endpoint, DOCKER_CERT_PATH: path });
  expect(problem).toMatch(says);
  expect(problem).not.toContain('\n');
  console.log(problem);
});
