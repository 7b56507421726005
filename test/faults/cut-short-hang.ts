import { until } from '../support/harness/until.ts';
import type { Monitor } from '../support/harness/monitor.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
/** To find that a master hangs takes seconds, and more on a machine that is busy. */
const patienceMs = 60_000;

/** A master that hangs refuses nobody: only receivers that try tell that it is gone, and the dead process stopped them. */
function hungAndKilled(
  id: string,
  says: string,
  killed: (scene: Scene, acting: Monitor) => Promise<void>,
): Fault {
  return {
    id,
    says: `the master hangs, and the acting monitor is killed ${says}`,
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const death = killed(scene, scene.monitor);
      await scene.master.hang();
      await death;
      await scene.watched.startMonitor();
      await scene.writesGoOn();
      await onlyOneOpened(scene);
      await scene.master.unhang();
      await scene.followsAgain(scene.master);
    },
  };
}

/** Of all that any process did, one thing opened a new master. */
async function onlyOneOpened(scene: Scene): Promise<void> {
  const opened = (await scene.recordedFailovers()).filter((it) => it.openedAt !== null);
  if (new Set(opened.map((it) => it.newMaster)).size !== 1) {
    throw new Error(`Opened: ${JSON.stringify(opened)}`);
  }
}

/** As soon as it tells that it begins a step. */
function asItBegins(step: RegExp): (scene: Scene, acting: Monitor) => Promise<void> {
  return async (_, acting) => {
    let death: Promise<void> | undefined;
    const deaf = acting.onEvent((it) => {
      if (it.kind === 'step' && it.step.state === 'running' && step.test(it.step.says)) {
        death ??= acting.end('SIGKILL');
      }
    });
    await until(`it begins ${String(step)}`, () => death !== undefined, patienceMs);
    deaf();
    await death;
  };
}

/** The replicas were asked, and their receivers stand; no plan is written yet. */
async function onceTheyAreCut({ watched, one, two }: Scene, acting: Monitor): Promise<void> {
  await until(
    'they were asked',
    () => acting.words.includes('its replicas were asked: lost'),
    patienceMs,
  );
  await until('their receivers stand', async () => {
    const states = await Promise.all(
      [one, two].map(async (it) => (await it.sql(`SHOW ${watched.word} STATUS`))[0]),
    );
    return states.every((it) => (it?.['Slave_IO_Running'] ?? it?.['Replica_IO_Running']) === 'No');
  });
  await acting.end('SIGKILL');
}

export const cutShortHang: readonly Fault[] = [
  hungAndKilled('F42i', 'after it stopped the receivers of those it asked', onceTheyAreCut),
  // By turns this one is played on MariaDB, where a receiver that is stopped shows no error that would tell of the master.
  hungAndKilled('F42h', 'right after it stopped the receivers', asItBegins(/^Check that/)),
  hungAndKilled('F42j', 'while the new master lets go of it', asItBegins(/^Stop replication on/)),
];
