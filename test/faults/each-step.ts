import type { TestMember } from '../servers/test-member.ts';
import type { ShownRecovery } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
/** A failover of three servers through one proxy has so many steps. */
const steps = Array.from({ length: 14 }, (_, place) => String(place + 1));

/** The acting process dies at every step of a failover in turn, while another watches. */
export const eachStep: readonly Fault[] = [
  {
    id: 'F42e',
    says: 'the acting monitor is killed at each of the 14 steps in turn, while another watches',
    expected: 'fail-over',
    wish: { settings: { recoveryPeriodBlockSeconds: 0 } },
    exposedMs: onePollMs,
    // Fourteen masters that do not wait for their replicas die, each with its last moment.
    mayLose: true,
    play: async (scene) => {
      for (const step of steps) {
        await scene.watched.startMonitor();
        await killAt(scene, step).catch((error: unknown) => {
          const told = scene.watched.monitors.map((it) => it.told()).join('\n--\n');
          throw new Error(`Killed at step ${step}: ${String(error)}\n${told}`, { cause: error });
        });
      }
    },
  },
];

async function killAt(scene: Scene, step: string): Promise<void> {
  const { watched } = scene;
  const master = await watched.untilWhole();
  await scene.writesGoOn();
  const before = (await openedSoFar(scene)).length;
  const killed = killActorAt(scene, step);
  await master.kill9();
  await killed;
  await until(
    'another takes writes',
    async () => ((await watched.writable()) ?? master) !== master,
    60_000,
  );
  await scene.writesGoOn();
  const opened = new Set((await openedSoFar(scene)).slice(before).map((it) => it.newMaster));
  if (opened.size !== 1) {
    throw new Error(`Opened, or about to be: ${[...opened].join(' and ') || 'nobody'}.`);
  }
  await backAgain(scene, master);
}

/** Whichever of those that watch begins this step of a new failover, is killed that moment. */
async function killActorAt({ watched }: Scene, step: string): Promise<void> {
  let killed: Promise<void> | undefined;
  const watching = watched.monitors.filter((it) => it.runs);
  const deaf = watching.map((monitor) =>
    monitor.onEvent((event) => {
      if (event.kind === 'step' && event.step.id === step && event.step.state === 'running') {
        killed ??= monitor.end('SIGKILL');
      }
    }),
  );
  await until(`step ${step} begins`, () => killed !== undefined, 60_000);
  deaf.forEach((it) => {
    it();
  });
  await killed;
}

/** Oldest first; those of killed processes too, whether the opening took effect or was only begun. */
async function openedSoFar(scene: Scene): Promise<readonly ShownRecovery[]> {
  const all = await scene.recordedFailovers();
  return all
    .filter((it) => it.openedAt !== null)
    .toSorted((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0));
}

async function backAgain(scene: Scene, former: TestMember): Promise<void> {
  await former.start();
  await scene.followsAgain(former);
  await scene.watched.untilWhole();
  await scene.acknowledges();
}
