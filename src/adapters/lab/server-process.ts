import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplicationError } from '../../core/model/replication-error.ts';
import {
  beginningOf,
  hasEnded,
  processesWith,
  processesWithPrefix,
  writersOf,
} from './processes.ts';
import type { ServerDistribution } from './server-distribution.ts';

const pollMs = 20;
/** A process becomes its program in milliseconds; where the machine is busy it may wait for its turn. */
const becomingMs = 10_000;
/** Looks in a row that must find no server where the system does not tell who writes to a file. */
const looksInTheDark = 4;
const logName = 'server.log';

/**
 * The argument by which a process is known as the server of this folder, and of no other.
 * Whoever carries it was started by us, so that no pid has to be remembered or trusted.
 */
function markOf(folder: string): string {
  return `--defaults-file=${optionFileOf(folder)}`;
}

export function optionFileOf(folder: string): string {
  return join(folder, 'my.cnf');
}

export function logFileOf(folder: string): string {
  return join(folder, logName);
}

/** The pid of the server that runs on this folder, or is just being started there; undefined when none does. */
export async function pidOf(folder: string): Promise<number | undefined> {
  const log = logFileOf(folder);
  const [pid] = await settled(
    () => processesWith(markOf(folder)),
    (path) => path === log,
  );
  return pid;
}

/**
 * What `look` finds, or is certain not to find. Before a started process becomes the server it carries the arguments of
 * its starter, and in that moment none, so that no look finds it; but it has the server's log open all the time. One that
 * has the log open and is not found is waited for, until it is found or lets go of the log, as its starter does.
 */
async function settled(
  look: () => Promise<readonly number[]>,
  isLog: (path: string) => boolean,
): Promise<readonly number[]> {
  const endsAt = Date.now() + becomingMs;
  for (let looks = 1; ; looks += 1) {
    const found = await look();
    if (found.length > 0) return found;
    const writers = await writersOf(isLog);
    if (writers?.length === 0 || (writers === undefined && looks === looksInTheDark)) return [];
    if (writers !== undefined && Date.now() > endsAt) {
      const says = `The process with pid ${String(writers[0])} writes to the log of a lab's server but is no server; end it, then try again.`;
      throw new ReplicationError('deadline', says);
    }
    await sleep(pollMs);
  }
}

/**
 * Starts the server of a folder, in a session of its own, so that it outlives whoever started it.
 * `extra`: arguments for this start only. Does not wait until it answers.
 */
export async function startServer(
  distribution: ServerDistribution,
  folder: string,
  extra: readonly string[] = [],
): Promise<ChildProcess> {
  const [program = '', ...before] = distribution.command;
  const log = await open(logFileOf(folder), 'a', 0o600);
  try {
    const server = spawn(
      program,
      [...before, markOf(folder), ...(await asOwnerOf(folder)), ...extra],
      {
        cwd: folder,
        env: { ...process.env, ...distribution.environment },
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    await started(server);
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}

/** Started by root, a server runs as whoever owns its data. */
async function asOwnerOf(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const { uid } = await stat(join(folder, 'data'));
  return uid === 0 ? asUser() : [`--user=${String(uid)}`];
}

/** Servers refuse to run as root unless told so by name. */
export function asUser(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Ends the server of a folder and waits until it is gone. `kill`: as a crash does. Nothing runs: nothing happens. */
export async function endServer(
  folder: string,
  how: 'clean' | 'kill',
  deadlineMs = 60_000,
): Promise<void> {
  const pid = await pidOf(folder);
  if (pid !== undefined) {
    await endProcess(pid, how, () => processesWith(markOf(folder)), deadlineMs);
  }
}

/**
 * Kills the servers of every folder below this one, also those that are just being started or initialised, even where
 * the folders are gone; how many there were. Afterwards none is left.
 */
export async function endServersBelow(parent: string): Promise<number> {
  const ours = (): Promise<readonly number[]> =>
    processesWithPrefix(`--defaults-file=${parent}/`, `--datadir=${parent}/`);
  const isLog = (path: string): boolean =>
    path.startsWith(`${parent}/`) && path.endsWith(`/${logName}`);
  const ended = new Set<number>();
  for (;;) {
    const pids = await settled(ours, isLog);
    if (pids.length === 0) return ended.size;
    await Promise.all(pids.map((it) => endProcess(it, 'kill', ours)));
    for (const it of pids) ended.add(it);
  }
}

/** `ours`: whom we may end. A pid may have been given to another process since it was found. */
async function endProcess(
  pid: number,
  how: 'clean' | 'kill',
  ours: () => Promise<readonly number[]>,
  deadlineMs = 60_000,
): Promise<void> {
  const beginning = await beginningOf(pid);
  if (beginning === undefined || !(await ours()).includes(pid)) return;
  signalTo(pid, how === 'kill' ? 'SIGKILL' : 'SIGTERM');
  const endsAt = Date.now() + deadlineMs;
  while (!(await hasEnded(pid, beginning))) {
    if (Date.now() > endsAt) {
      const says = `The server with pid ${String(pid)} did not end in time.`;
      throw new ReplicationError('deadline', says);
    }
    await sleep(pollMs);
  }
}

/** It may have ended by itself in this moment. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) {
      const says = `The server with pid ${String(pid)} cannot be ended: ${String(cause)}`;
      throw new ReplicationError('statement-failed', says, { cause });
    }
  }
}

/** The last lines that the server of a folder wrote, for a message. */
export async function lastWords(folder: string): Promise<string> {
  const log = await readFile(logFileOf(folder), 'utf8').catch(() => '');
  const lines = log.trimEnd().split('\n');
  const errors = lines.filter((it) => /\[ERROR\]/.test(it));
  return (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
}

function started(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('spawn', resolve);
    server.once('error', (cause) => {
      reject(
        new ReplicationError(
          'statement-failed',
          `Could not run ${server.spawnfile}: ${cause.message}`,
          { cause },
        ),
      );
    });
  });
}
