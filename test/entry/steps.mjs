// Runs the steps of the entry scripts: each prints one line with the seconds it took.
// Plain JavaScript without packages, for Node 18 and later: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { env as environment, exit, kill, platform, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Words for Node: our sources are modules, and no package file beside them has to say so. */
export const quiet = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';

/** This part needs something that this machine does not have. */
export class CannotRun extends Error {}

/** A command that ended with a failure; `output` is what it printed. */
export class CommandFailed extends Error {
  constructor(command, code, output) {
    super(`${command} ended with ${code}`);
    this.output = output;
  }
}

const running = new Set();
let ending = false;

/** Ends everything that was started here, and what that started, when this process is told to end. */
function endWithChildren(codeAfterSignal) {
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    globalThis.process.on(signal, () => void endAll(signal, codeAfterSignal ?? code));
  }
}

async function endAll(signal, code) {
  ending = true;
  const children = [...running];
  children.forEach((child) => signalGroup(child, signal));
  await Promise.all(children.map((child) => new Promise((done) => child.once('exit', done))));
  exit(code);
}

function signalGroup(child, signal) {
  try {
    kill(platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

/** The environment in which the project's Node and tools come first. */
export function withTools(nodeFolder) {
  const first = [nodeFolder, join(root, 'node_modules/.bin')].filter(Boolean);
  const path = [...first, environment.PATH ?? ''].join(delimiter);
  return { ...environment, PATH: path, npm_config_loglevel: 'error' };
}

/**
 * Runs a command; its output is kept, or shown when `show` is set.
 * Rejects with CommandFailed when it ends with anything but 0, or after `limitSeconds`. `until`: a signal that ends it.
 */
export function run(
  command,
  args,
  { cwd = root, env = environment, show = false, limitSeconds = 900, until } = {},
) {
  return new Promise((done, fail) => {
    const stdio = ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio, detached: platform !== 'win32' });
    running.add(child);
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    let reason;
    const limit = Number.isFinite(limitSeconds)
      ? setTimeout(() => {
          reason = `no end after ${limitSeconds} s`;
          signalGroup(child, 'SIGTERM');
          setTimeout(() => signalGroup(child, 'SIGKILL'), 30_000).unref();
        }, limitSeconds * 1_000)
      : undefined;
    const name = [command, ...args].join(' ');
    until?.addEventListener('abort', () => signalGroup(child, 'SIGTERM'));
    child.on('error', (error) => {
      clearTimeout(limit);
      running.delete(child);
      fail(new CommandFailed(name, error.message, ''));
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      running.delete(child);
      const text = Buffer.concat(output).toString();
      if (code === 0 && reason === undefined) {
        done(text);
      } else {
        fail(new CommandFailed(name, reason ?? signal ?? code, text));
      }
    });
  });
}

/** Does one step, and tells how it ended and how long it took. */
export async function step(name, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    const answer = await work();
    tell(`  ok    ${name.padEnd(44)} ${seconds().padStart(8)}`);
    return answer;
  } catch (error) {
    tell(`  FAIL  ${name.padEnd(44)} ${seconds().padStart(8)}`);
    throw error;
  }
}

export function tell(line) {
  stdout.write(`${line}\n`);
}

/** The end of what a failed command printed, and the reason. */
export function explain(error, lines = 60) {
  const output =
    error instanceof CommandFailed ? error.output.trimEnd().split('\n').slice(-lines) : [];
  return [
    ...output,
    error instanceof CommandFailed ? error.message : (error?.stack ?? String(error)),
  ].join('\n');
}

/**
 * Runs an entry script: its rejection becomes an explanation and exit code 1.
 * `codeAfterSignal`: the exit code where Ctrl+C is the way to end it.
 */
export async function main(work, { codeAfterSignal } = {}) {
  endWithChildren(codeAfterSignal);
  let code = 1;
  try {
    code = (await work()) ?? 0;
  } catch (error) {
    if (!ending) {
      tell(explain(error));
    }
  }
  if (!ending) {
    exit(code);
  }
}
