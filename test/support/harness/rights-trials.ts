import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import type { ScheduledEvents } from '../../../src/core/model/scheduled-events.ts';
import {
  eventRightsSql,
  eventsSql,
  readScheduledEvents,
} from '../../../src/dialect/scheduled-events.ts';
import { accountQueries } from '../../../src/dialect/account-logins.ts';
import { can } from '../../../src/dialect/capabilities.ts';
import { globalLocksQuery } from '../../../src/dialect/open-for-writes.ts';
import { mayChangeReplicationQueries } from '../../../src/dialect/rights-of-others.ts';
import { readVersion } from '../../../src/dialect/version.ts';
import type { TestServer } from '../../servers/distributions.ts';
import { testUsers } from '../../servers/test-cluster.ts';
import type { TestMember } from '../../servers/test-member.ts';

/** Statements that the monitor user must be able to run, by what they are for; `{source}` stands for where to read from. */
const statements: Readonly<Record<TestServer, Readonly<Record<string, readonly string[]>>>> = {
  mariadb: {
    'sees its replication': ['SHOW ALL SLAVES STATUS'],
    'sees its binary log': ['SHOW MASTER STATUS', 'SHOW BINARY LOGS'],
    'sees its replicas': ['SHOW SLAVE HOSTS'],
    'reads its binary log': ["SHOW BINLOG EVENTS IN 'binlog.000001' LIMIT 2"],
    'waits for a place': [
      "SELECT MASTER_GTID_WAIT('', 0)",
      "SELECT MASTER_POS_WAIT('binlog.000001', 4, 1)",
    ],
    'turns writes off and on': ['SET GLOBAL read_only = 0', 'SET GLOBAL read_only = 1'],
    'stops and starts it': ['STOP SLAVE IO_THREAD', 'START SLAVE IO_THREAD', 'STOP SLAVE'],
    'moves semi-sync': [
      'SET GLOBAL rpl_semi_sync_master_enabled = 0',
      'SET GLOBAL rpl_semi_sync_slave_enabled = 0',
    ],
    'forgets its source': ['STOP SLAVE', 'RESET SLAVE ALL'],
    'repoints it': [
      'STOP SLAVE',
      'SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_slave_pos',
      "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', {source}, MASTER_USE_GTID = slave_pos",
      'START SLAVE',
    ],
  },
  mysql97: {
    'sees its replication': ['SHOW REPLICA STATUS'],
    'sees its binary log': ['SHOW BINARY LOG STATUS', 'SHOW BINARY LOGS'],
    'sees its replicas': ['SHOW REPLICAS'],
    'reads its binary log': ["SHOW BINLOG EVENTS IN 'binlog.000001' LIMIT 2"],
    'waits for a place': [
      "SELECT WAIT_FOR_EXECUTED_GTID_SET('', 1)",
      "SELECT SOURCE_POS_WAIT('binlog.000001', 4, 1)",
    ],
    'turns writes off and on': ['SET GLOBAL read_only = 0', 'SET GLOBAL read_only = 1'],
    'turns writes off for all': [
      'SET GLOBAL super_read_only = 0',
      'SET GLOBAL super_read_only = 1',
    ],
    'stops and starts it': ['STOP REPLICA IO_THREAD', 'START REPLICA IO_THREAD', 'STOP REPLICA'],
    'forgets its source': ['STOP REPLICA', 'RESET REPLICA ALL'],
    'repoints it': [
      'STOP REPLICA',
      "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', {source}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1",
      'START REPLICA',
    ],
  },
  mysql56: {
    'sees its replication': ['SHOW SLAVE STATUS'],
    'sees its binary log': ['SHOW MASTER STATUS', 'SHOW BINARY LOGS'],
    'sees its replicas': ['SHOW SLAVE HOSTS'],
    'reads its binary log': ["SHOW BINLOG EVENTS IN 'binlog.000001' LIMIT 2"],
    'waits for a place': [
      'SELECT WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS(@@GLOBAL.gtid_executed, 1)',
      "SELECT MASTER_POS_WAIT('binlog.000001', 4, 1)",
    ],
    'turns writes off and on': ['SET GLOBAL read_only = 0', 'SET GLOBAL read_only = 1'],
    'stops and starts it': ['STOP SLAVE IO_THREAD', 'START SLAVE IO_THREAD', 'STOP SLAVE'],
    'forgets its source': ['STOP SLAVE', 'RESET SLAVE ALL'],
    'repoints it': [
      'STOP SLAVE',
      "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', {source}, MASTER_AUTO_POSITION = 1",
      'START SLAVE',
    ],
  },
};

const application = { user: 'application', password: 'application-Pw-3e1' };

/** What the monitor user must be able to run where events follow the master; `tick` belongs to root. */
const eventStatements: Readonly<Record<string, readonly string[]>> = {
  'switches the event scheduler': [
    'SET GLOBAL event_scheduler = ON',
    'SET GLOBAL event_scheduler = OFF',
  ],
  'enables an event of somebody else': [
    "ALTER DEFINER = 'application'@'%' EVENT trials.tock ENABLE",
  ],
  'enables an event of an equal': ["ALTER DEFINER = 'root'@'127.0.0.1' EVENT trials.tick ENABLE"],
};

export async function makeEvents(member: TestMember): Promise<void> {
  const body = 'ON SCHEDULE EVERY 1 HOUR DO SELECT 1';
  await member.sql(
    'CREATE DATABASE trials',
    `CREATE EVENT trials.tick ${body}`,
    `CREATE DEFINER = '${application.user}'@'%' EVENT trials.tock ${body}`,
  );
}

