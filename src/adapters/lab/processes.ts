import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { platform } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pids of the processes that were started with exactly this argument. */
export async function processesWith(argument: string): Promise<readonly number[]> {
  return platform === 'linux'
    ? fromProc((words) => words.includes(argument))
    : fromPs((line) => ` ${line} `.includes(` ${argument} `));
}

/** Pids of the processes that were started with an argument that begins so. */
export async function processesWithPrefix(prefix: string): Promise<readonly number[]> {
  return platform === 'linux'
    ? fromProc((words) => words.some((it) => it.startsWith(prefix)))
    : fromPs((line) => ` ${line}`.includes(` ${prefix}`));
}

/** Whether the process still runs, and is still the one that was started with this argument. */
export async function isAlive(pid: number, argument: string): Promise<boolean> {
  return platform === 'linux'
    ? (await argumentsOf(pid)).includes(argument)
    : (await processesWith(argument)).includes(pid);
}

/** When a process began, in the notation of the system; undefined when it does not run. With the pid it names one process for good. */
export async function beginningOf(pid: number): Promise<string | undefined> {
  if (platform !== 'linux') {
    const told = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined);
    return told?.stdout.trim();
  }
  const line = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // The name of the program stands in brackets and may hold anything; the beginning is the 20th field behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/**
 * Whether nothing is left of a process that `beginningOf` named so. Its arguments are gone before its ports are closed,
 * and its first thread may end before the others.
 */
export async function hasEnded(pid: number, beginning: string): Promise<boolean> {
  if (platform !== 'linux') return (await beginningOf(pid)) !== beginning;
  const line = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const threads = Number(fields[17] ?? 0);
  return fields[19] !== beginning || (fields[0] === 'Z' && threads <= 1);
}

async function fromProc(
  isMeant: (words: readonly string[]) => boolean,
): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((it) => /^\d+$/.test(it)).map(Number);
  const meant = await Promise.all(pids.map(async (pid) => isMeant(await argumentsOf(pid))));
  return pids.filter((_, place) => meant[place] === true);
}

/** Empty for a process that has ended, though it may not have been collected yet. */
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
