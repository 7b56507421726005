import type { ReplicationFault } from '../../src/core/model/instance.ts';

export const lostConnection: ReplicationFault = {
  code: 2013,
  message: 'Lost connection to server during query',
};
export const refusedConnection: ReplicationFault = {
  code: 2003,
  message: "Can't connect to server (111 Connection refused)",
};

/** MariaDB: the source's log does not go on behind what the replica has. */
export const missingPlace: ReplicationFault = {
  code: 1236,
  message: 'The binlog on the master is missing the GTID requested by the slave',
};

export const outOfOrder: ReplicationFault = {
  code: 1950,
  message: 'An attempt was made to binlog GTID out of order',
};
