import type { Flavor, Release } from '../../core/model/instance.ts';

/** A privilege of the monitor user, and what it is for. */
export interface Right {
  readonly privilege: string;
  readonly because: string;
}

/** The rights of the monitor user on one line of servers; all are global (`ON *.*`). */
export interface RightsOfRelease {
  readonly flavor: Flavor;
  readonly since: Release;
  readonly rights: readonly Right[];
}

/** Newest first within a flavor. */
export const monitorRights: readonly RightsOfRelease[] = [
  {
    flavor: 'mariadb',
    since: [10, 5, 0],
    rights: [
      { privilege: 'BINLOG MONITOR', because: 'SHOW MASTER STATUS, SHOW BINARY LOGS' },
      { privilege: 'SLAVE MONITOR', because: 'SHOW ALL SLAVES STATUS' },
      {
        privilege: 'REPLICATION SLAVE ADMIN',
        because: 'STOP, START, RESET SLAVE; CHANGE MASTER; gtid_slave_pos',
      },
      { privilege: 'READ_ONLY ADMIN', because: 'SET GLOBAL read_only' },
      { privilege: 'REPLICATION MASTER ADMIN', because: 'SHOW SLAVE HOSTS' },
      {
        privilege: 'REPLICATION SLAVE',
        because: 'SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
      { privilege: 'CONNECTION ADMIN', because: "to end other users' sessions" },
    ],
  },
  {
    flavor: 'mysql',
    since: [8, 0, 0],
    rights: [
      { privilege: 'REPLICATION CLIENT', because: 'SHOW REPLICA STATUS, SHOW BINARY LOG STATUS' },
      {
        privilege: 'REPLICATION SLAVE',
        because: 'SHOW REPLICAS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      {
        privilege: 'REPLICATION_SLAVE_ADMIN',
        because: 'STOP, START, RESET REPLICA; CHANGE REPLICATION SOURCE',
      },
      { privilege: 'SYSTEM_VARIABLES_ADMIN', because: 'SET GLOBAL read_only' },
      {
        privilege: 'CONNECTION_ADMIN',
        because: "SET GLOBAL super_read_only; to end other users' sessions",
      },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
    ],
  },
  {
    flavor: 'mysql',
    since: [5, 6, 0],
    rights: [
      {
        privilege: 'SUPER',
        because:
          "STOP, START, RESET SLAVE; CHANGE MASTER; SET GLOBAL; to end other users' sessions",
      },
      { privilege: 'REPLICATION CLIENT', because: 'SHOW SLAVE STATUS, SHOW MASTER STATUS' },
      {
        privilege: 'REPLICATION SLAVE',
        because: 'SHOW SLAVE HOSTS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
    ],
  },
];
