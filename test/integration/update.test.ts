import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../servers/test-cluster.ts';
import { Monitor } from '../support/harness/monitor.ts';

const program = join(import.meta.dirname, '../../dist/cli.js');
/**
 * The settings and the journal of a monitor of production as a systemd unit ran it before there were members: it failed
 * over from 127.0.0.1:33062, its seed, to 33061, let 33062 rejoin, and the failover was acknowledged. Recorded with real
 * servers, whose ports were replaced by these.
 */
const recorded = join(import.meta.dirname, '../fixtures/update-from-0.1');

let cluster: TestCluster;
let folder = '';

beforeAll(async () => {
  cluster = await startCluster({ server: 'mariadb', rights: 'least' });
  folder = await mkdtemp(join(tmpdir(), 'switchover-update-'));
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What was recorded of those servers, as if it had been these. */
async function layDown(): Promise<{ readonly config: string; readonly state: string }> {
  const [first, second] = cluster.replicas;
  const names = new Map([
    ['127.0.0.1:33061', cluster.master.key],
    ['127.0.0.1:33062', first?.key ?? ''],
    ['127.0.0.1:33063', second?.key ?? ''],
  ]);
  const config = join(folder, 'switchover.json');
  const state = join(folder, 'state');
  await mkdir(state, { mode: 0o700 });
  let text = await readFile(join(recorded, 'switchover.json'), 'utf8');
  names.forEach((now, then) => (text = text.replaceAll(then, now)));
  await writeFile(config, text, { mode: 0o644 });
  await copyFile(join(recorded, 'journal.db'), join(state, 'journal.db'));
  const journal = new DatabaseSync(join(state, 'journal.db'));
  for (const [table, columns] of [
    ['known_instances', ['key', 'address', 'source', 'aliases']],
    ['recoveries', ['body']],
    ['detections', ['instance', 'body']],
  ] as const) {
    const there = journal.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    for (const column of columns.filter((it) => there.some(({ name }) => name === it))) {
      names.forEach((now, then) => {
        const sql = `UPDATE ${table} SET ${column} = replace(${column}, ?, ?)`;
        journal.prepare(sql).run(then, now);
      });
    }
  }
  journal.close();
  return { config, state };
}

test('a monitor of the version before is updated: everybody is a member, it is armed, and a dead master is replaced', async () => {
  const monitor = Monitor.start({ program, ...(await layDown()) });
  try {
    await monitor.sees('it is armed', (it) => it.kind === 'lease' && it.armed);
    await monitor.sees(
      'the master is known',
      (it) => it.kind === 'topology' && it.topology.master === cluster.master.key,
    );
    await monitor.sees(
      'its replicas are members, listed for a review',
      (it) => it.kind === 'finding' && it.finding.code === 'MembersToReview',
    );
    expect(monitor.words).not.toContain('error');
    const found = monitor.events.flatMap((it) => (it.kind === 'finding' ? [it.finding.code] : []));
    expect(found).not.toContain('UnconfirmedInstance');
    await cluster.master.kill9();
    await monitor.sees(
      'the master is replaced',
      (it) => it.kind === 'recovery' && it.recovery.state === 'succeeded',
    );
    const [recovery] = monitor.recoveries();
    expect(recovery).toMatchObject({ kind: 'failover', oldMaster: cluster.master.key });
    const promoted = cluster.member(recovery?.newMaster ?? '');
    expect(await promoted.value('SELECT @@GLOBAL.read_only')).toBe('0');
  } finally {
    await monitor.end();
  }
});
