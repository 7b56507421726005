import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/harness/until.ts';
import { docker } from './containers.ts';

/** A Docker daemon with its files below `place`, without any network. `more`: further words for it. */
export async function startPrivateEngine(
  place: string,
  socket: string,
  more: readonly string[] = [],
): Promise<ChildProcess> {
  const words = [
    `--data-root=${join(place, 'data')}`,
    `--exec-root=${join(place, 'exec')}`,
    `--pidfile=${join(place, 'pid')}`,
    `--host=${socket}`,
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--storage-driver=vfs',
    ...more,
  ];
  rmSync(join(place, 'pid'), { force: true });
  const engine = spawn('dockerd', words, { stdio: 'ignore' });
  await until(
    'the private engine answers',
    async () => {
      if (engine.exitCode !== null) throw new Error('The private dockerd did not start.');
      return docker('--host', socket, 'version').then(
        () => true,
        () => false,
      );
    },
    30_000,
  );
  return engine;
}

/** Cleanly: with it ends what it started. */
export async function stopPrivateEngine(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null) return;
  engine.kill('SIGTERM');
  await once(engine, 'exit');
}
