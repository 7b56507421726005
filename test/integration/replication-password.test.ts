import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/adapters/mysql/connect.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import {
  cliFor,
  endedWith,
  passwords,
  settingsOf,
  type Cli,
  type CliResult,
} from '../support/harness/cli.ts';

const long = `Long-${'Zq7xW9'.repeat(16)}-end`;
const strange = 'pä-Wörd-한-7';
const { replication, root } = testUsers;

const makeAnew = ['create-user', 'orders', '--admin', root.user, '--replication', '--anew'];

/** Every piece of a secret that is long enough to be told from chance. */
function pieces(secret: string): readonly string[] {
  return Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
}

async function bytesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
  return (await Promise.all(files.map((it) => readFile(it, 'latin1')))).join('\n');
}

// The servers ignore what character set a client asks for when it connects, as some old set-ups do.
describe.each(['mariadb', 'mysql97'] as const)('%s', (server) => {
  let cluster: TestCluster;
  let cli: Cli;
  let master: TestMember;
  let replica: TestMember;
  const longest = server === 'mariadb' ? 96 : 32;

  beforeAll(async () => {
    cluster = await startCluster({
      server,
      replicas: 1,
      options: {
        'loose-character_set_client_handshake': 'OFF',
        character_set_server: 'latin1',
      },
    });
    const [one] = cluster.replicas;
    if (one === undefined) throw new Error('The cluster has a replica.');
    [master, replica] = [cluster.master, one];
    cli = await cliFor(settingsOf(cluster), {
      ...passwords,
      SWITCHOVER_REPLICATION_PASSWORD: long,
    });
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  const withPassword = async (
    password: string,
    ...words: readonly string[]
  ): Promise<CliResult> => {
    const other = await cliFor(settingsOf(cluster), {
      ...passwords,
      SWITCHOVER_REPLICATION_PASSWORD: password,
      SWITCHOVER_ADMIN_PASSWORD: root.password,
    });
    const told = await other.run(...words);
    expect(await bytesBelow(join(other.folder, 'state'))).not.toContain(password);
    await other.remove();
    return told;
  };

  const asUser = async (user: string, password: string, ...words: readonly string[]) => {
    const other = await cliFor(settingsOf(cluster, { user }), {
      ...passwords,
      SWITCHOVER_PASSWORD: password,
    });
    const told = await other.run(...words);
    await other.remove();
    return told.stdout + told.stderr;
  };

  test('one that is longer than a replica keeps is refused before writes stop, and shown nowhere', async () => {
    const told = await cli.run('promote', 'orders', replica.key, '--verbose');
    const json = await cli.run('promote', 'orders', replica.key, '--json');
    endedWith(3, told);
    expect(told.stdout).toContain(`longer than the ${String(longest)} bytes`);
    expect(await master.value('SELECT @@GLOBAL.read_only')).toBe('0');
    const doctor = await cli.run('doctor', 'orders');
    expect(doctor.stdout).toContain('ReplicationPasswordUnfit');
    const made = await withPassword(long, ...makeAnew);
    endedWith(3, made);
    const seen = [told, json, doctor, made].map((it) => it.stdout + it.stderr).join('\n');
    const kept = await bytesBelow(cli.folder);
    expect(pieces(long).filter((it) => seen.includes(it) || kept.includes(it))).toEqual([]);
  });

  test('a server that quotes a statement in part gives nothing of it away', async () => {
    const login = {
      user: root.user,
      password: () => Promise.resolve(root.password),
      tls: () => undefined,
    };
    const session = await connect(replica.key, login, 5_000, AbortSignal.timeout(10_000));
    try {
      const word = server === 'mariadb' ? 'MASTER' : 'SOURCE';
      const verb = server === 'mariadb' ? 'CHANGE MASTER TO' : 'CHANGE REPLICATION SOURCE TO';
      for (const sql of [
        `${verb} ${word}_PASSWORD = '${long}'`,
        `CREATE USER x IDENTIFIED BY ${long}`,
        `ALTER USER '${replication.user}'@'nowhere' IDENTIFIED BY '${long}'`,
      ]) {
        const error: unknown = await session.query(sql, 5_000).catch((it: unknown) => it);
        const shown = inspect(error, { depth: null, showHidden: true });
        expect(shown).toContain('refused a statement that holds a password');
        expect(shown).toMatch(/errno: \d{4}/);
        expect(pieces(long).filter((it) => shown.includes(it))).toEqual([]);
      }
    } finally {
      session.hangUp();
    }
  });

  test('one beyond ASCII arrives as it is, also at the former master', async () => {
    endedWith(0, await withPassword(strange, ...makeAnew));
    endedWith(0, await withPassword(strange, 'promote', 'orders', replica.key));
    const status = server === 'mariadb' ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS';
    const [row] = await master.sql(status);
    expect(row?.['Slave_IO_Running'] ?? row?.['Replica_IO_Running']).toBe('Yes');
  });

  test('rights that come by a role are seen, and an expired password is told as that', async () => {
    // The replica is the master now.
    const rights = server === 'mariadb' ? 'ALL PRIVILEGES ON *.*' : 'ALL ON *.*';
    const role =
      server === 'mariadb' ? 'SET DEFAULT ROLE watching FOR' : 'SET DEFAULT ROLE watching TO';
    await replica.sql(
      'CREATE ROLE watching',
      `GRANT ${rights} TO watching`,
      "CREATE USER by_role@'%' IDENTIFIED BY 'by-role-Pw-3c'",
      "GRANT watching TO by_role@'%'",
      `${role} by_role@'%'`,
      "CREATE USER aged@'%' IDENTIFIED BY 'aged-Pw-9d'",
      "GRANT ALL ON *.* TO aged@'%'",
      "ALTER USER aged@'%' PASSWORD EXPIRE",
    );
    const byRole = await asUser('by_role', 'by-role-Pw-3c', 'doctor', 'orders');
    expect(byRole).not.toContain('MissingRights');
    expect(byRole).not.toContain('could not be asked: our rights');
    const aged = await asUser('aged', 'aged-Pw-9d', 'doctor', 'orders');
    expect(aged).toMatch(/its password has expired/);
    expect(aged).not.toContain('Create the user');
  });
});
