import type { UserTask } from '../core/model/database-user.ts';
import type { Flavor, Release } from '../core/model/instance.ts';
import { readsLogins } from './account-logins.ts';
import { can } from './capabilities.ts';
import { readsGlobalLocks } from './open-for-writes.ts';
import { readsRightsOfOthers } from './rights-of-others.ts';
import { compareReleases, type Version } from './version.ts';

/** A privilege that a user of ours needs, and what it is for. */
export interface Right {
  /** On all (`ON *.*`), else with what it is on: `SELECT (User) ON mysql.user`. */
  readonly privilege: string;
  readonly because: string;
  /** Also needed by who only looks. */
  readonly toObserve?: true;
}

/** The rights of the monitor user on one line of servers. */
export interface RightsOfRelease {
  readonly flavor: Flavor;
  readonly since: Release;
  /** To look and to act. */
  readonly rights: readonly Right[];
  /** What it needs where it only looks and `rights` has something greater instead. */
  readonly observeRights?: readonly Right[];
  /** What it also needs where scheduled events are to follow the master; all else works without. */
  readonly eventRights: readonly Right[];
}

/** Of the user that replicas connect with, on every release. */
const replicationRights: readonly Right[] = [
  { privilege: 'REPLICATION SLAVE', because: 'to read the binary log of the source' },
];

/** The least that a user needs for its task on this release, in the order of the servers' own manual; never empty. */
export function rightsFor(task: UserTask, version: Version): readonly Right[] {
  if (task === 'replication') {
    return replicationRights;
  }
  const found = releaseOf(version);
  const { rights, eventRights, observeRights = [] } = found;
  switch (task) {
    case 'observe':
      return [...observeRights, ...rights.filter((it) => it.toObserve === true)];
    case 'manage':
      return [...rights, ...seesOthers(version)];
    case 'manage-events':
      return [
        ...rights,
        ...seesOthers(version),
        ...eventRights.flatMap((it) => asNamedOn(version, it)),
        ...moreForEvents(version),
      ];
    default:
      return task satisfies never;
  }
}

/** Their names alone. */
export function privilegesFor(task: UserTask, version: Version): readonly string[] {
  return [...new Set(rightsFor(task, version).map((it) => it.privilege))];
}

/** Those privileges as statements for an account, which stands there as it is written: one for each thing that they are on. */
export function grantStatements(privileges: readonly string[], account: string): readonly string[] {
  const everywhere = privileges.filter((it) => !it.includes(' ON '));
  const others = privileges.filter((it) => it.includes(' ON '));
  return [
    ...(everywhere.length === 0 ? [] : [`GRANT ${everywhere.join(', ')} ON *.* TO ${account}`]),
    ...others.map((it) => `GRANT ${it} TO ${account}`),
  ];
}

/** Beside what acts: needed where another session holds a lock. */
function seesOthers(version: Version): readonly Right[] {
  return [
    ...readsRightsOfOthers(version).map((privilege) => ({
      privilege,
      because: 'to tell whether an account that holds our lock may change replication',
    })),
    ...readsLogins(version).map((privilege) => ({
      privilege,
      because: 'to see before a change whether the account of a replica lets it in',
    })),
    ...readsGlobalLocks(version).map((privilege) => ({
      privilege,
      because: 'to name who holds a lock on the whole server',
    })),
  ];
}

/** Those of the task `manage` without which everything works, though less is seen of what others do. */
export function rightsToSeeOthers(version: Version): readonly string[] {
  return seesOthers(version).map((it) => it.privilege);
}

/** Before MySQL 8.2 the right to name a definer has another name; before 8.0.16 nobody holds SYSTEM_USER. */
function asNamedOn(version: Version, right: Right): readonly Right[] {
  const { privilege } = right;
  if (privilege === 'SET_ANY_DEFINER' && !can(version, 'definerRight')) {
    return [{ ...right, privilege: 'SET_USER_ID' }];
  }
  return privilege === 'SYSTEM_USER' && compareReleases(version.release, [8, 0, 16]) < 0
    ? []
    : [right];
}

/** From MariaDB 11 on SUPER no longer includes it. */
function moreForEvents(version: Version): readonly Right[] {
  return version.flavor === 'mariadb' && can(version, 'definerRight')
    ? [{ privilege: 'SET USER', because: 'ALTER DEFINER ... EVENT' }]
    : [];
}

/** A release older than all that we know gets what the oldest of its flavor gets. */
function releaseOf({ flavor, release }: Version): RightsOfRelease {
  const line = monitorRights.filter((it) => it.flavor === flavor);
  const found = line.find((it) => compareReleases(release, it.since) >= 0) ?? line.at(-1);
  if (found === undefined) {
    throw new RangeError(`No rights are known for ${flavor}.`);
  }
  return found;
}

const seesEvents = { privilege: 'EVENT', because: 'to see events; ALTER EVENT' } as const;

/** Before rights were split, SUPER is what most of it needs. */
const rightsBySuper: readonly Right[] = [
  {
    privilege: 'SUPER',
    because:
      "SHOW SLAVE STATUS, STOP and START SLAVE, CHANGE MASTER, SET GLOBAL; to end other users' sessions",
  },
  {
    toObserve: true,
    privilege: 'REPLICATION SLAVE',
    because: 'SHOW SLAVE HOSTS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
  },
  { privilege: 'RELOAD', because: 'RESET SLAVE ALL' },
  { privilege: 'PROCESS', because: "to see other users' sessions", toObserve: true },
];

const seesStatus: Right = {
  privilege: 'REPLICATION CLIENT',
  because: 'SHOW SLAVE STATUS, SHOW MASTER STATUS',
};

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
        toObserve: true,
        privilege: 'BINLOG MONITOR',
        because:
          'SHOW MASTER STATUS; SHOW BINLOG EVENTS: the transactions that a rejoin would lose',
      },
      { privilege: 'SLAVE MONITOR', because: 'SHOW ALL SLAVES STATUS', toObserve: true },
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
        toObserve: true,
        privilege: 'REPLICATION MASTER ADMIN',
        because: 'SHOW SLAVE HOSTS; SET GLOBAL rpl_semi_sync_master_enabled',
      },
      { privilege: 'RELOAD', because: 'RESET SLAVE ALL' },
      { privilege: 'PROCESS', because: "to see other users' sessions", toObserve: true },
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
      {
        privilege: 'REPLICATION CLIENT',
        because: 'SHOW REPLICA STATUS, SHOW BINARY LOG STATUS',
        toObserve: true,
      },
      {
        toObserve: true,
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
      { privilege: 'PROCESS', because: "to see other users' sessions", toObserve: true },
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
    observeRights: [seesStatus],
    rights: rightsBySuper,
    eventRights: [seesEvents],
  },
  {
    flavor: 'mariadb',
    since: [10, 0, 2],
    observeRights: [seesStatus],
    rights: rightsBySuper,
    eventRights: [seesEvents],
  },
];
