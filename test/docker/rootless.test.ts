import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEndpoint } from '../../src/adapters/docker/docker-endpoint.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { docker, makeSandbox, publishedPort, sqlIn, type Sandbox } from './containers.ts';
import { follow, look, lookPortsOf, shown } from './finding-story.ts';
import type { OwnEngine } from './own-engine.ts';
import { startRootlessDocker } from './rootless-docker.ts';

// A real daemon of an ordinary user: its networks are its own, so that this machine reaches published ports alone.
let engine: OwnEngine;
let sandbox: Sandbox;
let master: string;
let replica: string;
const lookers = lookPortsOf(() => sandbox.rootPassword);

beforeAll(async () => {
  engine = await startRootlessDocker();
  sandbox = await makeSandbox();
  [master = '', replica = ''] = ['db001', 'db002'].map((it) => `${sandbox.prefix}-${it}`);
  await Promise.all([
    sandbox.runServer(master, { words: ['--publish', '127.0.0.1::3306'] }),
    sandbox.runServer(replica),
  ]);
  const account = "CREATE USER repl@'%' IDENTIFIED BY 'repl'";
  await sqlIn(master, `${account}; GRANT REPLICATION SLAVE ON *.* TO repl@'%'`);
  await follow(replica, master);
});
afterAll(async () => {
  lookers.close();
  await sandbox?.remove();
  await engine?.end();
});

test('its socket is found by the context that its set-up makes', async () => {
  const config = join(engine.folder, 'config');
  const socket = `unix://${join(engine.folder, 'run/docker.sock')}`;
  await docker('--config', config, 'context', 'create', 'rootless', '--docker', `host=${socket}`);
  await docker('--config', config, 'context', 'use', 'rootless');
  const { endpoint } = findEndpoint({ env: { DOCKER_CONFIG: config } });
  expect(endpoint).toEqual({ kind: 'socket', path: join(engine.folder, 'run/docker.sock') });
});

test('a published port is used, else a command in the container, and that is said', async () => {
  const state = await look(lookers.open({ seeds: [`${master}:3306`] }));
  const id = (await docker('inspect', '--format', '{{.Id}}', replica)).trim().slice(0, 12);
  const port = String(await publishedPort(master));
  expect(shown(state)).toEqual({
    [`${master}:3306`]: ['master', `127.0.0.1:${port}`, 'answered', null],
    [`${replica}:3306`]: [
      'replica',
      `docker-exec:${replica}@${id}:3306`,
      'answered',
      `${master}:3306`,
    ],
  });
  expect(state.notes?.map(inEnglish).join()).toMatch(/through a command in its container/);
});
