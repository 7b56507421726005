import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/adapters/lab/free-ports.ts';
import { createContainers } from '../../src/wiring/containers.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { makeCertificates, type Certificates } from '../servers/certificates.ts';
import { docker } from './containers.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';

// A real engine that only lets in who shows a certificate of its authority, over the network.
let folder: string;
let engine: ChildProcess;
let own: Certificates;
let other: Certificates;
let endpoint: string;
/** The same engine, at an address that its certificate does not name. */
let unnamed: string;
const names = [
  'DOCKER_HOST',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
] as const;
const before = Object.fromEntries(names.map((it) => [it, process.env[it]]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-encrypted-'));
  own = await makeCertificates(join(folder, 'own'));
  other = await makeCertificates(join(folder, 'other'));
  await Promise.all([
    putTogether('foreign authority', { ...own, ca: other.ca }),
    putTogether('foreign client', { ...other, ca: own.ca }),
    putTogether('no client', { ca: own.ca }),
  ]);
  const [port = 0] = await freePorts(1);
  endpoint = `tcp://127.0.0.1:${String(port)}`;
  unnamed = `tcp://127.0.0.2:${String(port)}`;
  const { ca, cert, key } = own;
  const tls = ['--tlsverify', `--tlscacert=${ca}`, `--tlscert=${cert}`, `--tlskey=${key}`];
  const socket = `unix://${join(folder, 'docker.sock')}`;
  engine = await startPrivateEngine(folder, socket, [
    ...tls,
    `--host=${endpoint}`,
    `--host=${unnamed}`,
  ]);
});
afterEach(() => {
  setAll(before);
});
afterAll(async () => {
  if (engine !== undefined) await stopPrivateEngine(engine);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** A folder as DOCKER_CERT_PATH names it. */
async function putTogether(name: string, files: Partial<Certificates>): Promise<void> {
  await mkdir(join(folder, name));
  for (const [file, from] of Object.entries(files)) {
    await copyFile(from, join(folder, name, `${file}.pem`));
  }
}

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
  const watch = createContainers(() => undefined);
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

test('DOCKER_CONTEXT outweighs the current context, and one without certificates says that they lack', async () => {
  const config = join(folder, 'config-of-two');
  await docker('--config', config, 'context', 'create', 'bare', '--docker', `host=${endpoint}`);
  const problem = await problemWith({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'bare' });
  expect(problem).toMatch(/^Docker at tcp:.* speaks TLS only\./);
  const gone = await problemWith({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'gone' });
  expect(gone).toBe('Docker’s context "gone" cannot be read; see "docker context ls".');
});

test.each([
  {
    certificates: 'foreign authority',
    says: /^The certificate of Docker at tcp:.* is not signed by \/.*\/foreign authority\/ca\.pem\. Put the ca\.pem of that engine there\.$/,
  },
  {
    certificates: 'foreign client',
    says: /^Docker at tcp:.* refuses the certificate \/.*\/foreign client\/cert\.pem\. Take one /,
  },
  {
    certificates: 'no client',
    says: /^Docker at tcp:.* asks for a certificate, and there is none\. Put cert\.pem and key\.pem into \/.*\/no client\.$/,
  },
  {
    certificates: undefined,
    says: /^Docker at tcp:.* speaks TLS only\. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH/,
  },
  {
    certificates: 'a folder that is not there',
    says: /certificate .*not there\/ca\.pem cannot be read/,
  },
])('$certificates: one sentence says so', async ({ certificates, says }) => {
  const path = certificates === undefined ? undefined : join(folder, certificates);
  const problem = await problemWith({ DOCKER_HOST: endpoint, DOCKER_CERT_PATH: path });
  expect(problem).toMatch(says);
  expect(problem).not.toContain('\n');
  console.log(problem);
});

test('an engine at a name that its certificate lacks is not asked', async () => {
  const certificates = join(folder, 'own');
  expect(await problemWith({ DOCKER_HOST: unnamed, DOCKER_CERT_PATH: certificates })).toMatch(
    /^The certificate of Docker at tcp:\/\/127\.0\.0\.2:\d+ is for other names\./,
  );
});

test('whoever encrypts towards an engine that does not is told so', async () => {
  const plain = createServer((socket) => {
    // As the HTTP server of dockerd does.
    socket.on('error', () => undefined).end('HTTP/1.0 400 Bad Request\r\n\r\n');
  });
  const [port = 0] = await freePorts(1);
  await once(plain.listen(port, '127.0.0.1'), 'listening');
  const way = { DOCKER_HOST: `tcp://127.0.0.1:${String(port)}`, DOCKER_TLS_VERIFY: '1' };
  const problem = await problemWith({ ...way, DOCKER_CERT_PATH: join(folder, 'own') });
  plain.close();
  expect(problem).toMatch(/ does not speak TLS\. Unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH/);
});

test('an engine behind a proxy that asks for no certificate is asked without one', async () => {
  const proxy = createTlsServer(
    { cert: readFileSync(own.cert), key: readFileSync(own.key) },
    (socket) => {
      const inner = connect(join(folder, 'docker.sock'));
      socket.on('error', () => inner.destroy()).on('close', () => inner.destroy());
      inner.on('error', () => socket.destroy());
      socket.pipe(inner).pipe(socket);
    },
  );
  const [port = 0] = await freePorts(1);
  await once(proxy.listen(port, '127.0.0.1'), 'listening');
  const way = { DOCKER_HOST: `tcp://127.0.0.1:${String(port)}` };
  expect(await problemWith({ ...way, DOCKER_CERT_PATH: join(folder, 'no client') })).toBeNull();
  proxy.close();
});
