import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { mariadb } from './mariadb.ts';
import { unpackedServer } from './unpacked-server.ts';

/** MariaDB 11.8 of Debian's trixie suite. It begins on data of the MariaDB of this machine, as after an upgrade. */
export async function mariadb118(): Promise<ServerDistribution> {
  const { emptyData } = await mariadb();
  return unpackedServer({
    name: 'mariadb118',
    suite: 'trixie',
    packageName: 'mariadb-server-core',
    program: 'usr/sbin/mariadbd',
    libraries: [],
    folders: {
      basedir: 'usr',
      'lc-messages-dir': 'usr/share/mariadb',
      'character-sets-dir': 'usr/share/mariadb/charsets',
    },
    emptyData,
  });
}
