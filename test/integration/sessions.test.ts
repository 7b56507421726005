import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MysqlWriteProbe } from '../../src/adapters/mysql/mysql-write-probe.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { testUsers } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, type Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

const { user, password } = testUsers.monitor;

/** Defaults of a server that change what a session reads and writes. */
const odd = [
  'SET GLOBAL autocommit = 0',
  "SET GLOBAL sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
  'SET GLOBAL sql_select_limit = 1',
  'SET GLOBAL sql_safe_updates = 1',
  "SET GLOBAL time_zone = '+09:00'",
  'SET GLOBAL completion_type = 2',
];

// What every session of ours sets for itself, and how one connection is made do where the server gives no second one.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let program: Program;
  let watched: WatchedCluster;
  let master: TestMember;

  beforeAll(async () => {
    program = await buildProgram();
    watched = await WatchedCluster.raise({ server, program, replicas: 2 });
    master = watched.cluster.master;
    await master.sql(`GRANT SELECT ON mysql.user TO '${user}'@'%'`);
    for (const it of watched.cluster.members) await it.sql(...odd);
  });
  afterAll(async () => {
    await watched?.end();
    await program?.remove();
  });

  test('the write probe commits where the server does not commit by itself', async () => {
    await master.sql(
      `GRANT CREATE, SELECT, INSERT, UPDATE ON switchover.* TO '${user}'@'%'`,
      'COMMIT',
    );
    const probe = new MysqlWriteProbe({
      cluster: 'orders',
      login: { user, password: () => Promise.resolve(password), tls: () => undefined },
      connectTimeoutMs: 5_000,
      clock: systemClock,
    });
    expect(await probe.attempt(master.key)).toEqual({ kind: 'written' });
    // Another session sees it while that one is still open.
    expect(await master.value('SELECT COUNT(*) FROM switchover.write_probe')).toBe('1');
    probe.close();
  });

  test('no user is called missing for the way in which the server pads names', async () => {
    const { text } = await watched.command('doctor', 'orders');
    expect(text).not.toMatch(/has no user/);
    expect(text).toContain(master.key);
  });

  test('with one connection for our user a failover goes on, and the doctor tells of the limit', async () => {
    const limited = `ALTER USER '${user}'@'%' WITH MAX_USER_CONNECTIONS 1`;
    await master.sql(limited);
    for (const it of watched.cluster.replicas) {
      await it.untilValue(
        `SELECT max_user_connections FROM mysql.user WHERE User = '${user}'`,
        '1',
      );
    }
    const doctor = await watched.command('doctor', 'orders');
    expect(doctor.text).toMatch(/hold 1 connections? at a time/);
    const monitor = await watched.startMonitor();
    const other = await watched.command('topology', 'orders');
    expect(other.text).toContain('1226');
    await master.kill9();
    await until('it is recovered', () =>
      monitor.recoveries().some((it) => it.state === 'succeeded'),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${monitor.told()}`, { cause: error });
    });
    expect(monitor.recoveries()).toMatchObject([{ kind: 'failover', problems: [] }]);
    const successor = await watched.writable();
    expect(successor).toBeDefined();
    await master.start();
    expect((await watched.untilWhole()).key).toBe(successor?.key);
  });
});
