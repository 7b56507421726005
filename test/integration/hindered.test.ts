import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { topologyOf } from '../support/builders/shown-topology.ts';
import { until } from '../support/harness/until.ts';

const account = { user: 'onlooker', password: 'onlooker-Pw-2' };

// What other sessions do to hinder a promotion.
describe.each(['mariadb', 'mysql97'] as const)('on %s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;
  let first: TestMember;
  let second: TestMember;
  let third: TestMember;
  const sessions: Connection[] = [];

  const session = async (member: TestMember): Promise<Connection> => {
    const opened = await createConnection({ host: '127.0.0.1', port: member.port, ...account });
    // It is ended by the promotion.
    opened.on('error', () => undefined);
    sessions.push(opened);
    return opened;
  };

  beforeAll(async () => {
    cluster = await startCluster({
      server,
      rights: 'least',
      options: { performance_schema: 'ON' },
    });
    first = cluster.master;
    [second = first, third = first] = cluster.replicas;
    cli = await cliFor(settingsOf(cluster, { writeProbe: true }), passwords);
    for (const it of server === 'mariadb' ? cluster.members : []) {
      // As it is on MySQL.
      await it.sql(
        "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES' WHERE NAME = 'wait/lock/metadata/sql/mdl'",
      );
    }
    await first.sql(
      `CREATE USER ${account.user}@'%' IDENTIFIED BY '${account.password}'`,
      `GRANT CREATE, SELECT, INSERT, UPDATE ON switchover.* TO ${testUsers.monitor.user}@'%'`,
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id INT PRIMARY KEY)',
    );
    await until('all replicate', async () => (await cli.run('problems', 'orders')).code === 0);
    for (const it of [second, third]) {
      await it.untilValue("SELECT COUNT(*) FROM mysql.user WHERE User = 'onlooker'", '1');
    }
  });
  afterAll(async () => {
    sessions.forEach((it) => {
      it.destroy();
    });
    await cli?.remove();
    await cluster?.stop();
  });

  test('an account without any right that holds the lock everywhere, and stands in line for it, hinders no failover', async () => {
    for (const member of [second, third]) {
      const holder = await session(member);
      await holder.query("SELECT GET_LOCK('switchover.recovery', 0)");
      const waiting = await session(member);
      waiting.query("SELECT GET_LOCK('switchover.recovery', 600)").catch(() => undefined);
    }
    await first.kill9();
    const { code, stdout, stderr } = await cli.run('promote', 'orders', second.key);
    expect(stdout + stderr).not.toContain('recovery lock');
    expect(code).toBe(0);
    await first.start();
    endedWith(0, await cli.run('rejoin', 'orders', first.key));
    expect(topologyOf(await cli.json('topology', 'orders')).master).toBe(second.key);
  });

  test('one whose account may change replication may be another Switchover: it is named, with what ends it', async () => {
    await second.sql(
      server === 'mariadb'
        ? `GRANT REPLICATION SLAVE ADMIN, BINLOG MONITOR ON *.* TO ${account.user}@'%'`
        : `GRANT REPLICATION_SLAVE_ADMIN ON *.* TO ${account.user}@'%'`,
    );
    await third.untilValue(
      "SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE LIKE '\\'onlooker%' AND PRIVILEGE_TYPE LIKE 'REPLICATION_SLAVE%'",
      '1',
    );
    const holder = await session(third);
    await holder.query("SELECT GET_LOCK('switchover.recovery', 0)");
    const id = String(holder.threadId);
    const { code, stdout, stderr } = await cli.run('promote', 'orders', third.key);
    expect(code).toBe(3);
    expect(stdout + stderr).toContain(`session ${id} of 'onlooker' from 127.0.0.1:`);
    expect(stdout + stderr).toContain(`KILL CONNECTION ${id} on ${third.key}`);
    holder.query('SELECT SLEEP(600)').catch(() => undefined);
    await third.untilValue(
      `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = ${id} AND INFO LIKE '%SLEEP(600)%'`,
      '1',
    );
    const listed = await cli.run('locks', 'orders');
    endedWith(0, listed);
    expect(listed.stdout).toContain(`${third.key}  session ${id} of 'onlooker' from 127.0.0.1:`);
    expect(listed.stdout).toContain('statement: SELECT SLEEP(?)');
    const ended = await cli.run('locks', 'orders', '--end', id);
    endedWith(0, ended);
    expect(ended.stdout).toContain('It has let the recovery lock go.');
    expect((await cli.run('locks', 'orders')).stdout).toBe('No session holds a recovery lock.\n');
    expect((await cli.run('recoveries', 'orders')).stdout).toContain(`End session ${id} of`);
    expect((await cli.run('promote', 'orders', third.key, '--dry-run')).code).toBe(0);
  });

  test('a session with LOCK TABLES, and an ALTER behind an open transaction, hold no switchover up', async () => {
    await second.sql(`GRANT ALL ON shop.* TO ${account.user}@'%'`);
    const [locks, transaction, alters] = [
      await session(second),
      await session(second),
      await session(second),
    ];
    await second.sql('CREATE TABLE shop.others (id INT PRIMARY KEY)');
    await locks.query('LOCK TABLES shop.orders WRITE');
    await transaction.query('BEGIN');
    await transaction.query('INSERT INTO shop.others VALUES (1)');
    alters.query('ALTER TABLE shop.others ADD COLUMN more INT').catch(() => undefined);
    await second.untilValue(
      "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'ALTER%' AND STATE LIKE 'Waiting%'",
      '1',
    );
    const result = await cli.run('promote', 'orders', third.key);
    endedWith(0, result);
    const [, stoppedMs = 'NaN'] = /stopped for (\d+) ms/.exec(result.stdout) ?? [];
    console.log(`${server}: writes stopped for ${stoppedMs} ms`);
    expect(Number(stoppedMs)).toBeLessThan(3_000);
    expect(await third.value('SELECT COUNT(*) FROM shop.others')).toBe('0');
  });

  test('a candidate that is offline, or under the lock of a backup, is not called open before applications can write', async () => {
    await until('all replicate', async () => (await cli.run('problems', 'orders')).code === 0);
    const mysql = server === 'mysql97';
    await third.sql(
      `GRANT RELOAD ON *.* TO ${account.user}@'%'`,
      ...(mysql ? [`GRANT BACKUP_ADMIN ON *.* TO ${account.user}@'%'`] : []),
    );
    await first.untilValue(
      "SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE LIKE '\\'onlooker%' AND PRIVILEGE_TYPE = 'RELOAD'",
      '1',
    );
    if (mysql) {
      const backup = await session(first);
      await backup.query('FLUSH TABLES WITH READ LOCK');
      const locked = await cli.run('promote', 'orders', first.key);
      const named = `${locked.stdout}${locked.stderr}`.includes("of 'onlooker' from ");
      if (!named || locked.stdout.includes('writes stopped for')) {
        throw new Error(locked.stdout);
      }
      await backup.query('UNLOCK TABLES');
      await first.sql('SET GLOBAL offline_mode = ON');
    }
    const promoted = await cli.run('promote', 'orders', first.key);
    endedWith(0, promoted);
    const shown = promoted.stdout + promoted.stderr;
    expect(shown).toContain('keeps writes out');
    expect(shown.includes('Set offline_mode of')).toBe(mysql);
    expect(shown).toMatch(/A row was written and committed within \d+ ms/);
    // MySQL stops no applier under such a lock: writes are not stopped in vain.
    await until('it follows', async () => (await cli.run('problems', 'orders')).code === 0);
    const backup = await session(third);
    await backup.query(mysql ? 'LOCK INSTANCE FOR BACKUP' : 'BACKUP STAGE START');
    const beside = await cli.run('promote', 'orders', third.key);
    endedWith(mysql ? 1 : 0, beside);
    expect(beside.stdout).toContain(
      `holds ${mysql ? 'LOCK INSTANCE FOR BACKUP' : 'BACKUP STAGE'} for `,
    );
    expect(beside.stdout.includes(`Make ${first.key} read-only. (`)).toBe(!mysql);
    backup.destroy();
    if (mysql) endedWith(0, await cli.run('promote', 'orders', third.key));
  });

  test('rows that wait for a delay keep nobody from writing: the delay is set to 0, or another is promoted', async () => {
    const mysql = server === 'mysql97';
    await until('all replicate', async () => (await cli.run('problems', 'orders')).code === 0);
    await first.sql(
      ...(mysql
        ? delayed('REPLICA', 'REPLICATION SOURCE', 'SOURCE')
        : delayed('SLAVE', 'MASTER', 'MASTER')),
    );
    const offered = await cli.run('promote', 'orders', first.key, '--dry-run');
    expect(offered.stdout).toContain('before writes stop');
    expect(offered.stdout).toContain('_DELAY = 3600');
    await third.sql('INSERT INTO shop.orders VALUES (7)');
    await second.untilValue('SELECT COUNT(*) FROM shop.orders WHERE id = 7', '1');
    const backup = await session(second);
    await backup.query('FLUSH TABLES WITH READ LOCK');
    await third.kill9();
    const locked = await cli.run('promote', 'orders', second.key, '--dry-run');
    expect(locked.stdout).toMatch(/of 'onlooker' from .* holds FLUSH TABLES WITH READ LOCK for /);
    backup.destroy();
    const promoted = await cli.run('promote', 'orders', first.key);
    endedWith(mysql ? 0 : 3, promoted);
    expect(promoted.stdout + promoted.stderr).toContain(
      mysql ? 'Set the delay of' : 'the delay cannot be changed',
    );
    if (!mysql) endedWith(0, await cli.run('promote', 'orders', second.key));
    const master = mysql ? first : second;
    expect(await master.value('SELECT COUNT(*) FROM shop.orders WHERE id = 7')).toBe('1');
  });

  test('a planned switchover to a delayed replica removes the delay and lets it catch up before writes stop', async () => {
    const mysql = server === 'mysql97';
    await third.start();
    endedWith(0, await cli.run('rejoin', 'orders', third.key));
    const [master, delays] = mysql ? [first, second] : [second, third];
    await until('it follows', async () => (await cli.run('problems', 'orders')).code === 0);
    await delays.sql(
      ...(mysql
        ? delayed('REPLICA', 'REPLICATION SOURCE', 'SOURCE')
        : delayed('SLAVE', 'MASTER', 'MASTER')),
    );
    await master.sql('INSERT INTO shop.orders VALUES (8)');
    const done = await cli.run('promote', 'orders', delays.key);
    endedWith(0, done);
    const [, stoppedMs = 'NaN'] = /stopped for (\d+) ms/.exec(done.stdout) ?? [];
    console.log(`${server}: writes stopped for ${stoppedMs} ms behind a delay of an hour`);
    expect(Number(stoppedMs)).toBeLessThan(3_000);
    expect(await delays.value('SELECT COUNT(*) FROM shop.orders WHERE id = 8')).toBe('1');
  });
});

/** A replica that applies an hour late. */
function delayed(replica: string, source: string, word: string): readonly string[] {
  return [`STOP ${replica}`, `CHANGE ${source} TO ${word}_DELAY = 3600`, `START ${replica}`];
}
