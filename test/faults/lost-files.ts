import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestMember } from '../servers/test-member.ts';
import { until } from '../support/harness/until.ts';
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

/** Everything that was logged until now is gone from the binary logs, once nobody uses the old files any more. */
async function purgeAll(member: TestMember): Promise<void> {
  await member.sql('FLUSH BINARY LOGS');
  await until('only the newest binary log is left', async () => {
    const newest = (await member.sql('SHOW BINARY LOGS')).at(-1)?.['Log_name'];
    await member.sql(`PURGE BINARY LOGS TO '${String(newest)}'`);
    return (await member.sql('SHOW BINARY LOGS')).length === 1;
  });
}

/** In the record: what was begun to bring this one back. */
function rejoins(scene: Scene, former: TestMember): readonly string[] {
  const all = scene.watched.monitors.flatMap((it) => it.recoveries());
  const ours = all.filter((it) => it.kind === 'rejoin' && it.subject === former.key);
  return [...new Set(ours.map((it) => it.id))];
}

/** MySQL tells what it purged, so it is refused; MariaDB does not, so one attempt finds it out. */
async function toldOnce(scene: Scene): Promise<void> {
  const { master, watched } = scene;
  if (watched.isMariadb) {
    await scene.finds('PurgedBinlogsNeeded', 60_000);
  } else {
    await scene.says(/Held: .* still has the binary logs that .* needs\. Found: /);
  }
  // Longer than the watch waits before it tries a rejoin again.
  await sleep(40_000);
  const tried = rejoins(scene, master).length;
  if (tried > (watched.isMariadb ? 1 : 0)) {
    throw new Error(`It was tried ${String(tried)} times.\n${scene.monitor.told()}`);
  }
}

async function atRest(scene: Scene): Promise<void> {
  await scene.rest();
  await scene.watched.untilWhole();
}

/** What machines that lose power, and purges, take away. */
export const lostFiles: readonly Fault[] = [
  {
    id: 'F32',
    says: 'the new master purged what the old one needs',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master, watched } = scene;
      await master.kill9();
      const next = await scene.failsOver();
      await scene.rest();
      await purgeAll(next);
      await master.start();
      await toldOnce(scene);
      await watched.rebuildFrom(master);
    },
  },
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