/** Tries on the master all that moves events; what failed, and what a probe would say of it. */
export async function whatFailsOfEvents(
  master: TestMember,
): Promise<{ readonly failed: readonly string[]; readonly told: ScheduledEvents }> {
  const monitor = await connect(master, testUsers.monitor);
  try {
    const failed: string[] = [];
    for (const [purpose, texts] of Object.entries(eventStatements)) {
      const failure = await firstFailure(monitor, texts, '');
      failed.push(...(failure === undefined ? [] : [purpose]));
    }
    const [events] = await monitor.query<RowDataPacket[]>(eventsSql);
    const [rights] = await monitor.query<RowDataPacket[]>(eventRightsSql);
    const version = await master.value('SELECT @@version');
    const told = readScheduledEvents(readVersion(version ?? '', ''), events, rights);
    return { failed: told.enabled === null ? ['sees events', ...failed] : failed, told };
  } finally {
    monitor.destroy();
  }
}

export async function makeApplicationUser(member: TestMember): Promise<void> {
  const who = `${application.user}@'%'`;
  await member.sql(`CREATE USER ${who} IDENTIFIED BY '${application.password}'`);
}

/** Tries everything as the monitor user on a replica; what failed, by what it is for, with the server's words. */
export async function whatFails(
  server: TestServer,
  replica: TestMember,
  source: TestMember,
): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>();
  const monitor = await connect(replica, testUsers.monitor);
  try {
    for (const [purpose, texts] of Object.entries(statements[server])) {
      const failure = await firstFailure(monitor, texts, wordsOf(server, source));
      if (failure !== undefined) {
        failures.set(purpose, failure);
      }
    }
    for (const [purpose, failure] of await sessionFailures(monitor, replica)) {
      failures.set(purpose, failure);
    }
  } finally {
    monitor.destroy();
  }
  return failures;
}

async function firstFailure(
  monitor: Connection,
  texts: readonly string[],
  source: string,
): Promise<string | undefined> {
  for (const text of texts) {
    const failure = await failureOf(monitor.query(text.replace('{source}', source)));
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

/** Whether it sees and can end the session of another user. */
async function sessionFailures(
  monitor: Connection,
  replica: TestMember,
): Promise<readonly (readonly [string, string])[]> {
  const other = await connect(replica, application);
  try {
    const [sessions] = await monitor.query<RowDataPacket[]>('SHOW PROCESSLIST');
    const isSeen = sessions.some((it) => it['User'] === application.user);
    const killing = await failureOf(monitor.query(`KILL ${String(other.threadId)}`));
    const asking = await failureOf(other.query('SELECT 1'));
    const isEnded = asking !== undefined;
    const rights = await rightsSeen(monitor, replica);
    const locks = await locksSeen(monitor, replica);
    const logins = await loginsSeen(monitor, replica);
    return [
      ...(isSeen ? [] : [['sees other sessions', 'not in SHOW PROCESSLIST'] as const]),
      ...(isEnded ? [] : [['ends other sessions', killing ?? 'it lives on'] as const]),
      ...(locks === undefined ? [] : [['sees who holds a global lock', locks] as const]),
      ...(rights === 'false' ? [] : [['sees the rights of others', rights] as const]),
      ...(logins === undefined ? [] : [['sees how replicas log in', logins] as const]),
    ];
  } finally {
    other.destroy();
  }
}

/** Whether an account without any right is known to be one. */
async function rightsSeen(monitor: Connection, replica: TestMember): Promise<string> {
  const version = readVersion((await replica.value('SELECT @@version')) ?? '', '');
  const said: string[] = [];
  for (const { sql, parse } of mayChangeReplicationQueries(application.user, version)) {
    const told = await monitor.query<RowDataPacket[]>(sql).then(([rows]) => parse(rows), String);
    if (told === false) return 'false';
    said.push(String(told));
  }
  return said.join();
}

/** The last question is the one for least rights. */
async function loginsSeen(monitor: Connection, replica: TestMember): Promise<string | undefined> {
  const version = readVersion((await replica.value('SELECT @@version')) ?? '', '');
  const last = accountQueries([testUsers.replication.user], version).at(-1);
  return failureOf(monitor.query(last?.sql ?? ''));
}

async function locksSeen(monitor: Connection, replica: TestMember): Promise<string | undefined> {
  const version = readVersion((await replica.value('SELECT @@version')) ?? '', '');
  return can(version, 'metadataLocks')
    ? failureOf(monitor.query(globalLocksQuery(version).sql))
    : undefined;
}

function wordsOf(server: TestServer, source: TestMember): string {
  const side = server === 'mysql97' ? 'SOURCE' : 'MASTER';
  const { user, password } = testUsers.replication;
  return [
    `${side}_PORT = ${String(source.port)}`,
    `${side}_USER = '${user}'`,
    `${side}_PASSWORD = '${password}'`,
    `${side}_CONNECT_RETRY = 1`,
  ].join(', ');
}

async function connect(
  member: TestMember,
  account: { readonly user: string; readonly password: string },
): Promise<Connection> {
  const { user, password } = account;
  const connection = await createConnection({
    host: '127.0.0.1',
    port: member.port,
    user,
    password,
  });
  connection.on('error', () => undefined);
  return connection;
}

function failureOf(answer: Promise<unknown>): Promise<string | undefined> {
  return answer.then(() => undefined, String);
}
