import {
  becomeSource,
  enableEverywhere,
  limitWaits,
  loadSemiSync,
} from '../support/harness/semi-sync.ts';
import { until } from '../support/harness/until.ts';
import type { TestMember } from '../servers/test-member.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';
import { insertRows, killBetweenRows, sql } from './injections.ts';

/** A former master is closed within one poll; a second more on a machine that is busy. */
const onePollMs = 2_500;

/** Applications write, and no replica applies anything of it. */
async function lockReplicas(scene: Scene): Promise<void> {
  const { server, members } = scene.watched.cluster;
  await enableEverywhere(server, members);
  await scene.finds('LockedSemiSyncReplica');
  await scene.writesGoOn();
}

type Told = Pick<Fault, 'id' | 'says'>;

/** A semi-sync master dies as `play` says, and nothing that it acknowledged is lost. */
function semiSyncDeath(told: Told, play: Fault['play']): Fault {
  return {
    ...told,
    expected: 'fail-over',
    exposedMs: onePollMs,
    keepsAll: true,
    prepare: (scene) => loadSemiSync(scene.watched.cluster),
    play,
  };
}

async function killedAndBack(
  scene: Scene,
  promoted: (next: TestMember) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await scene.master.kill9();
  await promoted(await scene.failsOver());
  await scene.comesBack(scene.master);
}

async function hungAndThawed(
  scene: Scene,
  promoted: (next: TestMember) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await scene.master.hang();
  await promoted(await scene.failsOver());
  await scene.master.unhang();
  await scene.followsAgain(scene.master);
}

export const deaths: readonly Fault[] = [
  semiSyncDeath({ id: 'F01', says: 'the master is killed, semi-sync AFTER_SYNC' }, (scene) =>
    killedAndBack(scene, (next) => becomeSource(scene.watched.cluster.server, next, [])),
  ),
  semiSyncDeath(
    {
      id: 'F01c',
      says: 'the master is killed, both semi-sync roles on every server and no time-out',
    },
    async (scene) => {
      await lockReplicas(scene);
      await killedAndBack(scene);
    },
  ),
  {
    id: 'F01b',
    says: 'the master is stopped cleanly',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.master.stop();
      await scene.failsOver();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F03',
    says: 'the master hangs, and thaws after the failover',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: (scene) => hungAndThawed(scene),
  },
  semiSyncDeath(
    { id: 'F03b', says: 'a semi-sync master hangs, and thaws with commits that wait for replicas' },
    (scene) => hungAndThawed(scene),
  ),
  semiSyncDeath(
    {
      id: 'F03c',
      says: 'the master hangs, both semi-sync roles on every server and no time-out',
    },
    async (scene) => {
      await lockReplicas(scene);
      await hungAndThawed(scene, (next) => limitWaits(scene.watched.cluster.server, next));
    },
  ),
  {
    id: 'F05',
    says: 'no replica reads any more, and the master is shut down',
    expected: 'fail-over',
    mayLose: true,
    exposedMs: onePollMs,
    play: async (scene) => {
      await sql.stopReceiver(scene, scene.one);
      await sql.stopReceiver(scene, scene.two);
      await scene.finds('AllMasterReplicasNotReplicating');
      await scene.writesGoOn();
      await scene.master.stop();
      await scene.failsOver();
      const [recovery] = scene.failovers();
      if (recovery?.effects.mayLose.some((it) => it.includes('last seen on')) !== true) {
        throw new Error(`What was lost is not told: ${JSON.stringify(recovery?.effects)}`);
      }
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F29',
    says: 'the old master comes back with nothing of its own',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await scene.master.kill9();
      await scene.failsOver();
      await scene.write();
      const startedAt = Date.now();
      const how = await scene.comesBack(scene.master);
      const tookMs = Date.now() - startedAt;
      if (how !== 'rejoined' || tookMs > 10_000)
        throw new Error(`${how} after ${String(tookMs)} ms`);
    },
  },
  {
    id: 'F28',
    says: 'the old master comes back with 5 rows that nobody got',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await sql.stopReceiver(scene, scene.one);
      await sql.stopReceiver(scene, scene.two);
      await insertRows(scene.master, 5);
      await scene.master.kill9();
      await scene.failsOver();
      await scene.write();
      await scene.master.start();
      await until(
        'it is read-only',
        async () => (await scene.master.value('SELECT @@GLOBAL.read_only')) === '1',
        10_000,
      );
      if ((await scene.followsAgain(scene.master)) !== 'rebuilt') {
        throw new Error('It was let in with rows of its own.');
      }
      if (!scene.words().includes('5 transactions')) {
        throw new Error(`What it has of its own is not told.\n${scene.monitor.told()}`);
      }
      if (!scene.reasons().some((it) => /\b5 transactions/.test(it))) {
        throw new Error(`Why it was not let in is not in the journal.\n${scene.monitor.told()}`);
      }
    },
  },
  {
    id: 'F18/F40',
    says: 'the promoted one dies within the block; then somebody acknowledges',
    expected: 'refuse, then fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await killBetweenRows(scene);
      const second = await scene.failsOver();
      await scene.comesBack(scene.master);
      await scene.watched.untilWhole();
      await second.kill9();
      await scene.holds(/not acknowledged/);
      await scene.acknowledges();
      await scene.failsOver(second);
      await scene.comesBack(second);
    },
  },
  {
    id: 'O4',
    says: 'the new master is killed right after a planned switchover',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const { code, text } = await scene.watched.command('promote', 'orders', scene.one.key);
      if (code !== 0) throw new Error(text);
      await scene.watched.untilWhole();
      await scene.one.kill9();
      await scene.failsOver(scene.one);
      await scene.comesBack(scene.one);
    },
  },
];
