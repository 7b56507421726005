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
  /** What it also needs where scheduled events are to follow the master; all else works without. */
  readonly eventRights: readonly Right[];
}

const seesEvents = { privilege: 'EVENT', because: 'to see events; ALTER EVENT' } as const;

/**
 * Newest first within a flavor. That each is needed, and that they suffice, is tested on MariaDB 10.11, MySQL 9.7 and 5.6;
 * the servers' own words for what is missing were the source. On MySQL 8 and newer a session whose user holds SYSTEM_USER
 * (which ALL includes) is ended only by a user who holds it too.
 */
export const monitorRights: readonly RightsOfRelease[] = [
  {
    flavor: 'mariadb',
    since: [10, 5, 9],
    rights: [
      {
        privilege: 'BINLOG MONITOR',
        because:
          'SHOW MASTER STATUS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      { privilege: 'SLAVE MONITOR', because: 'SHOW ALL SLAVES STATUS' },
      {
        privilege: 'REPLICATION SLAVE ADMIN',
        because:
          'STOP and START SLAVE; CHANGE MASTER; SET GLOBAL gtid_slave_pos, rpl_semi_sync_slave_enabled',
      },
      {
        privilege: 'READ_ONLY ADMIN',
        because: 'SET GLOBAL read_only; SET GLOBAL gtid_slave_pos while it is read-only',
      },
      {
        privilege: 'REPLICATION MASTER ADMIN',
        because: 'SHOW SLAVE HOSTS; SET GLOBAL rpl_semi_sync_master_enabled',
      },
      { privilege: 'RELOAD', because: 'RESET SLAVE ALL' },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
      { privilege: 'CONNECTION ADMIN', because: "to end other users' sessions" },
    ],
    eventRights: [
      seesEvents,
      {
        privilege: 'SUPER',
        because: 'SET GLOBAL event_scheduler; before MariaDB 11 also ALTER DEFINER ... EVENT',
      },
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
        because: 'STOP and START REPLICA; CHANGE REPLICATION SOURCE',
      },
      {
        privilege: 'SYSTEM_VARIABLES_ADMIN',
        because: 'SET GLOBAL read_only, super_read_only, rpl_semi_sync_source_enabled',
      },
      { privilege: 'CONNECTION_ADMIN', because: "to end other users' sessions" },
      { privilege: 'RELOAD', because: 'RESET REPLICA ALL' },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
    ],
    eventRights: [
      seesEvents,
      { privilege: 'SET_ANY_DEFINER', because: 'ALTER DEFINER ... EVENT' },
      {
        privilege: 'SYSTEM_USER',
        because: 'the same, where the definer of an event holds this right too',
      },
    ],
  },
  {
    flavor: 'mysql',
    since: [5, 6, 0],
    rights: [
      {
        privilege: 'SUPER',
        because:
          "SHOW SLAVE STATUS, STOP and START SLAVE, CHANGE MASTER, SET GLOBAL; to end other users' sessions",
      },
      {
        privilege: 'REPLICATION SLAVE',
        because: 'SHOW SLAVE HOSTS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      { privilege: 'RELOAD', because: 'RESET SLAVE ALL' },
      { privilege: 'PROCESS', because: "to see other users' sessions" },
    ],
    eventRights: [seesEvents],
  },
];
