import { hostname } from 'node:os';
import { ownHome, ownName } from '../adapters/own-user.ts';
import type { Io } from './io.ts';

/** `node:sqlite` needs it. */
const oldestNode = [22, 13] as const;

function nodeIsTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

/** The first signal ends the work in order; a second one ends the process at once. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
      interrupted.abort();
    });
  }
  return interrupted.signal;
}

function actor(): string {
  return `${ownName()}@${hostname()} (${String(process.pid)})`;
}

/** Writes until the reader hangs up, as `head` does. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', () => {
    open = false;
  });
  return (text) => {
    if (open) stream.write(text);
  };
}

async function main(): Promise<void> {
  const { runCli } = await import('./run-cli.ts');
  const io: Io = {
    out: writerTo(process.stdout),
    err: writerTo(process.stderr),
    terminal: { out: process.stdout.isTTY, err: process.stderr.isTTY },
    env: process.env,
    cwd: process.cwd(),
    home: ownHome(),
    platform: process.platform,
    actor: actor(),
    now: () => Date.now(),
    signal: untilInterrupted(),
    parts: () => import('../wiring/engine.ts'),
  };
  process.exitCode = await runCli(process.argv.slice(2), io);
}

if (nodeIsTooOld(process.versions.node)) {
  const needed = oldestNode.join('.');
  process.stderr.write(
    `switchover needs Node ${needed} or later; this is ${process.versions.node}.\n`,
  );
  process.exitCode = 2;
} else {
  void main();
}
