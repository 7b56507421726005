import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker, makeSandbox, publishedPort, sqlIn, type Sandbox } from './containers.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(async () => {
  await sandbox?.remove();
});

test('a container of the test image answers inside its network, at its port, and ends cleanly', async () => {
  const name = `${sandbox.prefix}-db001`;
  const publish = ['--publish', '127.0.0.1::3306', '--network-alias', 'db001'];
  await sandbox.runServer(name, { words: publish });
  expect(await sqlIn(name, 'SELECT @@version')).toMatch(/MariaDB/);
  expect(await publishedPort(name)).toBeGreaterThan(1024);
  await docker('stop', '--time', '30', name);
  expect(await docker('inspect', '--format', '{{.State.ExitCode}}', name)).toBe('0');
});
