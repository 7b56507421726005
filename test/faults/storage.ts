import { setTimeout as sleep } from 'node:timers/promises';
import { testUsers } from '../servers/test-cluster.ts';
import { fillDisk, freezeDisk, freeDisk, thawDisk } from '../servers/own-disk.ts';
import type { TestMember } from '../servers/test-member.ts';
import type { ShownRecovery } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const trouble = 'MasterCannotWrite';
const heldBecause = /Mend the storage of .*, or end its server process or host/;
/** Long enough for many rounds: what is tried again is tried again by then. */
const noLoopMs = 15_000;

const wish: Fault['wish'] = {
  masterDiskMegabytes: 260,
  clusterSettings: () => ({ writeProbe: true }),
};

export async function letProbeWrite({ master }: Scene): Promise<void> {
  await master.sql(
    `GRANT CREATE, SELECT, INSERT, UPDATE ON switchover.* TO '${testUsers.monitor.user}'@'%'`,
  );
}

/** What the engine began for that finding, in all monitors. */
function answers(scene: Scene): readonly ShownRecovery[] {
  const all = scene.watched.monitors.flatMap((it) => it.recoveries());
  const ours = all.filter((it) => it.trigger === trouble);
  return [...new Map(ours.map((it) => [it.id, it])).values()];
}

/** Handed over to a replica, or held with what to do; and not tried again. */
async function answersOnce(scene: Scene): Promise<void> {
  const isAnswered = (): boolean =>
    answers(scene).some((it) => it.openedAt !== null && it.state !== 'running') ||
    scene.reasons().some((it) => heldBecause.test(it));
  await until('it is answered or held', isAnswered, 30_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${scene.monitor.told()}`, { cause: error });
  });
  await sleep(noLoopMs);
  if (answers(scene).length > 1) {
    throw new Error(`It was tried again.\n${scene.monitor.told()}`);
  }
}

function dataOf(member: TestMember): string {
  return `${member.folder}/data`;
}

export const storage: readonly Fault[] = [
  {
    id: 'F06',
    says: "the master's data folder is full",
    expected: 'refuse',
    needsDisk: true,
    wish,
    prepare: letProbeWrite,
    play: async (scene) => {
      await fillDisk(dataOf(scene.master));
      try {
        await scene.finds(trouble, 60_000);
        await answersOnce(scene);
      } finally {
        await freeDisk(dataOf(scene.master));
      }
      // A server that met a full disk looks again only after a minute.
      await scene.writesGoOn(90_000);
    },
  },
  {
    id: 'F07',
    says: 'the storage engine of the master is wedged',
    expected: 'refuse',
    needsDisk: true,
    wish,
    prepare: letProbeWrite,
    play: async (scene) => {
      await freezeDisk(dataOf(scene.master));
      try {
        await scene.finds(trouble, 30_000);
        await answersOnce(scene);
      } finally {
        await thawDisk(dataOf(scene.master));
      }
      await scene.writesGoOn();
    },
  },
];
