import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ask, type Row } from '../../src/adapters/lab/ask.ts';
import { labLabel, markOf } from '../../src/adapters/lab/docker/docker-record.ts';
import type { Lab } from '../../src/adapters/lab/lab.ts';
import type { ClusterBackend } from '../../src/core/backend.ts';
import { readSettings } from '../../src/config/settings.ts';
import { createLab, type LabControl } from '../../src/wiring/lab.ts';
import { createEngine, createPasswords } from '../../src/wiring/engine.ts';
import { until } from '../support/harness/until.ts';
import { docker, makeSandbox } from './containers.ts';
import { mariadbImage } from './image.ts';
import { mysqlImage } from './mysql-image.ts';

const never = new AbortController().signal;
const quiet = (): void => undefined;
const maker = fileURLToPath(new URL('../support/harness/docker-lab-up.ts', import.meta.url));

let image: string;
let stateDir: string;
let lab: LabControl;
beforeAll(async () => {
  image = await mariadbImage();
});
beforeEach(async () => {
  stateDir = await realpath(await mkdtemp(join(tmpdir(), 'switchover-docker-lab-')));
  lab = createLab(stateDir);
});
afterEach(async () => {
  await lab.down(quiet);
  await rm(stateDir, { recursive: true, force: true });
});

test('a lab on Docker comes up, is drawn and replicates within twenty seconds, and goes without a trace', async () => {
  const startedAt = performance.now();
  const made = await up(2);
  const topology = await drawn(made);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`lab on Docker, from nothing to three drawn servers: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(20);
  expect(topology).toEqual([
    { ...nameAt(made, 0), source: undefined, reads: undefined },
    ...[1, 2].map((it) => ({
      ...nameAt(made, it),
      source: made.instances[0]?.key,
      reads: 'yes',
    })),
  ]);
  expect(await lab.status()).toEqual(made);
  await expectHiddenPasswords(made);
  await expectNoRootFromElsewhere(made);
  expect(await lab.down(quiet)).toBe(true);
  expect(await leftOf(made)).toEqual([]);
  expect(await readdir(stateDir)).toEqual([]);
  expect(await lab.status()).toBeUndefined();
  expect(await lab.down(quiet)).toBe(false);
});

test('a master comes back: writable where nobody replaced it, else read-only', async () => {
  const made = await up(1);
  const [master = '', replica = ''] = made.instances.map((it) => it.name);
  await lab.stop(master, 'kill');
  expect((await lab.status())?.instances.map((it) => it.pid !== null)).toEqual([false, true]);
  await lab.start(master);
  expect(await readOnly(made, master)).toBe(0);
  await lab.stop(made.instances[0]?.key ?? '');
  await asRoot(made, replica, 'STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = 0');
  await lab.start(master);
  expect(await readOnly(made, master)).toBe(1);
  expect(await readOnly(made, replica)).toBe(0);
});

test('a second "up" starts what is stopped; another number of replicas is refused', async () => {
  const made = await up(1);
  await Promise.all(made.instances.map((it) => lab.stop(it.name, 'kill')));
  const again = await up(1);
  expect(again.instances.map((it) => it.key)).toEqual(made.instances.map((it) => it.key));
  expect(await readOnly(made, made.instances[0]?.name ?? '')).toBe(0);
  await expect(up(2)).rejects.toThrow(/is there already/);
});

test('a lab whose maker was killed is cleared away by the next "up"; names that others have are left to them', async () => {
  const sandbox = await makeSandbox();
  try {
    const isFree = !(await docker('ps', '--all', '--format', '{{.Names}}')).includes('db001');
    if (isFree) await sandbox.run('db001');
    const killed = spawn(process.execPath, ['--no-warnings', maker, stateDir, image]);
    const ended = once(killed, 'exit');
    await until(
      'the first container',
      async () => {
        return (await containersOfLab()) !== '';
      },
      60_000,
    );
    killed.kill('SIGKILL');
    await ended;
    const made = await up(1);
    expect(made.instances.map((it) => it.name)).not.toContain('db001');
    expect(await containersOfLab()).toMatch(/^\w+\n\w+$/);
  } finally {
    await sandbox.remove();
  }
});

test('a lab of MySQL comes up, replicates, and another is promoted', async () => {
  const startedAt = performance.now();
  const wish = { flavor: 'mysql', replicas: 2, kind: 'docker', image: await mysqlImage() } as const;
  const madeAt = performance.now();
  const made = await lab.up(wish, quiet, never);
  const topology = await drawn(made);
  const [imageSeconds, seconds] = [madeAt - startedAt, performance.now() - madeAt].map((it) =>
    (it / 1000).toFixed(1),
  );
  console.log(
    `lab of MySQL on Docker, to three drawn servers: ${String(seconds)} s (image ${String(imageSeconds)} s)`,
  );
  expect(topology).toMatchObject([
    { source: undefined },
    { source: made.instances[0]?.key, reads: 'yes' },
    { source: made.instances[0]?.key, reads: 'yes' },
  ]);
  const [first = '', second = '', third = ''] = made.instances.map((it) => it.name);
  expect(await readOnly(made, second)).toBe(1);
  const promotion = await seen(made, (cluster) => promote(cluster, made.instances[1]?.key ?? ''));
  expect(promotion).toEqual(['succeeded']);
  const closed = await Promise.all([first, second, third].map((it) => readOnly(made, it)));
  expect(closed).toEqual([1, 0, 1]);
  expect(await drawn(made)).toMatchObject([
    { source: made.instances[1]?.key },
    { source: undefined },
    { source: made.instances[1]?.key, reads: 'yes' },
  ]);
});

test('cancelled in the middle, nothing of it is left', async () => {
  const cancel = new AbortController();
  const tell = (line: string): void => {
    if (line.startsWith('Making')) setTimeout(() => cancel.abort(), 300);
  };
  const wish = { flavor: undefined, replicas: 1, kind: 'docker', image } as const;
  await expect(lab.up(wish, tell, cancel.signal)).rejects.toThrow(/cancelled; nothing is left/);
  expect(await readdir(stateDir)).toEqual([]);
  expect(await containersOfLab()).toBe('');
});

test('an image that is not here and that no registry gives is said in one sentence', async () => {
  const wish = { flavor: undefined, replicas: 1, kind: 'docker' } as const;
  const absent = { ...wish, image: 'localhost:1/nobody/mariadb:0.0' };
  await expect(lab.up(absent, quiet, never)).rejects.toThrow(
    /^The image localhost:1\/nobody\/mariadb:0\.0 is not on this machine and cannot be pulled: .*switchover\.labImage\.$/,
  );
});

async function expectHiddenPasswords(made: Lab): Promise<void> {
  const files = [made.passwordFile, made.replicationPasswordFile, made.rootPasswordFile];
  const passwords = await Promise.all(files.map((it) => readFile(it, 'utf8')));
  for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  const told = JSON.stringify(made) + (await readFile(made.settingsFile, 'utf8'));
  expect(passwords.filter((it) => told.includes(it.trim()))).toEqual([]);
}

/** Whoever may ask the engine reads the environment of its containers; root comes from the lab's own network alone. */
async function expectNoRootFromElsewhere(made: Lab): Promise<void> {
  const password = (await readFile(made.rootPasswordFile, 'utf8')).trim();
  for (const { name } of made.instances) {
    const told = await docker('inspect', name);
    expect(told).not.toContain(password);
    expect(told).toContain('ROOT_PASSWORD_FILE');
    await expect
      .poll(() => docker('exec', name, 'cat', '/switchover-root-password'), { timeout: 10_000 })
      .toBe('');
    const accounts = await asRoot(made, name, "SELECT Host FROM mysql.user WHERE User = 'root'");
    const hosts = accounts.map((it) => String(it['Host'])).toSorted();
    expect(hosts).toEqual([expect.stringMatching(/^172\.\d+\.\d+\.%$/), 'localhost']);
  }
}

function up(replicas: number): Promise<Lab> {
  return lab.up({ flavor: undefined, replicas, kind: 'docker', image }, quiet, never);
}

function nameAt({ instances }: Lab, place: number): object {
  return { key: instances[place]?.key, container: instances[place]?.name };
}

/** What the engine sees of the lab's cluster. */
function drawn(made: Lab): Promise<readonly unknown[]> {
  return seen(made, async (cluster) => {
    const state = await cluster.refresh(never);
    return state.topology.members.map((it) => {
      const channel = it.probe.kind === 'answered' ? it.probe.server.channels[0] : undefined;
      const source = channel && `${channel.source.host}:${String(channel.source.port)}`;
      const container = state.containers?.get(it.key)?.name;
      return { key: it.key, container, source, reads: channel?.receiver };
    });
  });
}

/** Its outcome, or why not. */
async function promote(cluster: ClusterBackend, key: string): Promise<readonly unknown[]> {
  const wish = { kind: 'promote', instance: key, acceptLoss: false } as const;
  const decision = await cluster.plan(wish, never);
  if (decision.kind === 'hold') return [decision.refusal];
  const result = await cluster.run(decision.plan, never);
  return result.kind === 'ran' ? [result.recovery.state] : result.because;
}

/** The lab's cluster by the lab's own settings. */
async function seen(
  made: Lab,
  look: (cluster: ClusterBackend) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const { settings, problems } = readSettings(
    JSON.parse(await readFile(made.settingsFile, 'utf8')),
  );
  expect(problems.filter((it) => it.severity === 'error')).toEqual([]);
  const passwords = createPasswords(process.env, stateDir);
  const engine = createEngine({
    settings,
    passwords,
    stateDir: join(stateDir, 'state'),
    log: quiet,
  });
  try {
    const cluster = engine.clusters.get('lab');
    if (cluster === undefined) throw new Error('The settings of the lab name no cluster "lab".');
    return await look(cluster);
  } finally {
    engine.close();
    await rm(join(stateDir, 'state'), { recursive: true, force: true });
  }
}

/** Ids of the containers of this very lab, one a line. */
function containersOfLab(): Promise<string> {
  return docker('ps', '--all', '--quiet', '--filter', `label=${ofLab()}`);
}

function ofLab(): string {
  return `${labLabel}=${markOf(join(stateDir, 'lab'))}`;
}

async function leftOf(made: Lab): Promise<readonly string[]> {
  const names = made.instances.map((it) => it.name);
  const containers = await docker('ps', '--all', '--format', '{{.Names}}');
  const networks = await docker('network', 'ls', '--filter', `label=${ofLab()}`, '--quiet');
  return [...containers.split('\n').filter((it) => names.includes(it)), networks].filter(Boolean);
}

async function asRoot(
  made: Lab,
  name: string,
  ...statements: readonly string[]
): Promise<readonly Row[]> {
  const port = made.instances.find((it) => it.name === name)?.port ?? 0;
  const password = (await readFile(made.rootPasswordFile, 'utf8')).trim();
  return ask(port, { user: 'root', password }, statements);
}

async function readOnly(made: Lab, name: string): Promise<unknown> {
  const [row] = await asRoot(made, name, 'SELECT @@GLOBAL.read_only AS readOnly');
  return row?.['readOnly'];
}
