import { spawn, type ChildProcess } from 'node:child_process';
import { hostname } from 'node:os';
import { phrase, plain, type Phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { ProgramRunner } from '../../core/ports.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is kept of what a program prints, in characters. */
const keptCharacters = 300;
/** How long a program that ended may hand over its last words, in milliseconds: a child that it left may hold the pipe. */
const lastWordsMs = 100;
const isWindows = process.platform === 'win32';
/** Passwords, and what makes the editor's own program a Node. */
const withheld =
  /^(SWITCHOVER_(REPLICATION_)?PASSWORD|SWITCHOVER_SSH_PASSPHRASE|ELECTRON_RUN_AS_NODE$)/i;

/** Runs programs of the settings without a shell; `env`: what they inherit, without our passwords. */
export function programRunner(env: Environment): ProgramRunner {
  return {
    host: hostname(),
    run: (program, { environment, deadlineMs }, signal) =>
      run(program, { env: { ...inherited(env), ...environment }, deadlineMs }, signal),
  };
}

function inherited(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.test(name)));
}

function run(
  [file = '', ...words]: readonly string[],
  { env, deadlineMs }: { readonly env: Environment; readonly deadlineMs: number },
  signal: AbortSignal,
): Promise<Phrase | null> {
  return new Promise((give, fail) => {
    // A process group of its own, so that what it started is ended with it.
    const child = spawn(file, words, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !isWindows,
      windowsHide: true,
    });
    const printed = keepOutput(child);
    const cancel = (): void => {
      refuse(new ReplicationError('cancelled', phrase('It was cancelled.')));
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const refuse = (error: ReplicationError): void => {
      settle();
      killGroup(child);
      fail(error);
    };
    const timer = setTimeout(() => {
      const values = { program: file, count: Math.round(deadlineMs / 1000) };
      const says = phrase('{program} did not end within {count} s and was killed.', values);
      refuse(new ReplicationError('deadline', says));
    }, deadlineMs);
    signal.addEventListener('abort', cancel, { once: true });
    child.once('error', (error) => {
      settle();
      fail(notRun(file, error));
    });
    const end = async (how: number | string): Promise<void> => {
      await lastWords(child);
      settle();
      if (how === 0) give(said(printed()));
      else fail(ended(file, how, printed()));
    };
    child.once('exit', (code, by) => {
      clearTimeout(timer);
      void end(code ?? by ?? '');
    });
  });
}

/** Returns what was printed so far, on one line. */
function keepOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(0, keptCharacters);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function lastWords(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, lastWordsMs);
    child.once('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}

function killGroup(child: ChildProcess): void {
  try {
    if (isWindows || child.pid === undefined) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended this moment.
  }
}

function said(printed: string): Phrase | null {
  return printed === '' ? null : phrase('It said: {output}', { output: printed });
}

function ended(program: string, how: number | string, printed: string): ReplicationError {
  const values = { program, how, output: printed };
  return new ReplicationError(
    'refused-by-check',
    printed === ''
      ? phrase('{program} ended with {how}.', values)
      : phrase('{program} ended with {how} and said: {output}', values),
  );
}

function notRun(program: string, error: Error): ReplicationError {
  const missing = 'code' in error && error.code === 'ENOENT';
  return new ReplicationError(
    'refused-by-check',
    missing
      ? phrase('The program {program} was not found.', { program })
      : phrase('{program} could not be run: {because}', {
          program,
          because: plain(error.message),
        }),
    { cause: error },
  );
}
