import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privilegesFor } from '../../src/dialect/least-rights.ts';
import type { TestServer } from '../servers/distributions.ts';
import { startCluster, testUsers } from '../servers/test-cluster.ts';
import type { TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import {
  makeApplicationUser,
  makeEvents,
  whatFails,
  whatFailsOfEvents,
} from '../support/harness/rights-trials.ts';

const who = `'${testUsers.monitor.user}'@'%'`;
const quotedWho = `\`${testUsers.monitor.user}\`@\`%\``;

const locksSeenBy = {
  'SELECT (OBJECT_TYPE, OBJECT_SCHEMA, OBJECT_NAME, LOCK_TYPE, LOCK_STATUS, OWNER_THREAD_ID) ON performance_schema.metadata_locks':
    ['sees who holds a global lock'],
  'SELECT (THREAD_ID, PROCESSLIST_ID, PROCESSLIST_USER, PROCESSLIST_HOST, PROCESSLIST_COMMAND, PROCESSLIST_TIME) ON performance_schema.threads':
    ['sees who holds a global lock'],
};

/** What no longer works without a privilege. */
const lostWithout: Readonly<Record<TestServer, Readonly<Record<string, readonly string[]>>>> = {
  mariadb: {
    'BINLOG MONITOR': ['sees its binary log', 'reads its binary log'],
    'SLAVE MONITOR': ['sees its replication'],
    'REPLICATION SLAVE ADMIN': [
      'stops and starts it',
      'moves semi-sync',
      'forgets its source',
      'repoints it',
    ],
    'READ_ONLY ADMIN': ['turns writes off and on', 'repoints it'],
    'REPLICATION MASTER ADMIN': ['sees its replicas', 'moves semi-sync'],
    RELOAD: ['forgets its source'],
    PROCESS: ['sees other sessions'],
    'CONNECTION ADMIN': ['ends other sessions'],
    'SELECT (Host, User, Super_priv, Reload_priv, Process_priv, Repl_client_priv) ON mysql.user': [
      'sees the rights of others',
      'sees how replicas log in',
    ],
    'SELECT (User) ON mysql.roles_mapping': ['sees the rights of others'],
    'SELECT (plugin, ssl_type, password_expired) ON mysql.user': ['sees how replicas log in'],
    ...locksSeenBy,
  },
  mysql97: {
    'REPLICATION CLIENT': ['sees its replication', 'sees its binary log'],
    'REPLICATION SLAVE': ['sees its replicas', 'reads its binary log'],
    REPLICATION_SLAVE_ADMIN: ['stops and starts it', 'forgets its source', 'repoints it'],
    SYSTEM_VARIABLES_ADMIN: ['turns writes off and on', 'turns writes off for all'],
    RELOAD: ['forgets its source'],
    PROCESS: ['sees other sessions'],
    CONNECTION_ADMIN: ['ends other sessions'],
    'SELECT (Host, User, Super_priv) ON mysql.user': [
      'sees the rights of others',
      'sees how replicas log in',
    ],
    'SELECT (USER, PRIV) ON mysql.global_grants': ['sees the rights of others'],
    'SELECT (TO_USER) ON mysql.role_edges': ['sees the rights of others'],
    'SELECT (plugin, ssl_type, password_expired, account_locked, password_lifetime, password_last_changed) ON mysql.user':
      ['sees how replicas log in'],
    ...locksSeenBy,
  },
  mysql56: {
    SUPER: [
      'sees its replication',
      'sees its binary log',
      'turns writes off and on',
      'stops and starts it',
      'forgets its source',
      'repoints it',
      'ends other sessions',
    ],
    'REPLICATION SLAVE': ['sees its replicas', 'reads its binary log'],
    RELOAD: ['forgets its source'],
    PROCESS: ['sees other sessions'],
    'SELECT (Host, User, Super_priv) ON mysql.user': [
      'sees the rights of others',
      'sees how replicas log in',
    ],
    'SELECT (plugin, ssl_type, password_expired) ON mysql.user': ['sees how replicas log in'],
  },
};

/** What no longer works with events without a privilege of those that they need. */
const eventsLostWithout: Readonly<Record<TestServer, Readonly<Record<string, readonly string[]>>>> =
  {
    mariadb: {
      EVENT: ['sees events', 'enables an event of somebody else', 'enables an event of an equal'],
      SUPER: [
        'switches the event scheduler',
        'enables an event of somebody else',
        'enables an event of an equal',
      ],
    },
    mysql97: {
      EVENT: ['sees events', 'enables an event of somebody else', 'enables an event of an equal'],
      SET_ANY_DEFINER: ['enables an event of somebody else', 'enables an event of an equal'],
      SYSTEM_USER: ['enables an event of an equal'],
    },
    mysql56: {
      EVENT: ['sees events', 'enables an event of somebody else', 'enables an event of an equal'],
    },
  };

describe.each(['mariadb', 'mysql97', 'mysql56'] as const)(
  'the rights of the monitor user on %s',
  (server) => {
    let cluster: TestCluster;
    let replica: TestMember;

    beforeAll(async () => {
      cluster = await startCluster({ server, replicas: 1, rights: 'least' });
      const [only] = cluster.replicas;
      if (only === undefined) throw new Error('no replica');
      replica = only;
      await makeApplicationUser(cluster.master);
      await replica.untilValue("SELECT count(*) FROM mysql.user WHERE User = 'application'", '1');
    });
    afterAll(() => cluster?.stop());

    test('suffice for everything the engine does', async () => {
      expect(Object.fromEntries(await whatFails(server, replica, cluster.master))).toEqual({});
    });

    test('are all needed: without each of them something fails', async () => {
      const lost: Record<string, readonly string[]> = {};
      for (const privilege of privilegesFor('manage', cluster.distribution)) {
        await withoutPrivilege(replica, privilege, async () => {
          lost[privilege] = [...(await whatFails(server, replica, cluster.master)).keys()];
        });
        // With the privilege back, the same round leaves the replica as it was.
        await whatFails(server, replica, cluster.master);
      }
      expect(lost).toEqual(lostWithout[server]);
    });

    test('on events are all needed for events, and what is missing is told', async () => {
      const { master } = cluster;
      await makeEvents(master);
      const privileges = eventPrivilegesFor(cluster);
      const grant = `GRANT ${privileges.join(', ')} ON *.* TO ${who}`;
      await master.sql(grant);
      const all = await whatFailsOfEvents(master);
      expect(all).toMatchObject({ failed: [], told: { missingGrant: null } });
      expect(all.told.enabled?.map((it) => it.name)).toEqual(['tick', 'tock']);
      const lost: Record<string, readonly string[]> = {};
      for (const privilege of privileges) {
        await withoutPrivilege(master, privilege, async () => {
          const { failed, told } = await whatFailsOfEvents(master);
          lost[privilege] = failed;
          expect(told.missingGrant).toBe(`GRANT ${privilege} ON *.* TO ${quotedWho}`);
          expect(told.maySwitch).toBe(!failed.includes('switches the event scheduler'));
          expect(told.mayEnable).toBe(!failed.includes('enables an event of somebody else'));
        });
      }
      expect(lost).toEqual(eventsLostWithout[server]);
    });
  },
);

function eventPrivilegesFor({ distribution }: TestCluster): readonly string[] {
  const without = new Set(privilegesFor('manage', distribution));
  return privilegesFor('manage-events', distribution).filter((it) => !without.has(it));
}

async function withoutPrivilege(
  member: TestMember,
  privilege: string,
  task: () => Promise<void>,
): Promise<void> {
  const hasSuper = (await member.value("SHOW VARIABLES LIKE 'super_read_only'")) !== null;
  const orUndefined = [
    'SET SESSION sql_log_bin = 0',
    ...(hasSuper ? ['SET GLOBAL super_read_only = 0'] : []),
  ];
  const on = privilege.includes(' ON ') ? privilege : `${privilege} ON *.*`;
  await member.sql(...orUndefined, `REVOKE ${on} FROM ${who}`);
  try {
    await task();
  } finally {
    await member.sql(...orUndefined, `GRANT ${on} TO ${who}`);
  }
}
