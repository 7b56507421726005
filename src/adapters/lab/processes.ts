import { execFile } from 'node:child_process';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { platform } from 'node:process';
import { promisify } from 'node:util';
import { readStat, type ProcessState } from './process-state.ts';

const run = promisify(execFile);
/** The mode of a link in `/proc/PID/fd` says how the file was opened. */
const ownerWrites = 0o200;

/** Pids of the processes that were started with exactly this argument. */
export async function processesWith(argument: string): Promise<readonly number[]> {
  return platform === 'linux'
    ? fromProc((words) => words.includes(argument))
    : fromPs((line) => ` ${line} `.includes(` ${argument} `));
}

/** Pids of the processes that were started with an argument that begins in one of these ways. */
export async function processesWithPrefix(
  ...prefixes: readonly string[]
): Promise<readonly number[]> {
  return platform === 'linux'
    ? fromProc((words) => words.some((word) => prefixes.some((it) => word.startsWith(it))))
    : fromPs((line) => prefixes.some((it) => ` ${line}`.includes(` ${it}`)));
}

/**
 * Pids of the processes that have such a file open to write to it. Of use for one that is becoming another program:
 * until its parent's child becomes the program it has the arguments of its parent, and for a moment then none, but the
 * files are those that it was given from its first moment on. Undefined where the system does not tell.
 */
export async function writersOf(
  isMeant: (path: string) => boolean,
): Promise<readonly number[] | undefined> {
  if (platform !== 'linux') return undefined;
  const pids = await allPids();
  const meant = await Promise.all(pids.map((pid) => writesTo(pid, isMeant)));
  return pids.filter((_, place) => meant[place] === true);
}

/** When a process began, in the notation of the system; undefined when it does not run. With the pid it names one process for good. */
export async function beginningOf(pid: number): Promise<string | undefined> {
  if (platform !== 'linux') {
    const told = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
    return told?.stdout.trim();
  }
  const state = await stateOf(pid);
  return state?.isZombie === true ? undefined : state?.beginning;
}

/** Whether nothing is left of a process that `beginningOf` named so: its arguments are gone before its ports are closed. */
export async function hasEnded(pid: number, beginning: string): Promise<boolean> {
  if (platform !== 'linux') return (await beginningOf(pid)) !== beginning;
  const state = await stateOf(pid);
  return state?.beginning !== beginning || (state.isZombie && state.threads <= 1);
}

async function stateOf(pid: number): Promise<ProcessState | undefined> {
  return readStat(await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => ''));
}

async function fromProc(
  isMeant: (words: readonly string[]) => boolean,
): Promise<readonly number[]> {
  const pids = await allPids();
  const meant = await Promise.all(pids.map(async (pid) => isMeant(await argumentsOf(pid))));
  return pids.filter((_, place) => meant[place] === true);
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((it) => /^\d+$/.test(it)).map(Number);
}

/** False where its files are not for us to see: it is none that we started. */
async function writesTo(pid: number, isMeant: (path: string) => boolean): Promise<boolean> {
  const files = `/proc/${String(pid)}/fd`;
  for (const name of await readdir(files).catch(() => [])) {
    const path = await readlink(`${files}/${name}`).catch(() => '');
    if (isMeant(path.replace(/ \(deleted\)$/, ''))) {
      const mode = (await lstat(`${files}/${name}`).catch(() => undefined))?.mode ?? 0;
      if ((mode & ownerWrites) !== 0) return true;
    }
  }
  return false;
}

/** Empty for a process that has ended, though it may not have been collected yet, and for one that is becoming another program. */
async function argumentsOf(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0');
}

async function fromPs(isMeant: (line: string) => boolean): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,args='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split('\n')
    .filter(isMeant)
    .map((line) => Number.parseInt(line, 10));
}
