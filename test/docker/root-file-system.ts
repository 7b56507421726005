import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a person, our entry point and `docker exec` need inside a container. */
const tools =
  'bash cat chmod chown cp date env getent grep gzip head hostname id kill ls mkdir mv rm sed sleep tail tar'.split(
    ' ',
  );

/** Folders that are links into `/usr` on an installed system. */
const merged = ['bin', 'sbin', 'lib', 'lib64'];

const accounts = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nmysql:x:999:999:mysql:/var/lib/mysql:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nmysql:x:999:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'etc/os-release': 'ID=debian\nPRETTY_NAME="Debian, as far as a test needs it"\n',
};

/**
 * Fills an empty folder with a small system of this machine's own programs and the libraries they load:
 * faster than installing one, and the same releases. `programs`: absolute paths, which they keep.
 */
export async function makeRootFileSystem(root: string, programs: readonly string[]): Promise<void> {
  for (const name of merged) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  for (const name of ['etc', 'root', 'tmp', 'proc', 'sys', 'dev', 'run/mysqld', 'var/lib/mysql']) {
    await mkdir(join(root, name), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  for (const [name, text] of Object.entries(accounts)) {
    await writeFile(join(root, name), text);
  }
  await addPrograms(root, [...programs, ...(await Promise.all(tools.map(whereIs)))]);
  await symlink('bash', join(root, 'usr/bin/sh'));
}

/** Copies programs and all they load to where they stand on this machine. */
async function addPrograms(root: string, programs: readonly string[]): Promise<void> {
  const libraries = await Promise.all(programs.map(librariesOf));
  for (const path of new Set([...programs, ...libraries.flat()])) {
    await copyTo(root, path);
  }
}

/** `path` may be a link here; in `root` the thing itself stands in its place. */
export async function copyTo(root: string, path: string): Promise<void> {
  const there = join(root, path);
  await mkdir(dirname(there), { recursive: true });
  await cp(path, there, { recursive: true, dereference: true });
}

/** None for a script. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const begin = (await readFile(program)).subarray(0, 4).toString('latin1');
  if (begin !== '\u007fELF') return [];
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

/** Throws when this machine has no such program. */
async function whereIs(name: string): Promise<string> {
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin']) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) return join(folder, name);
  }
  throw new Error(`This machine has no ${name}, which the test image needs.`);
}
