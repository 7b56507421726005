import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { prepareForWriters, startWriters, writtenIds, type Writers } from '../servers/writers.ts';
import { cliFor, endedWith, passwords, settingsOf, type Cli } from '../support/harness/cli.ts';
import { until } from '../support/harness/until.ts';
import { grepSecrets } from '../support/harness/grep-secrets.ts';
import { topologyOf, type Shown } from '../support/builders/shown-topology.ts';

/** Rows written before something is done to the cluster. */
const enough = 300;

// See, promote under load, lose the master, promote, rejoin: on every kind of server, with all and with the least rights.
describe.each([
  { server: 'mariadb', gtid: true, rights: 'least' },
  { server: 'mariadb', gtid: true, rights: 'all' },
  { server: 'mysql97', gtid: true, rights: 'least' },
  { server: 'mysql97', gtid: true, rights: 'all' },
  { server: 'mysql56', gtid: true, rights: 'least' },
  { server: 'mysql56', gtid: true, rights: 'all' },
  { server: 'mysql56', gtid: false, rights: 'least' },
  { server: 'mysql56', gtid: false, rights: 'all' },
] as const)('$server (GTID: $gtid, rights: $rights)', ({ server, gtid, rights }) => {
  let cluster: TestCluster;
  let cli: Cli;
  let first: TestMember;
  let second: TestMember;
  let third: TestMember;

  beforeAll(async () => {
    // MySQL 5.6 writes statements unless told otherwise, and that would rightly be a finding.
    const options = { 'binlog-format': 'ROW' };
    cluster = await startCluster({ server, gtid, rights, readOnlyAtStart: 'all', options });
    await cluster.master.sql('SET GLOBAL read_only = OFF');
    cli = await cliFor(settingsOf(cluster), passwords);
    const [one, two] = cluster.replicas;
    if (one === undefined || two === undefined) {
      throw new Error('The cluster has two replicas.');
    }
    [first, second, third] = [cluster.master, one, two];
    await prepareForWriters(first);
  });
  afterAll(async () => {
    await cli?.remove();
    await cluster?.stop();
  });

  const seen = async (): Promise<Shown> => topologyOf(await cli.json('topology', 'orders'));

  test('finds all three from any one of them', async () => {
    for (const member of cluster.members) {
      const other = await cliFor(settingsOf(cluster, { seeds: [member.key] }), passwords);
      const shown = topologyOf(await other.json('topology', 'orders'));
      expect(shown.master).toBe(first.key);
      expect(shown.roles).toEqual({
        [first.key]: 'master',
        [second.key]: 'replica',
        [third.key]: 'replica',
      });
      await other.remove();
    }
    const { code, stdout } = await cli.run('problems', 'orders');
    // Without GTID a cluster lives with a warning, and that is all.
    const codes = [...stdout.matchAll(/^(\w+): /gm)].map(([, found]) => found);
    expect([code, codes]).toEqual(gtid ? [0, []] : [3, ['NoFailoverSupportStructureWarning']]);
  });

  test('promotes a replica while four writers write, and loses no acknowledged row', async () => {
    const writers = writersBetween(first, second);
    await until('rows are written', () => writers.acknowledgedCount() > enough);
    const result = await cli.run('promote', 'orders', second.key);
    const before = writers.acknowledgedCount();
    await until('rows are written again', () => writers.acknowledgedCount() > before + enough);
    const report = await writers.stop();
    endedWith(0, result);
    const kept = await writtenIds(second);
    expect(report.acknowledged.filter((it) => !kept.has(it))).toEqual([]);
    await sameRows(first, second, third);
    const shown = await seen();
    expect(shown).toMatchObject({
      master: second.key,
      readOnly: { [first.key]: true, [second.key]: false, [third.key]: true },
    });
    expect(shown.sources).toEqual({
      [first.key]: second.key,
      [second.key]: null,
      [third.key]: second.key,
    });
    expect(shown.running).toEqual({ [first.key]: 'yes/yes', [third.key]: 'yes/yes' });
    const [, stopped = '?'] = /stopped for (\d+) ms/.exec(result.stdout) ?? [];
    console.log(
      `${server} gtid=${String(gtid)} rights=${rights}: writes stopped ${stopped} ms, longest gap of a client ${String(Math.round(report.longestGapMs))} ms`,
    );
  });

  test('fails over when the master is killed, and rejoins it when it is back', async () => {
    await second.kill9();
    expect((await cli.run('problems', 'orders')).stdout).toContain('DeadMaster');
    const promoted = await cli.run('promote', 'orders', third.key);
    endedWith(0, promoted);
    const writers = writersBetween(third);
    await until('rows are written', () => writers.acknowledgedCount() > enough);
    await writers.stop();
    await second.start();
    const rejoined = await cli.run('rejoin', 'orders', second.key);
    endedWith(0, rejoined);
    await sameRows(first, second, third);
    expect(await seen()).toMatchObject({
      master: third.key,
      readOnly: { [first.key]: true, [second.key]: true, [third.key]: false },
      sources: { [first.key]: third.key, [second.key]: third.key },
      running: { [first.key]: 'yes/yes', [second.key]: 'yes/yes' },
    });
  });

  test('refuses to rejoin a master with three transactions of its own, names them and changes nothing', async () => {
    const stop = server === 'mysql97' ? 'STOP REPLICA IO_THREAD' : 'STOP SLAVE IO_THREAD';
    await first.sql(stop);
    await second.sql(stop);
    for (const id of [-1, -2, -3]) {
      await third.sql(`INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, 9)`);
    }
    await third.kill9();
    const promoted = await cli.run('promote', 'orders', first.key);
    endedWith(0, promoted);
    await third.start();
    const before = await stateOf(third);
    const refused = await cli.run('rejoin', 'orders', third.key);
    endedWith(3, refused);
    expect(refused.stdout + refused.stderr).toMatch(/3 transactions: \S+, \S+, \S+/);
    expect(await stateOf(third)).toEqual(before);
    expect((await seen()).roles).toMatchObject({ [third.key]: 'detached' });
  });

  test('keeps every password out of what it printed and wrote', async () => {
    expect(await grepSecrets(cli.folder)).toEqual([]);
  });
});

/** Writers that go to the other one when one does not take their row. */
function writersBetween(...members: readonly TestMember[]): Writers {
  let turn = 0;
  return startWriters({ address: () => members[turn++ % members.length]?.key ?? '' });
}

async function sameRows(...members: readonly TestMember[]): Promise<void> {
  const counts = async (): Promise<readonly number[]> =>
    Promise.all(members.map(async (it) => (await writtenIds(it)).size));
  await until('all have the same rows', async () => new Set(await counts()).size === 1);
}

/** What a rejoin would change. */
async function stateOf(member: TestMember): Promise<unknown> {
  const replication = await member
    .sql('SHOW SLAVE STATUS')
    .catch(() => member.sql('SHOW REPLICA STATUS'));
  return [replication, await member.value('SELECT @@GLOBAL.read_only')];
}
