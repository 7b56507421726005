import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readVersion } from '../../src/adapters/lab/server-distribution.ts';
import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { cached } from './cache.ts';
import { debianMirror, downloadPackages } from './debian-packages.ts';

const run = promisify(execFile);

/**
 * MySQL 9.7 of Debian's unstable suite. Its packages, and all they need down to the C library, are unpacked into a
 * folder of the cache and run through that folder's own loader: nothing is installed, no root is needed.
 */
export async function mysql97(): Promise<ServerDistribution> {
  const tree = await cached('mysql97', unpackServer);
  const command = [
    join(tree, 'usr/lib64/ld-linux-x86-64.so.2'),
    '--library-path',
    `${join(tree, 'usr/lib/x86_64-linux-gnu')}:${join(tree, 'usr/lib/mysql/private')}`,
    join(tree, 'usr/sbin/mysqld'),
  ];
  const [loader = '', ...before] = command;
  const { stdout } = await run(loader, [...before, '--no-defaults', '--version']);
  const told = readVersion(stdout);
  if (told === undefined) {
    throw new Error(`The MySQL server in ${tree} does not run: ${stdout}`);
  }
  return {
    ...told,
    command,
    options: {
      basedir: join(tree, 'usr'),
      'plugin-dir': join(tree, 'usr/lib/mysql/plugin'),
      'lc-messages-dir': join(tree, 'usr/share/mysql'),
      'character-sets-dir': join(tree, 'usr/share/mysql/charsets'),
    },
    environment: {},
    emptyData: { by: 'server' },
  };
}

async function unpackServer(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'MySQL 9.7 for the tests comes from Debian packages for x86-64 Linux; this machine is another.',
    );
  }
  const packages = await mkdtemp(join(tmpdir(), 'switchover-packages-'));
  try {
    // Packages name their files by either way; in the tree both ways lead to one place, as on an installed system.
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
      await mkdir(join(folder, 'usr', name), { recursive: true });
      await symlink(`usr/${name}`, join(folder, name));
    }
    await downloadPackages(
      { mirror: await debianMirror(), suite: 'sid', names: ['mysql-server-core'] },
      packages,
    );
    for (const file of (await readdir(packages)).filter((it) => it.endsWith('.deb'))) {
      await run('dpkg-deb', ['--extract', join(packages, file), folder]);
    }
    await rm(join(folder, 'usr/share/doc'), { recursive: true, force: true });
  } finally {
    await rm(packages, { recursive: true, force: true });
  }
}
