import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findServer } from '../../../../src/adapters/lab/find-server.ts';

const mariadb =
  'mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
const mysql = '/usr/sbin/mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)';
const oldMysql = 'mysqld  Ver 5.6.24 for Linux on x86_64 (MySQL Community Server (GPL))';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-find-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('finds MariaDB before MySQL, and either when asked for it', async () => {
  await program('mariadbd', mariadb);
  await program('mariadb-install-db', '');
  await program('mysqld', mysql);
  expect(await findServer(undefined, [folder])).toMatchObject({
    flavor: 'mariadb',
    release: [10, 11, 19],
  });
  expect(await findServer('mysql', [folder])).toMatchObject({
    flavor: 'mysql',
    version: '8.4.6',
    command: [join(folder, 'mysqld')],
    emptyData: { by: 'server' },
  });
});

test('is not deceived by a MariaDB that is named mysqld', async () => {
  await program('mysqld', mariadb);
  await program('mysql_install_db', '');
  expect(await findServer(undefined, [folder])).toMatchObject({
    flavor: 'mariadb',
    emptyData: { by: 'install-db', program: join(folder, 'mysql_install_db') },
  });
  await expect(findServer('mysql', [folder])).rejects.toThrow(/No MySQL server/);
});

test('passes over what is too old, does not run, or is no program', async () => {
  await program('mysqld', oldMysql);
  await writeFile(join(folder, 'mariadbd'), mariadb);
  await expect(findServer(undefined, [folder])).rejects.toThrow(/No MariaDB or MySQL server/);
});

test('says what to install where there is nothing', async () => {
  await expect(findServer(undefined, [folder])).rejects.toThrow(
    /was found on this machine. Install/,
  );
  await expect(findServer('mariadb', [])).rejects.toThrow(/No MariaDB server.*install mariadb/);
});

async function program(name: string, says: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
}
