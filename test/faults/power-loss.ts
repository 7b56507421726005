import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestMember } from '../servers/test-member.ts';
import type { Fault } from './fault.ts';
import { insertRows, received } from './injections.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
const rowsAfter = 50;
const asMaster = ['--read-only=0', '--loose-super-read-only=0'];

/** Keeps the data of a server as they are now; returns how to bring them back: what was written since is lost then. */
async function keepData(member: TestMember): Promise<() => Promise<void>> {
  const [data, kept] = [join(member.folder, 'data'), join(member.folder, 'kept')];
  await member.stop();
  await cp(data, kept, { recursive: true });
  await member.start(asMaster);
  return async () => {
    await rm(data, { recursive: true });
    await cp(kept, data, { recursive: true });
  };
}

/** The master has rows that its replicas hold and that its disk will forget; nobody watches. */
async function readyToForget(scene: Scene): Promise<() => Promise<void>> {
  const { master, one, two, watched } = scene;
  await scene.rest();
  await watched.untilWhole();
  await scene.monitor.end();
  const forget = await keepData(master);
  await watched.startMonitor();
  await watched.untilWhole();
  await insertRows(master, rowsAfter);
  await received(scene, one, two);
  return forget;
}

async function failsOverWithAllRows(scene: Scene): Promise<void> {
  const next = await scene.failsOver();
  const rows = await next.value('SELECT COUNT(*) FROM written.rows_of WHERE writer = 99');
  if (rows !== String(rowsAfter)) {
    throw new Error(`${String(rows)} of ${String(rowsAfter)} rows are on the new master.`);
  }
  await scene.write();
}

/** A machine that loses power forgets what its server did not yet write to the disk, however it was acknowledged. */
export const powerLoss: readonly Fault[] = [
  {
    id: 'F38',
    says: 'the master loses power and comes back behind its replicas, and behind the new master',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master } = scene;
      const forget = await readyToForget(scene);
      await master.kill9();
      await failsOverWithAllRows(scene);
      await forget();
      if ((await scene.comesBack(master)) !== 'rebuilt') {
        throw new Error('It was let in without rows that it would never get back.');
      }
    },
  },
  {
    id: 'F38b',
    says: 'the master loses power and comes back behind its replicas while no monitor runs; later it dies',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master, watched } = scene;
      const forget = await readyToForget(scene);
      await scene.monitor.end();
      await master.kill9();
      await forget();
      await master.start(asMaster);
      await watched.startMonitor();
      await scene.finds('MasterBehindReplicas');
      await scene.staysAsItIs();
      await master.kill9();
      await failsOverWithAllRows(scene);
      if ((await scene.comesBack(master)) !== 'rebuilt') {
        throw new Error('It was let in without rows that it would never get back.');
      }
    },
  },
];
