import type { TestServer } from '../servers/distributions.ts';
import type { TestMember } from '../servers/test-member.ts';
import { writtenIds } from '../servers/writers.ts';
import type { Program } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';
import { mostMissing, type Fault } from './fault.ts';
import { watchOverlap } from './overlap.ts';
import { Scene } from './scene.ts';

/** What was measured. */
export interface Played {
  /** The longest pause of the applications; null when they rested during the fault. */
  readonly seconds: number | null;
  readonly acknowledged: number;
  readonly lost: number;
}

/** Real servers, a monitor, four writers; the fault; and then what must hold after every fault. Throws when it does not. */
export async function play(fault: Fault, server: TestServer, program: Program): Promise<Played> {
  const watched = await WatchedCluster.raise({ ...fault.wish, server, program });
  try {
    const scene = new Scene(watched);
    await fault.prepare?.(scene);
    await watched.startMonitor();
    await watched.untilWhole();
    await scene.write();
    const overlap = watchOverlap(watched.cluster);
    const played = await playOut(fault, scene).catch((error: unknown) => ({ error }));
    const together = await overlap.end();
    if ('error' in played) {
      const also = together.ms > 0 ? `${together.who} took writes together.` : '';
      throw new Error(`${String(played.error)} ${also}`, { cause: played.error });
    }
    judgeOverlap(fault, together);
    return played;
  } finally {
    await watched.end();
  }
}

async function playOut(fault: Fault, scene: Scene): Promise<Played> {
  const { watched } = scene;
  await fault.play(scene);
  const master = await watched.untilWhole(120_000);
  const { rested } = scene;
  const acknowledged = await scene.rest();
  const lost = await lostOn(master, acknowledged);
  judgeLoss(fault, scene, lost);
  await judgeActs(fault, scene, master);
  await untilEqual(watched, master);
  const seconds = rested ? null : scene.longestGapMs / 1000;
  return { seconds, acknowledged: acknowledged.length, lost };
}

async function lostOn(master: TestMember, acknowledged: readonly number[]): Promise<number> {
  const there = await writtenIds(master);
  return acknowledged.filter((it) => !there.has(it)).length;
}

/** No acknowledged row is missing, unless it was allowed and told. */
function judgeLoss(fault: Fault, scene: Scene, lost: number): void {
  const told = scene.failovers().some((it) => it.effects.mayLose.length > 0);
  if (lost > (told ? mostMissing(fault) : 0)) {
    throw new Error(`${String(lost)} acknowledged rows are lost.\n${scene.monitor.told()}`);
  }
}

/** Each act and each refusal has a recorded reason; a refused fault leaves the master where it was. */
async function judgeActs({ expected }: Fault, scene: Scene, master: TestMember): Promise<void> {
  const opened = (await scene.recordedFailovers()).filter((it) => it.openedAt !== null);
  const unexplained = opened.filter((it) => it.trigger === '' || it.checks.length === 0);
  if (unexplained.length > 0) {
    throw new Error(`A recovery has no reason: ${JSON.stringify(unexplained)}`);
  }
  const mayAct = expected.includes('fail-over');
  if (opened.length > 0 !== mayAct) {
    throw new Error(
      `${String(opened.length)} failovers, expected: ${expected}.\n${scene.monitor.told()}`,
    );
  }
  if (expected === 'refuse' && master !== scene.master) {
    throw new Error(`The master changed to ${master.key}.\n${scene.monitor.told()}`);
  }
}

function judgeOverlap(
  { exposedMs = 0 }: Fault,
  { ms, who }: { readonly ms: number; readonly who: string },
): void {
  if (ms > exposedMs) {
    throw new Error(`${who} took writes together for ${String(ms)} ms.`);
  }
}

/** Nobody holds a transaction or a row that another lacks. */
async function untilEqual(watched: WatchedCluster, master: TestMember): Promise<void> {
  const { members } = watched.cluster;
  const gtids = watched.isMariadb
    ? 'SELECT @@GLOBAL.gtid_binlog_pos'
    : 'SELECT @@GLOBAL.gtid_executed';
  const rows = 'SELECT CONCAT(COUNT(*), "/", COALESCE(SUM(id), 0)) FROM written.rows_of';
  let told: readonly string[] = [];
  const areEqual = async (): Promise<boolean> => {
    told = await Promise.all(
      [master, ...members].map(
        async (it) => `${(await it.value(gtids)) ?? ''} ${(await it.value(rows)) ?? ''}`,
      ),
    );
    return new Set(told).size === 1;
  };
  await until('all hold the same', areEqual, 30_000).catch((error: unknown) => {
    throw new Error(`${String(error)} ${told.join(' | ')}`, { cause: error });
  });
}
