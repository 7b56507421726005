import { execFile } from 'node:child_process';
import { constants, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { smallFiles } from './option-file.ts';
import { asUser } from './server-process.ts';
import type { OptionValues, ServerDistribution } from './server-distribution.ts';

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

/** Nothing of it is worth a wait for the disk: what a crash spoils is made anew. */
const hasty: OptionValues = {
  'innodb-flush-log-at-trx-commit': 0,
  'innodb-doublewrite': 0,
  'loose-innodb-flush-method': 'nosync',
};

/** A redo log of MySQL's own size would be 100 MB in every copy. */
const smallMysql: OptionValues = {
  'loose-innodb-redo-log-capacity': '16M',
  'loose-innodb-log-writer-threads': 0,
  'skip-log-bin': 1,
};

function optionWords(distribution: ServerDistribution, data: string): readonly string[] {
  const isScript = distribution.emptyData.by === 'install-db';
  const values = { ...distribution.options, ...(isScript ? smallFiles : smallMysql), ...hasty };
  const words = Object.entries(values).map(([name, value]) => `--${name}=${String(value)}`);
  return isScript
    ? [`--datadir=${data}`, ...installDbWords(), ...words]
    : [...words, ...asUser(), `--datadir=${data}`, '--initialize-insecure'];
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
