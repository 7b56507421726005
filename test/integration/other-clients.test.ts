import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBinlog } from '../support/harness/binlog-reader.ts';
import { MysqlCommander } from '../../src/adapters/mysql/mysql-commander.ts';
import { MysqlProber } from '../../src/adapters/mysql/mysql-prober.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Server } from '../../src/core/model/instance.ts';
import { inEnglish, plain } from '../../src/core/model/phrase.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { topologyOf } from '../support/builders/shown-topology.ts';
import { until } from '../support/harness/until.ts';

const cdc = { user: 'cdc', password: 'cdc-Pw-31' };

const commanderOptions = {
  login: {
    user: testUsers.monitor.user,
    password: () => Promise.resolve(testUsers.monitor.password),
    tls: () => undefined,
  },
  connectTimeoutMs: 2_000,
  clock: systemClock,
  replication: { user: undefined, password: () => Promise.resolve(undefined) },
};

/** As a probe tells it. */
async function serverOf(member: TestMember): Promise<Server> {
  const limits = { connectTimeoutMs: 2_000, queryTimeoutMs: 2_000, impatientTimeoutMs: 2_000 };
  const prober = new MysqlProber({ ...commanderOptions, ...limits });
  try {
    const probe = await prober.probe(member.key, AbortSignal.timeout(5_000));
    if (probe.kind === 'silent') throw new Error(inEnglish(probe.says));
    return probe.server;
  } finally {
    prober.close();
  }
}

function openSession(member: TestMember): Promise<Connection> {
  const { user, password } = testUsers.root;
  return createConnection({ host: '127.0.0.1', port: member.port, user, password });
}

/** The applier waits for a row that another session has locked. */
async function isApplying(member: TestMember): Promise<boolean> {
  const states = "STATE LIKE '%find_row%' OR STATE LIKE 'Applying batch%'";
  const sql = `SELECT 1 FROM information_schema.PROCESSLIST WHERE ${states}`;
  return (await member.sql(sql)).length > 0;
}

async function isStopping(member: TestMember): Promise<boolean> {
  const sql =
    "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE IN ('Killing slave', 'Killing replica')";
  return (await member.sql(sql)).length > 0;
}

