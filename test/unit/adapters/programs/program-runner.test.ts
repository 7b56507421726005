import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programRunner } from '../../../../src/adapters/programs/program-runner.ts';
import { inEnglish } from '../../../../src/core/model/phrase.ts';

const never = new AbortController().signal;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-programs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a script in Node as a program; returns what the record would tell. */
async function told(
  script: string,
  { words = [], deadlineMs = 20_000, signal = never }: Partial<Wish> = {},
): Promise<string | null> {
  const runner = programRunner({ ...process.env, ...secrets, ELECTRON_RUN_AS_NODE: '1' });
  const how = { environment: { ORC_FAILED_HOST: 'db001' }, deadlineMs };
  const note = await runner.run([execPath, '-e', script, ...words], how, signal);
  return note === null ? null : inEnglish(note);
}

interface Wish {
  readonly words: readonly string[];
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

const secrets = {
  SWITCHOVER_PASSWORD: 'hush-1',
  SWITCHOVER_PASSWORD_ORDERS: 'hush-2',
  SWITCHOVER_REPLICATION_PASSWORD: 'hush-3',
  SWITCHOVER_REPLICATION_PASSWORD_ORDERS: 'hush-4',
};

test('a program gets its words as they are, whatever a shell would make of them', async () => {
  const words = ['two words', '$HOME', ';ls', '"quoted"'];
  expect(await told('console.log(JSON.stringify(process.argv.slice(1)))', { words })).toBe(
    `It said: ${JSON.stringify(words)}`,
  );
});

test('a program gets our variables and those of the process, and no password', async () => {
  const script =
    'console.log(process.env.ORC_FAILED_HOST, !!process.env.PATH, /hush|ELECTRON/.test(JSON.stringify(process.env)))';
  expect(await told(script)).toBe('It said: db001 true false');
});

test('what a program prints is kept on one line and not without end', async () => {
  expect(await told('console.log("a\\n\\u001b[31mb")')).toBe('It said: a [31mb');
  expect((await told('console.log("x".repeat(9999))'))?.length).toBeLessThan(320);
  expect(await told('0')).toBeNull();
});

test.each([
  ['process.exit(3)', ' ended with 3.'],
  ['console.error("not now"); process.exit(1)', ' ended with 1 and said: not now'],
  ['process.kill(process.pid, "SIGTERM"); setInterval(() => 0, 1000)', ' ended with SIGTERM.'],
])('%s is told as a failure', async (script, says) => {
  await expect(told(script)).rejects.toThrow(`${execPath}${says}`);
});

test('a program that is not there is named', async () => {
  const how = { environment: {}, deadlineMs: 1000 };
  await expect(programRunner({}).run(['/no/such/program'], how, never)).rejects.toThrow(
    'The program /no/such/program was not found.',
  );
});

/** Begins a child that holds our pipes, and writes both process ids to a file. */
function family(file: string, after: string): string {
  return `
    const child = require('node:child_process').spawn(process.execPath,
      ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' });
    require('node:fs').writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + child.pid);
    ${after}`;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.skipIf(process.platform !== 'linux')(
  'a program that hangs is killed with all that it started',
  async () => {
    const file = join(folder, 'hangs');
    const begun = performance.now();
    await expect(told(family(file, ''), { deadlineMs: 1500 })).rejects.toThrow(
      'did not end within 2 s and was killed.',
    );
    expect(performance.now() - begun).toBeLessThan(4000);
    await sleep(200);
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    expect(pids.filter(lives)).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'a program that leaves a child behind has ended, and its child lives on',
  async () => {
    const file = join(folder, 'leaves');
    const begun = performance.now();
    await told(family(file, 'process.exit(0)'), { deadlineMs: 15_000 });
    expect(performance.now() - begun).toBeLessThan(10_000);
    const child = Number(readFileSync(file, 'utf8').split(' ')[1]);
    expect(lives(child)).toBe(true);
    process.kill(child, 'SIGKILL');
  },
);

test('a cancelled run ends its program', async () => {
  const signal = AbortSignal.timeout(300);
  await expect(told('setInterval(() => 0, 1000)', { signal })).rejects.toThrow('It was cancelled.');
});

test('the name of this machine is known', () => {
  expect(programRunner({}).host).toBe(hostname());
});
