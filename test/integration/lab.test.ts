import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask } from '../../src/adapters/lab/ask.ts';
import type { Row } from '../../src/adapters/lab/ask.ts';
import { labStart, labStop } from '../../src/adapters/lab/lab-instance.ts';
import { labDown, labStatus, labUp } from '../../src/adapters/lab/lab.ts';
import type { Lab } from '../../src/adapters/lab/lab.ts';
import { readSettings } from '../../src/config/settings.ts';
import { mysql97 } from '../servers/mysql97.ts';
import { until } from '../support/harness/until.ts';

const run = promisify(execFile);
const labUpProgram = fileURLToPath(new URL('../support/harness/lab-up.ts', import.meta.url));
const quiet = (): void => undefined;
const never = new AbortController().signal;

let stateDir: string;
beforeEach(async () => {
  stateDir = await realpath(await mkdtemp(join(tmpdir(), 'switchover-lab-test-')));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await labDown(stateDir, quiet);
  await rm(stateDir, { recursive: true, force: true });
});

test('a lab comes up from nothing within ten seconds, and goes without a trace', async () => {
  const startedAt = performance.now();
  const lab = await labUp({ stateDir }, quiet, never);
  const tookSeconds = (performance.now() - startedAt) / 1000;
  console.log(`lab of ${lab.version}: ${tookSeconds.toFixed(1)} s`);
  expect(tookSeconds).toBeLessThan(10);
  expect(lab.instances.map((it) => it.name)).toEqual(['db-1', 'db-2', 'db-3']);
  expect(await labStatus(stateDir)).toEqual(lab);
  await expectReplication(lab);
  expect(await labDown(stateDir, quiet)).toBe(true);
  expect(await readdir(stateDir)).toEqual([]);
  expect(await processesBelow(stateDir)).toEqual([]);
  expect(await labStatus(stateDir)).toBeUndefined();
  expect(await labDown(stateDir, quiet)).toBe(false);
});

// Root's own state folder lets nobody pass; one that others may pass is where an ordinary user can reach the data.
test('made by root its servers run as an ordinary user where one can reach them, and else it says that they do not', async ({
  skip,
}) => {
  skip(process.getuid?.() !== 0, 'only root can run a server as another user');
  const told: string[] = [];
  const tell = (line: string): void => {
    told.push(line);
  };
  await chmod(stateDir, 0o755);
  const lab = await labUp({ stateDir, replicas: 0 }, tell, never);
  const [only] = lab.instances;
  const owner = async (): Promise<number> => (await stat(`/proc/${String(only?.pid)}`)).uid;
  expect(await owner()).not.toBe(0);
  expect(told.join()).toContain('not as root');
  expect((await stat(lab.rootPasswordFile)).uid).toBe(0);
  await labStop(stateDir, 'db-1', 'kill');
  await labStart(stateDir, 'db-1');
  const pid = (await labStatus(stateDir))?.instances[0]?.pid;
  expect((await stat(`/proc/${String(pid)}`)).uid).not.toBe(0);
  await labDown(stateDir, quiet);
  await chmod(stateDir, 0o700);
  await labUp({ stateDir, replicas: 0 }, tell, never);
  expect(told.join()).toContain('The servers run as root: no ordinary user can reach');
});

