import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findServer } from '../../src/adapters/lab/find-server.ts';
import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';

const run = promisify(execFile);
const policy = '/usr/sbin/policy-rc.d';

/** MariaDB of this machine; installed by apt where that is possible and needed, without starting its service. */
export async function mariadb(): Promise<ServerDistribution> {
  try {
    return await findServer('mariadb');
  } catch (cause) {
    if (process.getuid?.() !== 0 || !(await isThere('/usr/bin/apt-get'))) {
      throw cause;
    }
  }
  await install('mariadb-server');
  return findServer('mariadb');
}

/** Debian's packages ask this file whether they may start a service; 101 means no. */
async function install(packageName: string): Promise<void> {
  const isOurs = !(await isThere(policy));
  if (isOurs) {
    await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', packageName], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } finally {
    if (isOurs) {
      await rm(policy, { force: true });
    }
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
