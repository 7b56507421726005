import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClient } from '../bench/client.ts';
import { buildProgram, type Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';

let program: Program;
let watched: WatchedCluster;

beforeAll(async () => {
  program = await buildProgram();
  watched = await WatchedCluster.raise({ server: 'mariadb', replicas: 2, program });
});
afterAll(async () => {
  await watched?.end();
  await program?.remove();
});

test('while another process holds the journal the picture and the proxy go on; a dead master waits for it, which is said', async () => {
  const monitor = await watched.startMonitor();
  const master = await watched.untilWhole();
  const client = startClient({ address: watched.address });
  await until('rows are acknowledged', () => client.acknowledgedCount() > 50);
  const holder = new DatabaseSync(join(watched.state, 'journal.db'));
  holder.exec('BEGIN IMMEDIATE');
  await monitor.sees(
    'the journal is said to fail',
    (it) => it.kind === 'finding' && it.finding.code === 'JournalUnavailable',
  );
  const before = client.acknowledgedCount();
  await until('the proxy goes on', () => client.acknowledgedCount() > before + 300);
  const [replica = master] = watched.cluster.replicas;
  await replica.sql('STOP SLAVE SQL_THREAD');
  await monitor.sees(
    'the picture goes on',
    (it) => it.kind === 'finding' && it.finding.code === 'ReplicaNotReplicating',
  );
  await replica.sql('START SLAVE SQL_THREAD');
  // One wait that was in vain, and then none: it waited for five seconds, at every call.
  expect((await client.stop()).longestGap.ms).toBeLessThan(4_000);

  await master.kill9();
  await monitor.sees(
    'the master is seen to be dead',
    (it) => it.kind === 'finding' && it.finding.code.startsWith('DeadMaster'),
  );
  expect(await watched.writable()).toBeUndefined();
  expect(monitor.words.match(/Another process holds it/g)).toHaveLength(1);
  holder.exec('ROLLBACK');
  holder.close();
  await until('a replica is opened', async () => (await watched.writable()) !== undefined, 30_000);
  expect(monitor.recoveries().at(-1)).toMatchObject({ kind: 'failover', trigger: 'DeadMaster' });
}, 120_000);
