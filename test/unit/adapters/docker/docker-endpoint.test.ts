import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEndpoint } from '../../../../src/adapters/docker/docker-endpoint.ts';

function emptyHome(): string {
  return mkdtempSync(join(tmpdir(), 'switchover-docker-'));
}

function homeWithContext(name: string, host: string): string {
  const home = emptyHome();
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(home, '.docker', 'contexts', 'meta', id);
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }));
  writeFileSync(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host } } }),
  );
  return home;
}

test.each([
  ['unix:///run/user/1000/docker.sock', { kind: 'socket', path: '/run/user/1000/docker.sock' }],
  ['tcp://build:2375', { kind: 'tcp', host: 'build', port: 2375, tls: null }],
  ['build:2375', { kind: 'tcp', host: 'build', port: 2375, tls: null }],
  ['ssh://me@build:2222', { kind: 'ssh', host: 'build', port: 2222, user: 'me' }],
  ['ssh://build', { kind: 'ssh', host: 'build', port: null, user: null }],
])('%s', (told, endpoint) => {
  expect(findEndpoint({ env: { DOCKER_HOST: told }, home: '/none' }).endpoint).toEqual(endpoint);
});

test('the setting outweighs DOCKER_HOST, which outweighs the context, which outweighs the usual sockets', () => {
  const home = homeWithContext('colima', 'unix:///colima.sock');
  const env = { DOCKER_HOST: 'unix:///told.sock' };
  expect(findEndpoint({ setting: 'unix:///set.sock', env, home }).spelled).toBe('unix:///set.sock');
  expect(findEndpoint({ env, home }).spelled).toBe('unix:///told.sock');
  expect(findEndpoint({ env: {}, home }).spelled).toBe('unix:///colima.sock');
  const runtime = emptyHome();
  writeFileSync(join(runtime, 'docker.sock'), '');
  const found = findEndpoint({ env: { XDG_RUNTIME_DIR: runtime }, home: emptyHome() }).spelled;
  expect([`unix://${join(runtime, 'docker.sock')}`, 'unix:///var/run/docker.sock']).toContain(
    found,
  );
});

test('a context that is not there is named', () => {
  const home = emptyHome();
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker', 'config.json'), '{"currentContext":"gone"}');
  expect(() => findEndpoint({ env: {}, home })).toThrow('Docker’s context "gone" cannot be read');
});

test('certificates are read where DOCKER_CERT_PATH says, and one that is missing is named', () => {
  const folder = emptyHome();
  for (const file of ['ca', 'cert']) writeFileSync(join(folder, `${file}.pem`), file);
  const env = { DOCKER_HOST: 'tcp://build:2376', DOCKER_CERT_PATH: folder };
  expect(() => findEndpoint({ env, home: '/none' })).toThrow(join(folder, 'key.pem'));
  writeFileSync(join(folder, 'key.pem'), 'key');
  expect(findEndpoint({ env, home: '/none' }).endpoint).toMatchObject({
    port: 2376,
    tls: { ca: 'ca', cert: 'cert', key: 'key' },
  });
});

test('a client without a certificate is none that has lost one', () => {
  const folder = emptyHome();
  writeFileSync(join(folder, 'ca.pem'), 'ca');
  const env = { DOCKER_HOST: 'tcp://build', DOCKER_CERT_PATH: folder };
  expect(findEndpoint({ env, home: '/none' }).endpoint).toEqual({
    kind: 'tcp',
    host: 'build',
    port: 2376,
    tls: { ca: 'ca', cert: null, key: null },
  });
});

test('DOCKER_TLS_VERIFY means the certificates of ~/.docker, also for the setting', () => {
  const home = emptyHome();
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker', 'ca.pem'), 'ca');
  const env = { DOCKER_TLS_VERIFY: '1' };
  expect(findEndpoint({ setting: 'tcp://build', env, home })).toMatchObject({
    endpoint: { tls: { ca: 'ca' } },
    certificates: join(home, '.docker'),
  });
});

test('a context that keeps an authority alone is encrypted', () => {
  const home = homeWithContext('far', 'tcp://build:2376');
  const id = createHash('sha256').update('far').digest('hex');
  const tls = join(home, '.docker', 'contexts', 'tls', id, 'docker');
  mkdirSync(tls, { recursive: true });
  writeFileSync(join(tls, 'ca.pem'), 'ca');
  expect(findEndpoint({ env: {}, home }).endpoint).toMatchObject({ tls: { ca: 'ca', key: null } });
});

test('what cannot be an address is refused with what can', () => {
  expect(() => findEndpoint({ setting: 'ftp://x', env: {}, home: '/none' })).toThrow(
    'write unix:///path, tcp://host:port or ssh://user@host',
  );
});
