import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { createContainers, type ContainerWatch } from '../../src/wiring/containers.ts';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { docker, makeSandbox } from './containers.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';
import { until } from '../support/harness/until.ts';

const run = promisify(execFile);
const folders: string[] = [];

afterAll(() => {
  for (const it of folders) rmSync(it, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'switchover-engine-'));
  folders.push(made);
  return made;
}

function problemOf({ containers }: ContainerWatch): string | undefined {
  return containers.problem === null ? undefined : inEnglish(containers.problem);
}

test('Docker that is not there is said in one sentence', async () => {
  const watch = createContainers(() => undefined, `unix://${join(folder(), 'none.sock')}`);
  await watch.looked(5_000);
  expect(problemOf(watch)).toMatch(/^Docker does not run: nobody listens at unix:.*none\.sock/);
  watch.close();
});

test('a socket without rights names who may open it, and what to do', async () => {
  expect(getuid?.(), 'only root can become somebody else').toBe(0);
  const place = folder();
  chmodSync(place, 0o755);
  const script = join(place, 'look.mjs');
  const source = fileURLToPath(new URL('../../src/adapters/docker/', import.meta.url));
  writeFileSync(
    script,
    `import { troubleOf } from ${JSON.stringify(`${source}docker-trouble.ts`)};
import { findEndpoint } from ${JSON.stringify(`${source}docker-endpoint.ts`)};
import { connect } from 'node:net';
import { inEnglish } from ${JSON.stringify(`${source}../../core/model/phrase.ts`)};
const found = findEndpoint({ env: { DOCKER_HOST: 'unix:///var/run/docker.sock' } });
connect('/var/run/docker.sock').on('error', (it) => console.log(inEnglish(troubleOf(it, found))));
`,
  );
  const words = ['--reuid=65534', '--regid=65534', '--clear-groups', execPath, script];
  const { stdout } = await run('setpriv', words);
  expect(stdout).toMatch(/^nobody may not open Docker’s socket \/var\/run\/docker\.sock: /);
  expect(stdout).toMatch(/usermod -aG docker nobody|only root may/);
});

test('an engine that stops in the middle leaves the last picture; when it comes back, so does the picture', async () => {
  const place = folder();
  const socket = `unix://${join(place, 'docker.sock')}`;
  let engine = await startPrivateEngine(place, socket);
  const watch = createContainers(() => undefined, socket);
  try {
    await until(
      'the engine answers',
      () => watch.containers.looked && problemOf(watch) === undefined,
      10_000,
    );
    await stopPrivateEngine(engine);
    await until('the end of the engine is told', () => problemOf(watch) !== undefined, 10_000);
    expect(problemOf(watch)).toMatch(/stopped|does not run/);
    engine = await startPrivateEngine(place, socket);
    await until('the engine is found again', () => problemOf(watch) === undefined, 20_000);
  } finally {
    watch.close();
    await stopPrivateEngine(engine);
  }
});

test('of two containers with one published port the second says why it does not start', async () => {
  const sandbox = await makeSandbox();
  const watch = createContainers(() => undefined);
  try {
    const first = `${sandbox.prefix}-db001`;
    const second = `${sandbox.prefix}-db002`;
    await sandbox.run(first, { words: ['--publish', '127.0.0.1::3306'] });
    const port = /:(\d+)$/m.exec(await docker('port', first, '3306/tcp'))?.[1] ?? '';
    const words = ['--publish', `127.0.0.1:${port}:3306`];
    await expect(sandbox.run(second, { words })).rejects.toThrow(/allocated|in use/);
    const found = (): { state: string; error: string } | undefined =>
      watch.containers.all.find((it) => it.name === second);
    await until('the second tells why', () => (found()?.error ?? '') !== '', 10_000);
    expect(found()).toMatchObject({ state: 'created' });
    expect(found()?.error).toMatch(/allocated|in use/);
  } finally {
    watch.close();
    await sandbox.remove();
  }
});