// What programs and sessions beside the replicas do.
describe.each(['mariadb', 'mysql97'] as const)('on %s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;

  beforeAll(async () => {
    cluster = await startCluster({ server, options: { performance_schema: 'ON' } });
    cli = await cliFor(settingsOf(cluster), passwords);
    await cluster.master.sql(
      `CREATE USER ${cdc.user}@'%' IDENTIFIED BY '${cdc.password}'`,
      `GRANT REPLICATION SLAVE ON *.* TO ${cdc.user}@'%'`,
    );
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  test('programs that read the binary log are told as such, and are neither replicas nor outsiders', async () => {
    const { master } = cluster;
    const registrations = [
      // As python-mysql-replication does.
      { host: '', port: 0 },
      { host: 'cdc-host', port: 0 },
      // As mysqlbinlog does.
      undefined,
      // On MySQL also a whole address where nobody listens.
      ...(server === 'mysql97' ? [{ host: '127.0.0.1', port: 9 }] : []),
    ];
    const readers = await Promise.all(
      registrations.map((registers, place) =>
        readBinlog(master.port, {
          ...cdc,
          serverId: 4711 + place,
          ...(registers === undefined ? {} : { registers }),
        }),
      ),
    );
    try {
      await until(
        'they read',
        async () =>
          (
            await master.sql(
              "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'cdc' AND COMMAND LIKE 'Binlog Dump%'",
            )
          ).length === readers.length,
      );
      const { stdout } = await cli.run('topology', 'orders');
      const told = stdout.split('\n').filter((it) => it.includes('reads the binary log'));
      expect(told).toEqual(
        readers.map(
          () => `cdc@127.0.0.1 reads the binary log of ${master.key} and is not a replica`,
        ),
      );
      const json = await cli.json('topology', 'orders');
      expect(Object.keys(topologyOf(json).roles).toSorted()).toEqual(
        cluster.members.map((it) => it.key).toSorted(),
      );
      expect(json).toMatchObject({ clusters: [{ outsiders: [] }] });
      const { code, stdout: problems } = await cli.run('problems', 'orders');
      expect({ code, problems }).toMatchObject({ code: 0 });
      // They stand in the way of nothing.
      const dry = await cli.run('promote', 'orders', cluster.replicas[0]?.key ?? '', '--dry-run');
      expect(dry.stdout + dry.stderr).not.toMatch(/cdc|471\d/);
      expect(dry.code).toBe(0);
    } finally {
      readers.forEach((it) => {
        it.destroy();
      });
    }
  });

  test('a stop that ran out of time leaves no replica stopped', async () => {
    const { master } = cluster;
    const [replica = master] = cluster.replicas;
    const seen = await serverOf(replica);
    const applied = async (): Promise<string | null> => replica.value('SELECT v FROM shop.stock');
    await master.sql(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.stock (id INT PRIMARY KEY, v INT)',
      'INSERT INTO shop.stock VALUES (1, 0)',
    );
    await until('it is there', async () => (await applied().catch(() => null)) === '0');
    // MySQL takes no row lock in a server that is closed to everybody.
    await replica.sql('SET GLOBAL read_only = OFF');
    const session = await openSession(replica);
    await session.query('BEGIN');
    await session.query('SELECT v FROM shop.stock WHERE id = 1 FOR UPDATE');
    const commander = new MysqlCommander(commanderOptions);
    try {
      await master.sql('UPDATE shop.stock SET v = 1 WHERE id = 1');
      await until('the applier waits', () => isApplying(replica));
      const never = new AbortController().signal;
      const terms = { heldSeconds: () => 0, mayEnd: () => false };
      expect(await commander.lock(replica.key, terms, never)).toEqual({ kind: 'held' });
      const context = { server: seen, marks: new Map(), deadlineMs: 2_000 };
      const stopped = commander.perform(replica.key, { do: 'stop-replication' }, context, never);
      await expect(stopped).rejects.toThrow(/It stops once the transaction that it applies has/);
      // The session that hangs holds our lock, so nobody else acts, and what was begun is taken back.
      expect(await commander.holdsLock(replica.key)).toBe(true);
      const back = { ...context, takesBack: true };
      const { note } = await commander.perform(
        replica.key,
        { do: 'start-replication' },
        back,
        never,
      );
      expect(inEnglish(note ?? plain(''))).toContain('starts it again once the transaction');
    } finally {
      commander.close();
      await session.query('ROLLBACK');
      session.destroy();
    }
    await replica.sql(`SET GLOBAL ${server === 'mysql97' ? 'super_' : ''}read_only = ON`);
    await until('it has applied', async () => (await applied()) === '1');
    await until('nothing stops it any more', async () => !(await isStopping(replica)));
    await master.sql('UPDATE shop.stock SET v = 2 WHERE id = 1');
    await until('it goes on', async () => (await applied()) === '2');
  });

  test('an idle session that holds a table is named before writes stop, and refused where it may not be ended', async () => {
    const { master } = cluster;
    const [replica = master] = cluster.replicas;
    await master.sql('CREATE DATABASE IF NOT EXISTS shop', 'CREATE TABLE shop.held (id INT)');
    if (server === 'mysql97') {
      await master.sql(`REVOKE SYSTEM_USER ON *.* FROM ${testUsers.monitor.user}@'%'`);
    } else {
      await master.sql("INSTALL SONAME 'metadata_lock_info'");
    }
    const session = await openSession(master);
    session.on('error', () => undefined);
    const id = String(session.threadId);
    await session.query('LOCK TABLES shop.held WRITE');
    try {
      await until('all replicate', async () => (await cli.run('problems', 'orders')).code === 0);
      const { code, stdout, stderr } = await cli.run('promote', 'orders', replica.key);
      const told = stdout + stderr;
      expect(told).toContain(`Session ${id} of 'root' from 127.0.0.1`);
      expect(told).toContain('holds shop.held with LOCK TABLES');
      const isRefused = server === 'mysql97';
      expect({
        code,
        end: told.includes(`KILL CONNECTION ${id}`),
        stopped: told.includes('stopped for'),
        closed: await master.value('SELECT @@read_only'),
      }).toEqual({
        code: isRefused ? 1 : 0,
        end: isRefused,
        stopped: !isRefused,
        closed: isRefused ? '0' : '1',
      });
    } finally {
      session.destroy();
    }
  });
});
