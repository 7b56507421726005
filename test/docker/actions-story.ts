import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContainerControl } from '../../src/wiring/containers.ts';
import { createEngine, type Engine } from '../../src/wiring/engine.ts';
import { createContainers } from '../../src/wiring/containers.ts';
import { readSettings } from '../../src/config/settings.ts';
import type { Container } from '../../src/core/model/container.ts';
import { until } from '../support/harness/until.ts';
import { docker, makeSandbox, untilAnswering, type Sandbox } from './containers.ts';

const run = promisify(execFile);
/** What is done to the containers of one engine, and read of them; the engine is the one that the docker command asks. */
export function actionsStory(): void {
  const stateDir = mkdtempSync(join(tmpdir(), 'switchover-docker-'));
  let sandbox: Sandbox;
  let engine: Engine;
  let door: ContainerControl;
  let container: Container;

  beforeAll(async () => {
    sandbox = await makeSandbox();
    const name = `${sandbox.prefix}-db001`;
    await sandbox.runServer(name);
    const raw = { clusters: [{ id: 'orders', user: 'root', seeds: [`${name}:3306`] }] };
    const { settings } = readSettings(raw);
    const passwords = (): Promise<string> => Promise.resolve(sandbox.rootPassword);
    engine = createEngine({ settings, passwords, stateDir, log: () => undefined });
    const state = await engine.clusters.get('orders')?.refresh(AbortSignal.timeout(20_000));
    const found = state?.containers?.get(`${name}:3306`);
    const way = engine.containers.get('orders');
    if (found === undefined || way === undefined) throw new Error('The container was not found.');
    container = found;
    door = way;
  });

  afterAll(async () => {
    engine?.close();
    await sandbox?.remove();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function stateNow(): Promise<string> {
    return docker('inspect', '--format', '{{.State.Status}}', container.name);
  }

  test('a container is paused, resumed, stopped, started and restarted; what is so already is no error', async () => {
    await door.act(container, 'pause');
    expect(await stateNow()).toBe('paused');
    await door.act(container, 'unpause');
    expect(await stateNow()).toBe('running');
    await door.act(container, 'stop');
    await door.act(container, 'stop');
    expect(await stateNow()).toBe('exited');
    await door.act(container, 'start');
    // A server that has not begun to listen takes no notice of a stop.
    await untilAnswering(container.name);
    await door.act(container, 'restart');
    expect(await stateNow()).toBe('running');
  });

  test('what it wrote is read as text', async () => {
    const log = await door.log(container, 200);
    expect(log).toMatch(/ready for connections/);
    expect(log).not.toContain('\u0000');
  });

  test('the words for a shell lead into it', async () => {
    const { program, words, environment } = door.shell(container);
    expect(words.slice(0, 3)).toEqual(['exec', '-it', container.name]);
    const inside = ['exec', ...words.slice(2, 3), 'sh', '-c', 'hostname'];
    const env = { ...process.env, ...environment };
    const { stdout } = await run(program, inside, { env });
    expect(stdout.trim()).toBe(container.hostname);
  });

  test('a container that is gone is said to be gone', async () => {
    await docker('rm', '--force', '--volumes', container.name);
    await expect(door.act(container, 'start')).rejects.toThrow(
      `The container ${container.name} is gone.`,
    );
    const watch = createContainers(() => undefined);
    await until('the containers are looked at', () => watch.containers.looked);
    expect(watch.containers.all.map((it) => it.name)).not.toContain(container.name);
    watch.close();
  });
}
