import { createConnection, type Connection } from 'mysql2/promise';
import { connect, type Login } from '../../../src/adapters/mysql/connect.ts';
import type { MakingAccount } from '../../../src/adapters/mysql/make-account.ts';
import { testUsers } from '../../servers/test-cluster.ts';
import type { TestMember } from '../../servers/test-member.ts';
import { mariadbServer } from '../builders/servers.ts';

/** How many accounts have this name. */
export function countOf(member: TestMember, name: string): Promise<string | null> {
  return member.value(`SELECT COUNT(*) FROM mysql.user WHERE User = '${name}'`);
}

/** What a replica wrote into its binary log that the master has not; empty for nothing. */
export async function ownTransactions(
  server: 'mariadb' | 'mysql97',
  replica: TestMember,
  master: TestMember,
): Promise<string | null> {
  if (server === 'mysql97') {
    const executed = (await master.value('SELECT @@GLOBAL.gtid_executed')) ?? '';
    return replica.value(`SELECT GTID_SUBTRACT(@@GLOBAL.gtid_executed, '${executed}')`);
  }
  const state = await replica.value('SELECT @@GLOBAL.gtid_binlog_state');
  return state === (await master.value('SELECT @@GLOBAL.gtid_binlog_state')) ? '' : state;
}

/** Making an account on a replica alone. */
export const cutShort = {
  do: 'create-user',
  user: { name: 'short', host: '%', task: 'observe' },
  how: 'create',
  alone: true,
} as const;

/** A session of our own as root, about a server that not even root may write to. */
export async function makingOn({ key, port }: TestMember): Promise<MakingAccount> {
  const { user, password } = testUsers.root;
  const login: Login = { user, password: () => Promise.resolve(password), tls: () => undefined };
  const address = `127.0.0.1:${String(port)}`;
  return {
    session: await connect(address, login, 5_000, AbortSignal.timeout(5_000)),
    server: mariadbServer(key, { flavor: 'mysql', release: [9, 7, 4], superReadOnly: true }),
    deadlineMs: 10_000,
    password: 'short-Pw-2c7',
    second: { login, connectTimeoutMs: 5_000 },
  };
}

/** All that it wrote into its binary logs, as text. */
export async function binaryLogOf(member: TestMember): Promise<string> {
  const logs = await member.sql('SHOW BINARY LOGS');
  const events = await Promise.all(
    logs.map((it) => member.sql(`SHOW BINLOG EVENTS IN '${String(it['Log_name'])}'`)),
  );
  return JSON.stringify(events);
}

/** Whether a user gets in with a password. */
export async function logsIn(
  member: TestMember,
  password: string,
  user = 'watcher',
): Promise<boolean> {
  try {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: member.port,
      user,
      password,
    });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

/** A session under whose global read lock everybody who writes waits until it ends. */
export async function lockedForWrites({ port }: TestMember): Promise<Connection> {
  const holder = await createConnection({ host: '127.0.0.1', port, ...testUsers.root });
  await holder.query('FLUSH TABLES WITH READ LOCK');
  return holder;
}
