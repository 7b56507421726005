import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { platform } from 'node:process';
import { promisify } from 'node:util';
import type { Flavor } from '../../core/model/instance.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import { isAtLeast, readVersion } from './server-distribution.ts';
import type { ServerDistribution } from './server-distribution.ts';

const run = promisify(execFile);

/** Where servers stand though no PATH of a user leads there. */
const otherFolders = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
];

const installDbNames = ['mariadb-install-db', 'mysql_install_db'];

/** Finds the programs of a server: of the flavor asked for, else MariaDB before MySQL. Throws a sentence that says what to install. */
export async function findServer(
  flavor: Flavor | undefined,
  folders: readonly string[] = usualFolders(),
): Promise<ServerDistribution> {
  const flavors: readonly Flavor[] = flavor === undefined ? ['mariadb', 'mysql'] : [flavor];
  for (const wanted of flavors) {
    const found = await findFlavor(wanted, folders);
    if (found !== undefined) {
      return found;
    }
  }
  throw new ReplicationError(
    'statement-failed',
    `${missing(flavor)} ${howToInstall(flavor ?? 'mariadb')}`,
  );
}

function usualFolders(): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path.filter((it) => it !== ''), ...otherFolders];
}

async function findFlavor(
  flavor: Flavor,
  folders: readonly string[],
): Promise<ServerDistribution | undefined> {
  for (const name of flavor === 'mariadb' ? ['mariadbd', 'mysqld'] : ['mysqld']) {
    for (const folder of folders) {
      const found = await distributionAt(join(folder, name), flavor, folders);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

/** Undefined when the program is missing, does not run, or is of the other flavor: MariaDB too may be named `mysqld`. */
async function distributionAt(
  program: string,
  flavor: Flavor,
  folders: readonly string[],
): Promise<ServerDistribution | undefined> {
  if (!(await isRunnable(program))) {
    return undefined;
  }
  const answer = await run(program, ['--no-defaults', '--version'], { timeout: 20_000 }).catch(
    () => undefined,
  );
  const told = readVersion(answer?.stdout ?? '');
  const emptyData = told?.flavor === flavor ? await emptyDataOf(program, told, folders) : undefined;
  return told === undefined || emptyData === undefined
    ? undefined
    : { ...told, command: [program], options: {}, environment: {}, emptyData };
}

/** MySQL fills a data directory by itself since 5.7.6; MariaDB needs its script. Undefined when there is no way. */
async function emptyDataOf(
  program: string,
  { flavor, release }: Pick<ServerDistribution, 'flavor' | 'release'>,
  folders: readonly string[],
): Promise<ServerDistribution['emptyData'] | undefined> {
  if (flavor === 'mysql') {
    return isAtLeast(release, [5, 7, 6]) ? { by: 'server' } : undefined;
  }
  // Older ones lack the privileges that the monitor user is given.
  const script = isAtLeast(release, [10, 5, 9]) ? await findInstallDb(program, folders) : undefined;
  return script === undefined ? undefined : { by: 'install-db', program: script };
}

/** The script that belongs to this server: beside it first, then anywhere. */
async function findInstallDb(
  program: string,
  folders: readonly string[],
): Promise<string | undefined> {
  const home = dirname(await realpath(program));
  const near = [home, join(home, '../bin'), join(home, '../scripts'), join(home, '../sbin')];
  for (const folder of [...near, ...folders]) {
    for (const name of installDbNames) {
      if (await isRunnable(join(folder, name))) {
        return join(folder, name);
      }
    }
  }
  return undefined;
}

function isRunnable(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function missing(flavor: Flavor | undefined): string {
  const names = {
    mariadb: 'MariaDB server, 10.5.9 or newer (mariadbd),',
    mysql: 'MySQL server, 5.7 or newer (mysqld),',
  };
  return `No ${flavor === undefined ? 'MariaDB or MySQL server' : names[flavor]} was found on this machine.`;
}

function howToInstall(flavor: Flavor): string {
  if (platform === 'darwin') {
    return `Install one: brew install ${flavor}`;
  }
  if (platform === 'win32') {
    return 'A lab of processes needs Linux or macOS; in WSL: sudo apt install mariadb-server';
  }
  return flavor === 'mariadb'
    ? 'Install one: sudo apt install mariadb-server (Debian, Ubuntu) or sudo dnf install mariadb-server (Fedora). The packaged service need not run.'
    : 'Install one: sudo apt install mysql-server (Ubuntu) or sudo dnf install community-mysql-server (Fedora). The packaged service need not run.';
}
