import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platform } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  beginningOf,
  hasEnded,
  processesWith,
  writersOf,
} from '../../../../src/adapters/lab/processes.ts';
import {
  endServer,
  endServersBelow,
  logFileOf,
  optionFileOf,
  pidOf,
} from '../../../../src/adapters/lab/server-process.ts';

const waits = 'setInterval(() => {}, 1000)';

test('a process is known by one whole argument of its own, as long as it runs', async () => {
  const mark = `--mark=${String(process.pid)}-${String(performance.now())}`;
  const child = spawn(process.execPath, ['-e', waits, '--', mark]);
  await once(child, 'spawn');
  const pid = child.pid ?? -1;
  await expect.poll(() => processesWith(mark)).toEqual([pid]);
  expect(await processesWith(mark.slice(0, -1))).toEqual([]);
  const beginning = (await beginningOf(pid)) ?? '';
  expect(beginning).toMatch(/./);
  expect(await hasEnded(pid, beginning)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await processesWith(mark)).toEqual([]);
  expect(await hasEnded(pid, beginning)).toBe(true);
  expect(await beginningOf(pid)).toBeUndefined();
});

test('the beginning of a process does not change', async () => {
  expect(await beginningOf(process.pid)).toBe(await beginningOf(process.pid));
});

// Between its start and the moment when it is another program, a process has the arguments of whoever started it.
describe.skipIf(platform !== 'linux')('a process that is only becoming a server', () => {
  let lab: string;
  let home: string;
  let started: ChildProcess;
  beforeEach(async () => {
    lab = await realpath(await mkdtemp(join(tmpdir(), 'switchover-becoming-')));
    home = join(lab, 'db-1');
    await mkdir(home);
    started = await becomesServer(home);
  });
  afterEach(async () => {
    started.kill('SIGKILL');
    await rm(lab, { recursive: true, force: true });
  });

  test('is waited for, and has its pid', async () => {
    expect(await pidOf(home)).toBe(started.pid);
  });

  test('is ended with the servers of its lab', async () => {
    expect(await endServersBelow(lab)).toBe(1);
    await expect.poll(() => isOver(started)).toBe(true);
  });

  test('is ended where the folder of its lab is gone already', async () => {
    await rm(lab, { recursive: true });
    expect(await endServersBelow(lab)).toBe(1);
    await expect.poll(() => isOver(started)).toBe(true);
  });

  test('is ended as the server of its folder', async () => {
    await endServer(home, 'kill');
    await expect.poll(() => isOver(started)).toBe(true);
  });

  test('is found by the log that it writes to, which makes nobody else a server', async () => {
    const log = logFileOf(home);
    expect(await writersOf((path) => path === log)).toContain(started.pid);
    const read = await open(log);
    const reader = spawn(process.execPath, ['-e', waits], { stdio: [read.fd, 'ignore', 'ignore'] });
    await once(reader, 'spawn');
    await read.close();
    expect(await endServersBelow(lab)).toBe(1);
    expect(isOver(reader)).toBe(false);
    reader.kill();
  });
});

/** A process as `startServer` makes one, that takes its time until it is another program. */
async function becomesServer(home: string): Promise<ChildProcess> {
  const log = await open(logFileOf(home), 'a');
  try {
    const program = `sleep 0.3; exec '${process.execPath}' -e '${waits}' -- "--defaults-file=$0"`;
    const child = spawn('sh', ['-c', program, optionFileOf(home)], {
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await log.close();
  }
}

/** It need not have been collected by us yet. */
function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
