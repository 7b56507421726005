import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type {
  OptionValues,
  ServerDistribution,
} from '../../src/adapters/lab/server-distribution.ts';
import { mysql97 } from '../servers/mysql97.ts';
import { imageBy } from './image.ts';
import { makeRootFileSystem } from './root-file-system.ts';

const run = promisify(execFile);
const home = '/opt/mysql';
let made: Promise<string> | undefined;

/**
 * An image of MySQL 9.7, which is unpacked on this machine and not installed: it brings its own loader and libraries
 * beside the tools of this machine. Answers its name, such as `switchover-test/mysql:9.7`.
 */
export function mysqlImage(): Promise<string> {
  made ??= mysql97().then((distribution) =>
    imageBy({
      distribution,
      program: 'mysqld',
      files: [import.meta.filename],
      fill: (root) => fill(root, distribution),
    }),
  );
  return made;
}

async function fill(root: string, { command, options }: ServerDistribution): Promise<OptionValues> {
  const [loader = '', , libraries = '', server = ''] = command;
  await makeRootFileSystem(root, []);
  const there = join(root, home);
  await mkdir(join(there, 'lib'), { recursive: true });
  await copy(loader, join(there, 'loader'));
  await copy(server, join(there, 'mysqld'));
  const { stdout } = await run(loader, ['--library-path', libraries, '--list', server]);
  for (const [, path = ''] of stdout.matchAll(/=> (\/\S+) \(0x/g)) {
    await copy(path, join(there, 'lib', basename(path)));
  }
  const inside: Record<string, string> = {};
  for (const [option, folder] of Object.entries(options)) {
    if (option === 'basedir') continue;
    inside[option] = join(home, option);
    await copy(String(folder), join(there, option));
  }
  await mkdir(join(root, 'usr/sbin'), { recursive: true });
  const words = `${home}/loader --library-path ${home}/lib ${home}/mysqld`;
  const script = join(root, 'usr/sbin/mysqld');
  await writeFile(script, `#!/bin/bash\nexec ${words} "$@"\n`);
  await chmod(script, 0o755);
  const socket = '/run/mysqld/mysqld.sock';
  return { ...inside, basedir: home, socket, 'secure-file-priv': 'NULL' };
}

/** What a link leads to. */
async function copy(from: string, to: string): Promise<void> {
  await run('cp', ['--recursive', '--dereference', from, to]);
}
