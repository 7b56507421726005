import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestMember } from '../servers/test-member.ts';
import type { Fault } from './fault.ts';
import { insertRows, received, sql } from './injections.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;

/** The newest relay log loses its second half, as in a crash of the machine. */
async function tearRelayLog({ folder }: TestMember): Promise<void> {
  const data = join(folder, 'data');
  const logs = (await readdir(data)).filter((it) => /^relay\.\d+$/.test(it)).toSorted();
  const newest = join(data, logs.at(-1) ?? '');
  await truncate(newest, Math.floor((await stat(newest)).size / 2));
}

async function atRest(scene: Scene): Promise<void> {
  await scene.rest();
  await scene.watched.untilWhole();
}

/** What machines that lose power take away. */
export const lostFiles: readonly Fault[] = [
  {
    id: 'F39',
    says: 'the newest relay log of a replica is torn when the master is dead; the other one has everything',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master, one, two } = scene;
      await atRest(scene);
      await sql.stopApplier(scene, one);
      await insertRows(master, 200);
      await received(scene, one, two);
      await scene.staysAsItIs(2_500);
      await one.kill9();
      await tearRelayLog(one);
      await master.kill9();
      await one.start();
      const next = await scene.failsOver();
      if (next !== two) throw new Error(`${next.key} was promoted with a torn relay log.`);
      await scene.comesBack(master);
    },
  },
  {
    id: 'F39b',
    says: 'the newest relay log of the only replica that got the last rows is torn; the master is dead',
    expected: 'refuse',
    play: async (scene) => {
      const { master, one, two } = scene;
      await atRest(scene);
      await sql.stopReceiver(scene, two);
      await sql.stopApplier(scene, one);
      await insertRows(master, 200);
      await received(scene, one);
      await scene.staysAsItIs(2_500);
      await Promise.all([one.kill9(), master.kill9()]);
      await tearRelayLog(one);
      await one.start();
      await scene.holds(/also holds/, 60_000);
      await master.start();
      await sql.startReceiver(scene, two);
    },
  },
];
