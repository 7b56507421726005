import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { unpackedServer } from './unpacked-server.ts';

/** MySQL 9.7 of Debian's unstable suite. */
export function mysql97(): Promise<ServerDistribution> {
  return unpackedServer({
    name: 'mysql97',
    suite: 'sid',
    packageName: 'mysql-server-core',
    program: 'usr/sbin/mysqld',
    libraries: ['usr/lib/mysql/private'],
    folders: {
      basedir: 'usr',
      'plugin-dir': 'usr/lib/mysql/plugin',
      'lc-messages-dir': 'usr/share/mysql',
      'character-sets-dir': 'usr/share/mysql/charsets',
    },
    emptyData: { by: 'server' },
  });
}
