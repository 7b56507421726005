import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readVersion } from '../../src/adapters/lab/server-distribution.ts';
import type {
  OptionValues,
  ServerDistribution,
} from '../../src/adapters/lab/server-distribution.ts';
import { cached } from './cache.ts';
import { debianMirror, downloadPackages } from './debian-packages.ts';

const run = promisify(execFile);

/** Which server of Debian, and where its files lie in the tree. */
export interface UnpackedWish {
  /** Of the folder in the cache. */
  readonly name: string;
  readonly suite: string;
  readonly packageName: string;
  /** Of the server program, such as `usr/sbin/mysqld`. */
  readonly program: string;
  /** Folders of libraries beside that of the system. */
  readonly libraries: readonly string[];
  /** By option: a folder of the tree. */
  readonly folders: Readonly<Record<string, string>>;
  readonly emptyData: ServerDistribution['emptyData'];
}

/**
 * A server of another suite of Debian. Its packages, and all they need down to the C library, are unpacked into a
 * folder of the cache and run through that folder's own loader: nothing is installed, no root is needed.
 */
export async function unpackedServer(wish: UnpackedWish): Promise<ServerDistribution> {
  const tree = await cached(wish.name, (folder) => unpack(wish, folder));
  const libraries = ['usr/lib/x86_64-linux-gnu', ...wish.libraries].map((it) => join(tree, it));
  const loader = join(tree, 'usr/lib64/ld-linux-x86-64.so.2');
  const before = ['--library-path', libraries.join(':'), join(tree, wish.program)];
  const { stdout } = await run(loader, [...before, '--no-defaults', '--version']);
  const told = readVersion(stdout);
  if (told === undefined) {
    throw new Error(`The server in ${tree} does not run: ${stdout}`);
  }
  const options: OptionValues = Object.fromEntries(
    Object.entries(wish.folders).map(([name, folder]) => [name, join(tree, folder)]),
  );
  return {
    ...told,
    command: [loader, ...before],
    options,
    environment: {},
    emptyData: wish.emptyData,
  };
}

async function unpack({ suite, packageName }: UnpackedWish, folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `${packageName} of Debian ${suite} for the tests needs x86-64 Linux; this machine is another.`,
    );
  }
  const packages = await mkdtemp(join(tmpdir(), 'switchover-packages-'));
  try {
    // Packages name their files by either way; in the tree both ways lead to one place, as on an installed system.
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
      await mkdir(join(folder, 'usr', name), { recursive: true });
      await symlink(`usr/${name}`, join(folder, name));
    }
    await downloadPackages({ mirror: await debianMirror(), suite, names: [packageName] }, packages);
    for (const file of (await readdir(packages)).filter((it) => it.endsWith('.deb'))) {
      await run('dpkg-deb', ['--extract', join(packages, file), folder]);
    }
    await rm(join(folder, 'usr/share/doc'), { recursive: true, force: true });
  } finally {
    await rm(packages, { recursive: true, force: true });
  }
}
