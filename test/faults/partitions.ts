import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from '../servers/network.ts';
import { insertRows, received, sql } from './injections.ts';
import { startWriters } from '../servers/writers.ts';
import { loadSemiSync } from '../support/harness/semi-sync.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const network = (scene: Scene): Network => {
  const found = scene.watched.cluster.network;
  if (found === undefined) throw new Error('This fault wishes no network.');
  return found;
};

/** Every server and the monitor are hosts of a network of their own; what lies between them is cut. */
export const partitions: readonly Fault[] = [
  {
    id: 'F12b',
    says: "the monitor's host is cut off from everybody for 8 s, applications that come through it too",
    expected: 'refuse',
    wish: { network: true },
    play: async (scene) => {
      await network(scene).isolate('w');
      await scene.finds('NothingReachable');
      await scene.staysAsItIs(8_000);
      await network(scene).heal();
      await scene.writesGoOn();
      await scene.staysAsItIs();
    },
  },
  {
    id: 'F16',
    says: 'the whole site of the master falls away; the monitor is elsewhere',
    expected: 'fail-over',
    wish: { network: true },
    exposedMs: 2_500,
    play: async (scene) => {
      await network(scene).isolate('m');
      await scene.failsOver(scene.master, 15_000);
      await network(scene).heal();
      await scene.followsAgain(scene.master);
    },
  },
  {
    id: 'F16b',
    says: 'the whole site of the master falls away, and the acting monitor with it; another watches elsewhere',
    expected: 'fail-over',
    wish: { network: true },
    exposedMs: 2_500,
    play: async (scene) => {
      const rival = await scene.watched.startRival();
      await scene.rest();
      await scene.watched.untilWhole();
      const cutAt = Date.now();
      await network(scene).isolate('m', 'w');
      await rival.sees(
        'it takes over',
        (it) => it.kind === 'recovery' && it.recovery.openedAt !== null,
      );
      const tookMs = Date.now() - cutAt;
      if (tookMs > 15_000) throw new Error(`It took over after ${String(tookMs)} ms.`);
      await network(scene).heal();
      await scene.followsAgain(scene.master);
      await scene.watched.untilWhole();
      await scene.write();
    },
  },
  {
    id: 'F14',
    says: 'semi-sync without time-out, and the master is cut off from its replicas only',
    expected: 'refuse',
    notOn: {
      mariadb:
        'seen: named and held within 15 s as well, but after the heal the server may hang for ten seconds even for new connections, and then it is replaced or not',
    },
    wish: { network: true },
    keepsAll: true,
    prepare: (scene) => loadSemiSync(scene.watched.cluster),
    play: async (scene) => {
      await network(scene).cut('m', 'r1', 'r2');
      await scene.finds('LockedSemiSyncMaster', 15_000);
      await scene.holds(/No receiver is there that could be started again/);
      await network(scene).heal();
      await scene.writesGoOn();
    },
  },
  {
    id: 'F15',
    says: 'the master and applications that go past our proxy are cut off from the replicas and the monitor for 20 s',
    expected: 'fail-over',
    wish: { network: true },
    // The proxy cuts off all who come through it; nobody can stop the others before the heal.
    exposedMs: 60_000,
    play: async (scene) => {
      const past = startWriters({
        address: () => scene.master.key,
        firstId: 500_000_000,
        pauseMs: 50,
      });
      try {
        await network(scene).cut('m', 'w', 'r1', 'r2');
        await scene.failsOver();
        await sleep(10_000);
      } finally {
        await past.stop();
      }
      await network(scene).heal();
      await scene.master.untilValue('SELECT @@GLOBAL.read_only', '1', 10_000);
      if ((await scene.followsAgain(scene.master)) !== 'rebuilt') {
        throw new Error('It was let in with rows that only it had.');
      }
    },
  },
  {
    id: 'F19',
    says: 'applications reach the master, the monitor and the replicas do not; nothing fences it',
    expected: 'refuse',
    wish: {
      network: true,
      direct: true,
      clusterSettings: () => ({ onUnfencedMaster: 'hold' }),
    },
    play: async (scene) => {
      await network(scene).cut('m', 'w', 'r1', 'r2');
      await scene.holds(/onUnfencedMaster is hold/);
      await scene.writesGoOn();
      await network(scene).heal();
    },
  },
  {
    id: 'F23',
    says: 'a replica that has received but not applied 200 rows is cut off from the living master',
    expected: 'refuse',
    wish: { network: true },
    play: async (scene) => {
      const { master, one, watched } = scene;
      await scene.rest();
      await watched.untilWhole();
      await sql.stopApplier(scene, one);
      await insertRows(master, 200);
      await received(scene, one);
      await network(scene).cut('m', 'r1');
      await scene.staysAsItIs(10_000);
      await sql.startApplier(scene, one);
      await one.untilValue('SELECT COUNT(*) FROM written.rows_of WHERE writer = 99', '200');
      await network(scene).heal();
    },
  },
];
