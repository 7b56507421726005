import type { Flavor } from '../../../core/model/instance.ts';

/** The port on which every server listens inside its container. */
export const innerPort = 3306;

const ofFlavor: Readonly<Record<Flavor, readonly string[]>> = {
  // MySQL keeps this from its first start on by itself: to initialise its data it must be able to write.
  mariadb: ['--gtid-strict-mode=1', '--gtid-domain-id=0', '--read-only=1'],
  mysql: ['--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--loose-mysqlx=0'],
};

/** Little memory, and nobody waits for the disk: what a kill of the server leaves is whole all the same. */
const small = [
  '--innodb-buffer-pool-size=32M',
  '--innodb-flush-log-at-trx-commit=2',
  '--sync-binlog=0',
  '--loose-innodb-flush-method=nosync',
  '--performance-schema=0',
  '--max-connections=250',
];

/**
 * The arguments of a server of the lab in a container: it can be a source and a replica by GTID, and names itself by the
 * name of its container. The release is not known before it runs, so that what only some know is `loose`.
 */
export function serverWords(
  flavor: Flavor,
  { name, serverId }: { readonly name: string; readonly serverId: number },
): readonly string[] {
  return [
    `--server-id=${String(serverId)}`,
    `--report-host=${name}`,
    `--report-port=${String(innerPort)}`,
    '--skip-name-resolve',
    '--log-bin=binlog',
    '--loose-binlog-format=ROW',
    '--loose-log-slave-updates=1',
    '--relay-log=relay',
    '--relay-log-recovery=1',
    ...ofFlavor[flavor],
    ...small,
  ];
}
