import { mkdtempSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../src/wiring/engine.ts';
import { readSettings } from '../../src/config/settings.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { makeCertificates, type Certificates } from '../servers/certificates.ts';
import { makeSandbox, type Sandbox } from './containers.ts';

// One certificate, for the first of two containers: whoever is reached by a command, or at a published port, is asked for
// the name of the instance.
let sandbox: Sandbox;
let folder: string;
let certificates: Certificates;
let hidden: string;
let published: string;
let stranger: string;

beforeAll(async () => {
  sandbox = await makeSandbox();
  [hidden = '', published = '', stranger = ''] = ['db001', 'db002', 'db003'].map(
    (it) => `${sandbox.prefix}-${it}`,
  );
  folder = await mkdtemp(join(tmpdir(), 'switchover-tls-'));
  certificates = await makeCertificates(join(folder, 'tls'), `DNS:${hidden}, DNS:${published}`);
  // The server in a container reads them as a user of its own.
  await chmod(join(folder, 'tls'), 0o755);
  await chmod(certificates.key, 0o644);
  const volume = ['--volume', `${join(folder, 'tls')}:/tls:ro`];
  const options = ['--ssl-ca=/tls/ca.pem', '--ssl-cert=/tls/cert.pem', '--ssl-key=/tls/key.pem'];
  await Promise.all([
    sandbox.runServer(hidden, { network: 'none', words: volume, options }),
    sandbox.runServer(stranger, { network: 'none', words: volume, options }),
    sandbox.runServer(published, {
      words: [...volume, '--publish', '127.0.0.1::3306'],
      options,
    }),
  ]);
});

afterAll(async () => {
  await sandbox?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** How the one server of a cluster answered, and from where. */
async function lookAt(name: string): Promise<{ readonly address: string; readonly says: string }> {
  const { settings, problems } = readSettings({
    clusters: [
      {
        id: 'orders',
        user: 'root',
        environment: 'lab',
        seeds: [`${name}:3306`],
        tls: { ca: certificates.ca },
      },
    ],
  });
  expect(problems).toEqual([]);
  const engine = createEngine({
    settings,
    passwords: () => Promise.resolve(sandbox.rootPassword),
    stateDir: mkdtempSync(join(folder, 'state-')),
    log: () => undefined,
  });
  try {
    const state = await engine.clusters.get('orders')?.refresh(AbortSignal.timeout(20_000));
    const [member] = state?.topology.members ?? [];
    if (member === undefined) throw new Error('Nobody is in the cluster.');
    const { address, probe } = member;
    return { address, says: probe.kind === 'silent' ? inEnglish(probe.says) : probe.kind };
  } finally {
    engine.close();
  }
}

test('by a command in its container, the certificate is asked for the name of the instance', async () => {
  const { address, says } = await lookAt(hidden);
  expect(says).toBe('answered');
  expect(address).toMatch(/^docker-exec:/);
});

test('at a published port, too', async () => {
  const { address, says } = await lookAt(published);
  expect(says).toBe('answered');
  expect(address).toMatch(/^127\.0\.0\.1:/);
});

test('the certificate of another instance is refused, in words', async () => {
  const { says } = await lookAt(stranger);
  expect(says).toContain(`shows a certificate without the name ${stranger}. Give the server`);
});
