import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAccount } from '../../src/adapters/mysql/make-account.ts';
import { ReplicationError } from '../../src/core/model/replication-error.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import {
  binaryLogOf,
  countOf,
  cutShort,
  lockedForWrites,
  logsIn,
  makingOn,
  ownTransactions,
} from '../support/harness/accounts.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { grepSecrets } from '../support/harness/grep-secrets.ts';
import { Monitor } from '../support/harness/monitor.ts';
import { topologyOf } from '../support/builders/shown-topology.ts';

const admin = ['--admin', testUsers.root.user];
const environment = { ...passwords, SWITCHOVER_ADMIN_PASSWORD: testUsers.root.password };
const watcher = "'watcher'@'127.0.0.1'";

// Users are made by our own command, on real servers: where they must be, with exactly the rights they need, and leaving
// no transaction behind that the master does not have.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;
  let master: TestMember;
  let follower: TestMember;
  let stopped: TestMember;
  const word = server === 'mariadb' ? 'SLAVE' : 'REPLICA';

  beforeAll(async () => {
    cluster = await startCluster({ server });
    cli = await cliFor(settingsOf(cluster, { user: 'watcher' }), environment);
    const [one, two] = cluster.replicas;
    if (one === undefined || two === undefined) throw new Error('The cluster has two replicas.');
    [master, follower, stopped] = [cluster.master, one, two];
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  const counts = (name: string): Promise<readonly (string | null)[]> =>
    Promise.all(cluster.members.map((it) => countOf(it, name)));

  const create = (...words: readonly string[]) =>
    cli.run('create-user', 'orders', ...admin, ...words);

  test('a dry run shows the statements without the password, and changes nothing', async () => {
    const told = await create('--monitor', '--dry-run');
    endedWith(0, told);
    const by = server === 'mariadb' ? "VIA mysql_native_password USING '***'" : "BY '***'";
    expect(told.stdout).toContain(`CREATE USER IF NOT EXISTS ${watcher} IDENTIFIED ${by}`);
    expect(told.stdout).toMatch(/GRANT .* ON \*\.\* TO 'watcher'@'127\.0\.0\.1'/);
    expect(await counts('watcher')).toEqual(['0', '0', '0']);
  });

  test('it comes to all, and to the replica that does not replicate by itself, outside the binary log', async () => {
    await stopped.sql(`STOP ${word}`);
    const told = await create('--monitor', '--task', 'manage');
    endedWith(0, told);
    expect(told.stdout).toContain(`SET SESSION sql_log_bin = 0`);
    expect(await counts('watcher')).toEqual(['1', '1', '1']);
    expect(told.stdout + told.stderr).not.toContain(testUsers.monitor.password);
    await stopped.sql(`START ${word}`);
    await master.sql('CREATE DATABASE arrived');
    await stopped.untilValue("SHOW DATABASES LIKE 'arrived'", 'arrived');
    expect(await ownTransactions(server, stopped, master)).toBe('');
    const shown = topologyOf(await cli.json('topology', 'orders'));
    expect(shown.roles).toEqual({
      [master.key]: 'master',
      [follower.key]: 'replica',
      [stopped.key]: 'replica',
    });
    const problems = await cli.run('problems', 'orders');
    expect(problems.stdout).not.toMatch(/errant|of its own/i);
  });

  test('one that exists is left alone, unless its password is to be given anew', async () => {
    const refused = await create('--monitor');
    endedWith(3, refused);
    expect(refused.stdout).toContain(`${watcher} does not exist on ${master.key} yet`);
    const other = await cliFor(settingsOf(cluster, { user: 'watcher' }), {
      ...environment,
      SWITCHOVER_PASSWORD: 'another-Pw-5b1',
    });
    endedWith(0, await other.run('create-user', 'orders', ...admin, '--monitor', '--anew'));
    await other.remove();
    for (const member of cluster.members) {
      await expect(logsIn(member, 'another-Pw-5b1')).resolves.toBe(true);
      await expect(logsIn(member, testUsers.monitor.password)).resolves.toBe(false);
    }
    endedWith(0, await create('--monitor', '--anew'));
  });

  test('no binary log has the password, and one anew comes to a replica that lacks the account', async () => {
    await giveHidden(cluster, 'hidden-Pw-8d3');
    const open = server === 'mysql97' ? ['SET GLOBAL super_read_only = OFF'] : [];
    await follower.sql(...open, 'SET sql_log_bin = 0', "DROP USER 'hidden'@'127.0.0.1'");
    if (server === 'mysql97') await follower.sql('SET GLOBAL super_read_only = ON');
    await giveHidden(cluster, 'hidden-Pw-9e4', '--anew');
    expect(await counts('hidden')).toEqual(['1', '1', '1']);
    for (const member of cluster.members) {
      await expect(logsIn(member, 'hidden-Pw-9e4', 'hidden')).resolves.toBe(true);
      const log = await binaryLogOf(member);
      expect(log).toContain("'hidden'@'127.0.0.1'");
      expect(log).not.toMatch(/hidden-Pw/);
    }
    await master.sql('CREATE DATABASE still_replicates');
    await follower.untilValue("SHOW DATABASES LIKE 'still_replicates'", 'still_replicates');
  });

  test('who may only look sees everything', async () => {
    endedWith(0, await create('--monitor', '--task', 'observe', '--user', 'looker'));
    const looker = await cliFor(
      settingsOf(cluster, { user: 'looker', mode: 'observe' }),
      passwords,
    );
    const shown = topologyOf(await looker.json('topology', 'orders'));
    await looker.remove();
    expect(shown.master).toBe(master.key);
    expect(Object.values(shown.roles).toSorted()).toEqual(['master', 'replica', 'replica']);
  });

  test('the replication user lets a replica connect', async () => {
    endedWith(0, await create('--replication', '--user', 'feeder'));
    const side = server === 'mariadb' ? 'MASTER' : 'SOURCE';
    const change = server === 'mariadb' ? 'CHANGE MASTER' : 'CHANGE REPLICATION SOURCE';
    const { password } = testUsers.replication;
    await follower.sql(
      `STOP ${word}`,
      `${change} TO ${side}_USER = 'feeder', ${side}_PASSWORD = '${password}'`,
      `START ${word}`,
    );
    await master.sql('CREATE DATABASE fed');
    await follower.untilValue("SHOW DATABASES LIKE 'fed'", 'fed');
    expect(await counts('feeder')).toEqual(['1', '1', '1']);
  });

  test('a password that the policy of the server refuses is told so, and nothing is left behind', async () => {
    const [install, uninstall] =
      server === 'mariadb'
        ? ["INSTALL SONAME 'simple_password_check'", "UNINSTALL SONAME 'simple_password_check'"]
        : [
            "INSTALL COMPONENT 'file://component_validate_password'",
            "UNINSTALL COMPONENT 'file://component_validate_password'",
          ];
    await master.sql(install);
    const weak = await cliFor(settingsOf(cluster, { user: 'feeble' }), {
      ...environment,
      SWITCHOVER_PASSWORD: 'weak',
    });
    const told = await weak.run('create-user', 'orders', ...admin, '--monitor');
    const warned = await weak.run('create-user', 'orders', ...admin, '--monitor', '--dry-run');
    await weak.remove();
    await master.sql(uninstall);
    endedWith(1, told);
    expect(told.stdout).toMatch(/too weak for the password policy/);
    expect(warned.stdout.includes('password in plain text')).toBe(server === 'mariadb');
    expect(await counts('feeble')).toEqual(['0', '0', '0']);
  });

  test('an administrator without the right is told which, and nothing is left behind', async () => {
    const weak = { user: 'weak', password: 'weak-Pw-1f9' };
    await master.sql(
      `CREATE USER 'weak'@'%' IDENTIFIED BY '${weak.password}'`,
      "GRANT CREATE USER, SELECT ON *.* TO 'weak'@'%'",
      server === 'mariadb'
        ? "GRANT SLAVE MONITOR, BINLOG MONITOR, REPLICATION MASTER ADMIN, PROCESS ON *.* TO 'weak'@'%'"
        : "GRANT REPLICATION CLIENT, REPLICATION SLAVE, PROCESS ON *.* TO 'weak'@'%'",
    );
    await follower.untilValue("SELECT COUNT(*) FROM mysql.user WHERE User = 'weak'", '1');
    const lesser = await cliFor(settingsOf(cluster, { user: 'other' }), {
      ...environment,
      SWITCHOVER_ADMIN_PASSWORD: weak.password,
    });
    const told = await lesser.run('create-user', 'orders', '--monitor', '--admin', 'weak');
    await lesser.remove();
    endedWith(1, told);
    expect(told.stdout + told.stderr).toMatch(
      /weak lacks a right on .* give another administrator/,
    );
    expect(await counts('other')).toEqual(['0', '0', '0']);
  });

  // MariaDB has nothing that closes a replica to administrators too.
  test.each(server === 'mysql97' ? ['super_read_only'] : [])(
    'a session that ends in the middle leaves no replica open: %s',
    async (variable) => {
      const holder = await lockedForWrites(follower);
      const making = await makingOn(follower);
      const failure = makeAccount(cutShort, making).catch((error: unknown) => error);
      await follower.untilValue(
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'CREATE USER%'",
        '1',
      );
      await follower.sql(`KILL ${String(making.session.id)}`);
      await holder.end();
      expect(await failure).toBeInstanceOf(ReplicationError);
      expect(await follower.value(`SELECT @@GLOBAL.${variable}`)).toBe('1');
      expect(await countOf(follower, cutShort.user.name)).toBe('0');
    },
  );

  test.each(server === 'mysql97' ? ['super_read_only'] : [])(
    'a replica that our process left open when it was killed is closed by the next that keeps the watch: %s',
    async (variable) => {
      const closed = `SELECT @@GLOBAL.${variable}`;
      await follower.sql(`STOP ${word}`);
      const holder = await lockedForWrites(follower);
      const words = [...admin, '--monitor', '--user', 'begun'];
      const isOpen = () => follower.untilValue(closed, '0');
      const killed = await cli.runAndKill(isOpen, 'create-user', 'orders', ...words);
      expect(killed.code).toBeNull();
      await holder.end();
      expect(await follower.value(closed)).toBe('0');
      expect((await cli.run('recoveries', 'orders')).stdout).toMatch(/interrupted/);
      const monitor = Monitor.start({
        program: join(import.meta.dirname, '../../dist/cli.js'),
        config: join(cli.folder, 'switchover.json'),
        state: join(cli.folder, 'state'),
      });
      try {
        await follower.untilValue(closed, '1');
      } finally {
        await monitor.end();
      }
      expect(await follower.value('SELECT @@GLOBAL.read_only')).toBe('1');
      await follower.sql(`START ${word}`);
      expect(monitor.recoveries()).toMatchObject([
        { kind: 'fix', state: 'succeeded', subject: follower.key, trigger: 'Interrupted' },
      ]);
    },
  );

  test('with exactly these rights a replica is promoted, and a master that is closed gets no user', async () => {
    endedWith(0, await cli.run('promote', 'orders', follower.key));
    await follower.untilValue('SELECT @@GLOBAL.read_only', '0');
    await follower.sql('SET GLOBAL read_only = 1');
    const refused = await create('--monitor', '--user', 'late');
    endedWith(3, refused);
    expect(refused.stdout).toMatch(/takes writes\. Found: read_only ON/);
    expect(await counts('late')).toEqual(['0', '0', '0']);
    expect(await grepSecrets(cli.folder)).toEqual([]);
  });
});

/** Makes the user `hidden`, or gives it another password. */
async function giveHidden(
  cluster: TestCluster,
  password: string,
  ...words: readonly string[]
): Promise<void> {
  const cli = await cliFor(settingsOf(cluster, { user: 'hidden' }), {
    ...environment,
    SWITCHOVER_PASSWORD: password,
  });
  endedWith(0, await cli.run('create-user', 'orders', ...admin, '--monitor', ...words));
  await cli.remove();
}
