import type { TestCluster } from '../servers/test-cluster.ts';
import type { Fault } from './fault.ts';
import { hasRows, holdApplier, insertRows, killBetweenRows, received, sql } from './injections.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
const ownRow = 999_999_999;

/** A row on one replica that nobody else has, so that the same row from the master stops its applier with 1062. */
async function plantConflict({ watched, one }: Scene): Promise<void> {
  await one.sql(
    'SET sql_log_bin = 0',
    ...closed(watched.isMariadb, false),
    `INSERT INTO written.rows_of (id, writer) VALUES (${String(ownRow)}, 98)`,
    ...closed(watched.isMariadb, true),
  );
}

async function removeConflict({ watched, one }: Scene): Promise<void> {
  await one.sql(
    'SET sql_log_bin = 0',
    ...closed(watched.isMariadb, false),
    `DELETE FROM written.rows_of WHERE id = ${String(ownRow)}`,
    ...closed(watched.isMariadb, true),
    `START ${watched.word} SQL_THREAD`,
  );
}

function closed(isMariadb: boolean, isClosed: boolean): readonly string[] {
  return isMariadb
    ? []
    : [`SET GLOBAL ${isClosed ? 'super_read_only = 1' : 'super_read_only = 0'}`];
}

export const dataSafety: readonly Fault[] = [
  {
    id: 'O1',
    says: '200 rows are received but not applied on both replicas when the master is killed',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await sql.stopApplier(scene, scene.one);
      await sql.stopApplier(scene, scene.two);
      await insertRows(scene.master, 200);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      const next = await scene.failsOver();
      await hasRows(next, 200);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F24',
    says: 'both appliers wait for a lock when the master is killed',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      const letGo = await Promise.all([holdApplier(scene.one), holdApplier(scene.two)]);
      await insertRows(scene.master, 200);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      await scene.monitor.sees(
        'it waits for the appliers',
        (it) =>
          it.kind === 'step' &&
          it.step.state === 'running' &&
          /^(Wait until|Open )/.test(it.step.says),
      );
      if (
        scene.monitor.events.some((it) => it.kind === 'step' && it.step.says.startsWith('Open '))
      ) {
        throw new Error('Writes were opened before what was received was applied.');
      }
      letGo.forEach((it) => {
        it();
      });
      const next = await scene.failsOver();
      await hasRows(next, 200);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F21',
    says: 'the replica that holds the last rows hangs when the master is killed',
    expected: 'refuse, then fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await sql.stopReceiver(scene, scene.two);
      await insertRows(scene.master, 20);
      await received(scene, scene.one);
      await scene.staysAsItIs(2_500);
      await scene.one.hang();
      await scene.master.kill9();
      await scene.holds(/also holds|no majority/, 60_000);
      await scene.one.unhang();
      const next = await scene.failsOver();
      await hasRows(next, 20);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F26',
    says: 'the most advanced replica stopped with error 1062 when the master is killed',
    expected: 'refuse, then fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await plantConflict(scene);
      await sql.stopReceiver(scene, scene.two);
      await insertRows(scene.master, 20, ownRow);
      await scene.one.untilValue('SELECT COUNT(*) FROM written.rows_of WHERE writer = 98', '1');
      await scene.finds('ReplicaNotReplicating');
      await scene.master.kill9();
      await scene.holds(/applier stopped with error (1062|3030)/);
      await removeConflict(scene);
      const next = await scene.failsOver();
      if (next !== scene.one) throw new Error(`${next.key} was promoted without the last rows.`);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F33',
    says: 'the preferred replica has replication filters',
    expected: 'fail-over',
    wish: { clusterSettings: preferringTheFirst },
    exposedMs: onePollMs,
    play: async (scene) => {
      const { isMariadb, word } = scene.watched;
      const filter = isMariadb
        ? "SET GLOBAL replicate_wild_do_table = 'written.%'"
        : "CHANGE REPLICATION FILTER REPLICATE_WILD_DO_TABLE = ('written.%')";
      const none = isMariadb
        ? "SET GLOBAL replicate_wild_do_table = ''"
        : 'CHANGE REPLICATION FILTER REPLICATE_WILD_DO_TABLE = ()';
      await scene.one.sql(`STOP ${word}`, filter, `START ${word}`);
      await scene.staysAsItIs(2_500);
      await killAndExpect(scene, 'two');
      await scene.one.sql(`STOP ${word}`, none, `START ${word}`);
    },
  },
  {
    id: 'C1',
    says: 'the preferred replica has a transaction that nobody else has',
    expected: 'fail-over',
    wish: { clusterSettings: preferringTheFirst },
    exposedMs: onePollMs,
    play: async (scene) => {
      const { isMariadb } = scene.watched;
      await scene.rest();
      await scene.watched.untilWhole();
      await scene.one.sql(
        ...closed(isMariadb, false),
        'CREATE DATABASE errant',
        ...closed(isMariadb, true),
      );
      await scene.write();
      await scene.finds('ErrantGtid');
      await killAndExpect(scene, 'two');
      await scene.watched.rebuildFrom(scene.one);
    },
  },
  {
    id: 'C2',
    says: 'the hosts of all replicas are excluded',
    expected: 'refuse',
    wish: { settings: { promotionIgnoreHostnameFilters: ['127.0.0.1'] } },
    play: async (scene) => {
      await scene.master.kill9();
      await scene.holds(/promotionIgnoreHostnameFilters names it/);
      await scene.master.start();
    },
  },
  {
    id: 'C3',
    says: 'a replica that must not be promoted holds the last rows',
    expected: 'fail-over',
    wish: { clusterSettings: neverTheFirst },
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await sql.stopReceiver(scene, scene.two);
      await insertRows(scene.master, 20);
      await received(scene, scene.one);
      await scene.staysAsItIs(2_500);
      await killAndExpect(scene, 'two', {
        kill: ({ master }) => master.kill9(),
        andThen: async (next) => {
          await hasRows(next, 20);
          await scene.write();
        },
      });
    },
  },
  {
    id: 'C3b',
    says: 'the monitor is killed while the candidate reads the last rows from such a replica',
    expected: 'fail-over',
    wish: { clusterSettings: neverTheFirst },
    exposedMs: onePollMs,
    play: async (scene) => {
      const { one, two, monitor, watched } = scene;
      await scene.rest();
      await watched.untilWhole();
      await sql.stopReceiver(scene, two);
      await insertRows(scene.master, 20);
      await received(scene, one);
      await scene.staysAsItIs(2_500);
      const letGo = await holdApplier(two);
      await scene.master.kill9();
      await monitor.sees(
        'the candidate reads from the other',
        (it) =>
          it.kind === 'step' &&
          it.step.state === 'running' &&
          it.step.says === `Wait until ${two.key} has everything that ${one.key} had.`,
      );
      await monitor.end('SIGKILL');
      if ((await watched.replication(two))?.source !== one.key) {
        throw new Error(`${two.key} does not read from ${one.key}.`);
      }
      await watched.startMonitor();
      letGo();
      const next = await scene.failsOver();
      if (next !== two) throw new Error(`${next.key} was promoted.`);
      await hasRows(next, 20);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F59',
    says: 'only a must-not replica is left',
    expected: 'refuse',
    wish: {
      replicas: 1,
      clusterSettings: ({ replicas }) => ({
        promotionRules: Object.fromEntries(replicas.map((it) => [it.key, 'must-not'])),
      }),
    },
    play: async (scene) => {
      await scene.master.kill9();
      await scene.holds(/promotion rule is must-not/);
      await scene.master.start();
    },
  },
];

function preferringTheFirst({ replicas }: TestCluster): Readonly<Record<string, unknown>> {
  return { promotionRules: { [replicas[0]?.key ?? '']: 'prefer' } };
}

function neverTheFirst({ replicas }: TestCluster): Readonly<Record<string, unknown>> {
  return { promotionRules: { [replicas[0]?.key ?? '']: 'must-not' } };
}

/** Which of the two it must be; the master comes back afterwards. */
async function killAndExpect(
  scene: Scene,
  which: 'one' | 'two',
  {
    kill = killBetweenRows,
    andThen = async () => undefined,
  }: {
    readonly kill?: (scene: Scene) => Promise<void>;
    readonly andThen?: (next: Scene['master']) => Promise<void>;
  } = {},
): Promise<void> {
  await kill(scene);
  const next = await scene.failsOver();
  if (next !== scene[which]) {
    throw new Error(`${next.key} was promoted.\n${scene.monitor.told()}`);
  }
  await andThen(next);
  await scene.comesBack(scene.master);
}
