import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ClusterSettings, PasswordSource } from '../config/settings.ts';
import { ownHome } from './own-user.ts';
import { distrusted } from './trusted-file.ts';

const commandTimeoutMs = 10_000;

/** Why no password could be read: one sentence, which never holds what a program printed or a file contains. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError';
}

/**
 * Passwords for a process without an editor: from the cluster's `passwordCommand`, its `passwordFile`,
 * or the environment (`SWITCHOVER_PASSWORD_<ID>`, then `SWITCHOVER_PASSWORD`). The first that is there counts.
 * `baseDir`: what a relative file name starts from.
 */
export function passwordSource(
  env: Readonly<Record<string, string | undefined>>,
  baseDir: string,
): PasswordSource {
  return async (cluster, which) => {
    const { command, file, variable } = placesOf(cluster, which);
    if (command.words !== undefined)
      return printedBy(command.words, `${command.key} of ${cluster.id}`);
    if (file.name !== undefined)
      return writtenIn(file.name, baseDir, `${file.key} of ${cluster.id}`);
    return env[`${variable}_${variableSuffix(cluster.id)}`] ?? env[variable];
  };
}

/** `orders-eu` -> `ORDERS_EU`. */
export function variableSuffix(id: string): string {
  return id.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '_');
}

function placesOf(cluster: ClusterSettings, which: 'monitor' | 'replication') {
  return which === 'monitor'
    ? {
        command: { key: 'passwordCommand', words: cluster.passwordCommand },
        file: { key: 'passwordFile', name: cluster.passwordFile },
        variable: 'SWITCHOVER_PASSWORD',
      }
    : {
        command: { key: 'replicationPasswordCommand', words: cluster.replicationPasswordCommand },
        file: { key: 'replicationPasswordFile', name: cluster.replicationPasswordFile },
        variable: 'SWITCHOVER_REPLICATION_PASSWORD',
      };
}

function printedBy([program = '', ...words]: readonly string[], what: string): Promise<string> {
  return new Promise((give, fail) => {
    const options = {
      timeout: commandTimeoutMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    } as const;
    const child = execFile(program, words, options, (error, printed) => {
      if (error) fail(new PasswordError(whyNothingPrinted(error, program, what)));
      else if (withoutNewline(printed) === '')
        fail(new PasswordError(`${what}: ${program} printed nothing.`));
      else give(withoutNewline(printed));
    });
    // A program that asks for something gets no answer, rather than hanging.
    child.stdin?.on('error', () => undefined).end();
  });
}

/** The program's own words stay unread: they may hold the secret. */
function whyNothingPrinted(
  error: { code?: unknown; killed?: boolean | undefined },
  program: string,
  what: string,
): string {
  if (error.code === 'ENOENT') return `${what}: the program ${program} was not found.`;
  if (error.code === 'EACCES') return `${what}: the program ${program} may not be run.`;
  if (error.killed === true)
    return `${what}: ${program} did not end within ${String(commandTimeoutMs / 1000)} s.`;
  if (typeof error.code === 'number')
    return `${what}: ${program} ended with exit code ${String(error.code)}.`;
  return `${what}: ${program} could not be run.`;
}

async function writtenIn(name: string, baseDir: string, what: string): Promise<string> {
  const file = resolve(baseDir, name.replace(/^~(?=\/|\\|$)/, ownHome()));
  const text = await readPrivate(file, what);
  const password = withoutNewline(text);
  if (password === '') throw new PasswordError(`${what}: ${file} is empty.`);
  return password;
}

/** A file that others may read keeps no secret: like ssh with a private key, we refuse it. */
async function readPrivate(file: string, what: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const rights = (mode & 0o777).toString(8);
      throw new PasswordError(
        `${what}: others may read ${file} (mode ${rights}); run chmod 600 on it.`,
      );
    }
    const objection = distrusted(file);
    if (objection !== undefined) throw new PasswordError(`${what}: ${objection}.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PasswordError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new PasswordError(`${what}: ${file} ${missing ? 'does not exist' : 'cannot be read'}.`, {
      cause: error,
    });
  }
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
