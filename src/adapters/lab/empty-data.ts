import { execFile } from 'node:child_process';
import { constants, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { smallTablespace } from './option-file.ts';
import { asUser } from './server-process.ts';
import type { ServerDistribution } from './server-distribution.ts';

const run = promisify(execFile);
const deadlineMs = 120_000;

/**
 * Makes an empty data directory: system tables, nothing in any binary log, no `server_uuid` yet, and an account
 * `root` without password that nobody can reach, because no server runs on it. To be copied, once for each instance.
 */
export async function makeEmptyData(
  distribution: ServerDistribution,
  data: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const { emptyData } = distribution;
  if (emptyData.by === 'copy') {
    await cp(emptyData.from, data, { recursive: true });
  } else {
    const [program = '', ...before] =
      emptyData.by === 'server' ? distribution.command : [emptyData.program];
    const words = [...before, '--no-defaults', ...optionWords(distribution, data)];
    await run(program, words, {
      env: { ...process.env, ...distribution.environment },
      signal,
      timeout: deadlineMs,
      maxBuffer: 64 * 1024 * 1024,
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw initialisationFailed(distribution, cause);
    });
  }
  await rm(join(data, 'auto.cnf'), { force: true });
}

/** Copies a data directory; shares blocks where the file system can. */
export async function copyData(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

function optionWords(distribution: ServerDistribution, data: string): readonly string[] {
  const own = Object.entries(distribution.options).map(
    ([name, value]) => `--${name}=${String(value)}`,
  );
  const small = Object.entries(smallTablespace).map(
    ([name, value]) => `--${name}=${String(value)}`,
  );
  return distribution.emptyData.by === 'install-db'
    ? [`--datadir=${data}`, ...installDbWords(), ...own, ...small]
    : [...own, ...asUser(), `--datadir=${data}`, '--initialize-insecure'];
}

function installDbWords(): readonly string[] {
  return [
    ...asUser(),
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
  ];
}

function initialisationFailed(distribution: ServerDistribution, cause: unknown): ReplicationError {
  const told = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
  const errors = told.split('\n').filter((it) => /error/i.test(it));
  const because = errors.slice(-2).join(' | ') || told.trim().slice(-300);
  const program = distribution.command.at(-1) ?? 'The server';
  const says = `${program} (${distribution.version}) could not initialise a data directory: ${because}`;
  return new ReplicationError('statement-failed', says, { cause });
}
