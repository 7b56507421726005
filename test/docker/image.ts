import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeEmptyData } from '../../src/adapters/lab/empty-data.ts';
import { smallFiles } from '../../src/adapters/lab/option-file.ts';
import type {
  OptionValues,
  ServerDistribution,
} from '../../src/adapters/lab/server-distribution.ts';
import { mariadb } from '../servers/mariadb.ts';
import { copyTo, makeRootFileSystem } from './root-file-system.ts';

const run = promisify(execFile);
const entryPoint = join(import.meta.dirname, 'image/docker-entrypoint.sh');
const recipeLabel = 'io.switchover.test-recipe';
/** Files that make the image: another text makes another image. */
const recipe = [entryPoint, import.meta.filename, join(import.meta.dirname, 'root-file-system.ts')];
const programs = ['mariadb', 'mariadb-admin', 'mariadb-dump', 'mariadb-binlog'];
/** Names by which people know the programs. */
const links = { mysql: 'mariadb', mysqladmin: 'mariadb-admin', mysqld: '/usr/sbin/mariadbd' };

let made: Promise<string> | undefined;

/** One that is made of a server's own programs, the first time that a Docker daemon is asked for it. */
export interface ImageRecipe {
  readonly distribution: ServerDistribution;
  /** The program that runs when nothing else is said, such as `mariadbd`. */
  readonly program: string;
  /** Files that make the image, beside those of every image: another text makes another image. */
  readonly files: readonly string[];
  /** Fills an empty folder with all but the data, the settings and the entry point; the options that the server needs. */
  fill(root: string): Promise<OptionValues>;
}

/**
 * An image of this machine's own MariaDB, made once for every Docker daemon, without any registry. Behaves like the official
 * one as far as `image/docker-entrypoint.sh` says. Answers its name, such as `switchover-test/mariadb:10.11`.
 */
export function mariadbImage(): Promise<string> {
  made ??= imageOf();
  return made;
}

async function imageOf(): Promise<string> {
  const distribution = await mariadb();
  return imageBy({
    distribution,
    program: 'mariadbd',
    files: [],
    fill: async (root) => {
      const server = distribution.command[0] ?? '';
      await makeRootFileSystem(root, [server, ...programs.map((it) => `/usr/bin/${it}`)]);
      await copyTo(root, '/usr/share/mysql');
      await addPlugins(root);
      for (const [link, to] of Object.entries(links)) {
        await run('ln', ['-sf', to, join(root, 'usr/bin', link)]);
      }
      // The empty data was made with these.
      return smallFiles;
    },
  });
}

/** Answers its name, such as `switchover-test/mariadb:10.11`. */
export async function imageBy(wish: ImageRecipe): Promise<string> {
  if (process.platform !== 'linux') {
    throw new Error('The test image is made of programs of this machine, which must be Linux.');
  }
  const { flavor, release } = wish.distribution;
  const name = `switchover-test/${flavor}:${release.slice(0, 2).join('.')}`;
  const mark = await markOf(wish);
  const format = `{{index .Config.Labels "${recipeLabel}"}}`;
  const there = await run('docker', ['image', 'inspect', '--format', format, name]).catch(
    () => undefined,
  );
  if (there?.stdout.trim() !== mark) await makeImage(wish, name, mark);
  return name;
}

async function markOf({ distribution, files }: ImageRecipe): Promise<string> {
  const hash = createHash('sha256').update(distribution.version);
  for (const file of [...recipe, ...files]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function makeImage(wish: ImageRecipe, name: string, mark: string): Promise<void> {
  const { distribution, program } = wish;
  const startedAt = performance.now();
  const root = await mkdtemp(join(tmpdir(), 'switchover-image-'));
  try {
    // Some engines keep the rights of the folder that becomes "/".
    await chmod(root, 0o755);
    const options = await wish.fill(root);
    await addData(root, distribution);
    await addSettings(root, options);
    await importTree(root, { name, mark, program });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`image ${name} of ${distribution.version}: ${seconds} s`);
}

/** Plugins of the server and of its clients, where this machine has them. */
async function addPlugins(root: string): Promise<void> {
  for (const folder of ['/usr/lib/mysql/plugin', '/usr/lib/x86_64-linux-gnu/libmariadb3']) {
    await copyTo(root, folder).catch(() => undefined);
  }
}

async function addData(root: string, distribution: ServerDistribution): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'switchover-empty-'));
  try {
    await makeEmptyData(distribution, data, new AbortController().signal);
    await mkdir(join(root, 'usr/local/share'), { recursive: true });
    await run('tar', ['-C', data, '-czf', join(root, 'usr/local/share/empty-data.tar.gz'), '.']);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function addSettings(root: string, options: OptionValues): Promise<void> {
  const folder = join(root, 'etc/mysql/conf.d');
  const files = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(root, 'etc/mysql/my.cnf'),
    '[client-server]\nsocket=/run/mysqld/mysqld.sock\n!includedir /etc/mysql/conf.d/\n',
  );
  await writeFile(
    join(folder, '05-skipcache.cnf'),
    `[mysqld]\ndatadir=/var/lib/mysql\nskip-name-resolve\nhost-cache-size=0\n${files.join('\n')}\n`,
  );
  const script = join(root, 'usr/local/bin/docker-entrypoint.sh');
  await mkdir(dirname(script), { recursive: true });
  await writeFile(script, await readFile(entryPoint), { mode: 0o755 });
}

async function importTree(
  root: string,
  {
    name,
    mark,
    program,
  }: { readonly name: string; readonly mark: string; readonly program: string },
): Promise<void> {
  const archive = `${root}.tar`;
  const changes = [
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    `CMD ["${program}"]`,
    'EXPOSE 3306',
    'VOLUME /var/lib/mysql',
    'ENV LANG=C.UTF-8',
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `LABEL ${recipeLabel}=${mark}`,
  ];
  try {
    await run('tar', ['-C', root, '--owner=0', '--group=0', '-cf', archive, '.']);
    const words = changes.flatMap((it) => ['--change', it]);
    await run('docker', ['import', ...words, archive, name]);
  } finally {
    await rm(archive, { force: true });
  }
}
