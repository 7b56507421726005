import { loadSemiSync } from '../support/harness/semi-sync.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import { sql } from './injections.ts';
import type { Scene } from './scene.ts';

async function stopReceivers(scene: Scene): Promise<void> {
  await sql.stopReceiver(scene, scene.one);
  await sql.stopReceiver(scene, scene.two);
}

async function startReceivers(scene: Scene): Promise<void> {
  await sql.startReceiver(scene, scene.one);
  await sql.startReceiver(scene, scene.two);
}

function repairs(scene: Scene): readonly string[] {
  const all = scene.watched.monitors.flatMap((it) => it.recoveries());
  return [
    ...new Set(all.filter((it) => it.kind === 'repair').map((it) => `${it.trigger} ${it.state}`)),
  ];
}

export const lockedSemiSync: readonly Fault[] = [
  {
    id: 'F09',
    says: 'semi-sync without time-out, and no replica reads; then again',
    expected: 'refuse',
    keepsAll: true,
    prepare: (scene) => loadSemiSync(scene.watched.cluster),
    play: async (scene) => {
      await stopReceivers(scene);
      await scene.finds('LockedSemiSyncMaster');
      await until('the receivers are started again', () =>
        repairs(scene).includes('LockedSemiSyncMaster succeeded'),
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${scene.monitor.told()}`, { cause: error });
      });
      await scene.writesGoOn();
      await stopReceivers(scene);
      await scene.holds(/Receivers were started again by .*, and writes still wait/);
      await startReceivers(scene);
      await scene.writesGoOn();
    },
  },
  {
    id: 'F09b',
    says: 'semi-sync without time-out, no replica reads, and nobody may start receivers',
    expected: 'refuse',
    wish: { settings: { recoverLockedSemiSyncMaster: false } },
    keepsAll: true,
    prepare: (scene) => loadSemiSync(scene.watched.cluster),
    play: async (scene) => {
      await stopReceivers(scene);
      await scene.finds('LockedSemiSyncMaster');
      await scene.staysAsItIs(6_000);
      await startReceivers(scene);
      await scene.writesGoOn();
    },
  },
];