test('its passwords stand in files for the user alone, and in no other', async () => {
  const lab = await labUp({ stateDir, replicas: 1 }, quiet, never);
  const files = [lab.passwordFile, lab.replicationPasswordFile, lab.rootPasswordFile];
  const passwords = await Promise.all(files.map((it) => readFile(it, 'utf8')));
  expect(new Set(passwords).size).toBe(3);
  for (const file of files) {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
  const told = JSON.stringify(lab) + (await readFile(lab.settingsFile, 'utf8'));
  for (const name of await readdir(lab.folder, { recursive: true })) {
    const path = join(lab.folder, name);
    const isOther = !files.includes(path) && !name.includes('/data') && (await stat(path)).isFile();
    const text = told + (isOther ? await readFile(path, 'utf8') : '');
    const found = passwords.filter((it) => text.includes(it.trim()));
    expect({ path, found }).toEqual({ path, found: [] });
  }
});

test('its settings file is one that the command takes', async () => {
  const lab = await labUp({ stateDir, replicas: 1 }, quiet, never);
  const read = readSettings(JSON.parse(await readFile(lab.settingsFile, 'utf8')));
  expect(read.problems).toEqual([]);
  expect(read.settings.clusters).toMatchObject([
    {
      id: 'lab',
      environment: 'lab',
      seeds: lab.instances.map((it) => it.key),
      passwordFile: lab.passwordFile,
    },
  ]);
});

test('the servers outlive the process that started them', async () => {
  await run(process.execPath, ['--no-warnings', labUpProgram, stateDir]);
  const lab = await labStatus(stateDir);
  expect(lab?.instances.map((it) => it.pid !== null)).toEqual([true, true, true]);
});

test('an instance dies and comes back; a master that nobody replaced takes writes again', async () => {
  const lab = await labUp({ stateDir }, quiet, never);
  await labStop(stateDir, 'db-1', 'kill');
  expect((await labStatus(stateDir))?.instances.map((it) => it.pid !== null)).toEqual([
    false,
    true,
    true,
  ]);
  await labStart(stateDir, 'db-1');
  expect(await readOnly(lab, 0)).toBe(0);
  await labStop(stateDir, 'db-2');
  await labStart(stateDir, lab.instances[1]?.key ?? '');
  expect(await readOnly(lab, 1)).toBe(1);
  await expectReplication(lab);
});

test('a master that was replaced comes back read-only', async () => {
  const lab = await labUp({ stateDir }, quiet, never);
  await labStop(stateDir, 'db-1', 'kill');
  await asRoot(lab, 1, 'STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = 0');
  await labStart(stateDir, 'db-1');
  expect(await readOnly(lab, 0)).toBe(1);
  expect(await readOnly(lab, 1)).toBe(0);
});

test('a second "up" starts what is stopped and keeps its data', async () => {
  const lab = await labUp({ stateDir }, quiet, never);
  await asRoot(lab, 0, 'CREATE DATABASE kept');
  await Promise.all(lab.instances.map((it) => labStop(stateDir, it.name, 'kill')));
  const again = await labUp({ stateDir }, quiet, never);
  expect(again.instances.map((it) => it.key)).toEqual(lab.instances.map((it) => it.key));
  expect(await asRoot(lab, 0, "SHOW DATABASES LIKE 'kept'")).toHaveLength(1);
  expect(await readOnly(lab, 0)).toBe(0);
  await expect(labUp({ stateDir, replicas: 5 }, quiet, never)).rejects.toThrow(/is there already/);
});

test('a lab whose maker was killed is cleared away by the next "up"', async () => {
  const maker = spawn(process.execPath, ['--no-warnings', labUpProgram, stateDir]);
  const ended = new Promise((resolve) => maker.once('exit', resolve));
  await until('servers start', async () => (await processesBelow(stateDir)).length > 0);
  await expect(labDown(stateDir, quiet)).rejects.toThrow(/is just making/);
  maker.kill('SIGKILL');
  await ended;
  const left = await processesBelow(stateDir);
  const lab = await labUp({ stateDir, replicas: 1 }, quiet, never);
  const pids = lab.instances.map((it) => it.pid);
  expect(left.filter((it) => pids.includes(it))).toEqual([]);
  expect(new Set(await processesBelow(stateDir))).toEqual(new Set(pids));
});

test('and by the next "down"', async () => {
  const maker = spawn(process.execPath, ['--no-warnings', labUpProgram, stateDir]);
  const ended = new Promise((resolve) => maker.once('exit', resolve));
  await until('servers start', async () => (await processesBelow(stateDir)).length > 0);
  maker.kill('SIGKILL');
  await ended;
  expect(await labStatus(stateDir)).toBeUndefined();
  expect(await labDown(stateDir, quiet)).toBe(true);
  expect(await readdir(stateDir)).toEqual([]);
  expect(await processesBelow(stateDir)).toEqual([]);
});

test('servers whose folder somebody removed are ended by "down" all the same', async () => {
  const lab = await labUp({ stateDir, replicas: 1 }, quiet, never);
  await rm(lab.folder, { recursive: true });
  expect(await processesBelow(stateDir)).toHaveLength(2);
  expect(await labDown(stateDir, quiet)).toBe(true);
  expect(await processesBelow(stateDir)).toEqual([]);
});

test('a cancelled "up" leaves nothing', async () => {
  const cancel = new AbortController();
  const up = labUp({ stateDir }, quiet, cancel.signal);
  await until('servers start', async () => (await processesBelow(stateDir)).length > 0);
  cancel.abort();
  await expect(up).rejects.toMatchObject({ code: 'cancelled' });
  expect(await readdir(stateDir)).toEqual([]);
  expect(await processesBelow(stateDir)).toEqual([]);
});

test('a pid file with the pid of another process ends nobody', async () => {
  const lab = await labUp({ stateDir, replicas: 0 }, quiet, never);
  await labStop(stateDir, 'db-1');
  const bystander = spawn('sleep', ['60']);
  await writeFile(join(lab.instances[0]?.folder ?? '', 'server.pid'), String(bystander.pid));
  await labStop(stateDir, 'db-1', 'kill');
  await labDown(stateDir, quiet);
  expect(bystander.kill('SIGTERM')).toBe(true);
});

test('MySQL of this machine makes a lab too', async () => {
  vi.stubEnv('PATH', `${await mysqlFolder()}:${process.env['PATH'] ?? ''}`);
  const startedAt = performance.now();
  const lab = await labUp({ stateDir, flavor: 'mysql' }, quiet, never);
  console.log(
    `lab of MySQL ${lab.version}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  expect(lab.flavor).toBe('mysql');
  await expectReplication(lab);
  await labStop(stateDir, 'db-1', 'kill');
  await labStart(stateDir, 'db-1');
  expect(await readOnly(lab, 0)).toBe(0);
});

test.each([
  { wish: { replicas: 1.5 }, says: 'not 1.5' },
  { wish: { replicas: 99 }, says: 'A lab has 0 to 20 replicas' },
] as const)('refuses $wish', async ({ wish, says }) => {
  await expect(labUp({ stateDir, ...wish }, quiet, never)).rejects.toThrow(says);
  expect(await readdir(stateDir)).toEqual([]);
});

/** A folder with a `mysqld` that stands for an installed one: the test server with the options that its place needs. */
async function mysqlFolder(): Promise<string> {
  const { command, options } = await mysql97();
  const own = Object.entries(options).map(([name, value]) => `--${name}=${String(value)}`);
  const folder = await mkdtemp(join(stateDir, 'bin-'));
  const program = join(folder, 'mysqld');
  await writeFile(program, `#!/bin/sh\nexec ${quoted(command)} "$@" ${quoted(own)}\n`);
  await chmod(program, 0o755);
  return folder;
}

function quoted(words: readonly string[]): string {
  return words.map((it) => `'${it}'`).join(' ');
}

async function expectReplication(lab: Lab): Promise<void> {
  await asRoot(
    lab,
    0,
    'CREATE DATABASE IF NOT EXISTS seen',
    'CREATE TABLE IF NOT EXISTS seen.here (id INT PRIMARY KEY)',
  );
  for (const place of lab.instances.keys()) {
    await until(`the table is on ${String(place)}`, async () => {
      const tables = await asRoot(
        lab,
        place,
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'seen'",
      );
      return tables.length === 1;
    });
    expect(await readOnly(lab, place)).toBe(place === 0 ? 0 : 1);
  }
}

async function readOnly(lab: Lab, place: number): Promise<unknown> {
  return (await asRoot(lab, place, 'SELECT @@GLOBAL.read_only AS value'))[0]?.['value'];
}

async function asRoot(
  lab: Lab,
  place: number,
  ...statements: readonly string[]
): Promise<readonly Row[]> {
  const password = (await readFile(lab.rootPasswordFile, 'utf8')).trim();
  return ask(lab.instances[place]?.port ?? 0, { user: 'root', password }, statements);
}

/** Pids of processes that name the folder in their arguments. */
async function processesBelow(folder: string): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,args=']);
  const lines = stdout.split('\n').filter((it) => it.includes(`--defaults-file=${folder}/`));
  return lines.map((it) => Number.parseInt(it, 10));
}
