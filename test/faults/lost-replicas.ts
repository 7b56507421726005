import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;

export const lostReplicas: readonly Fault[] = [
  {
    id: 'O6',
    says: 'a replica that a failover left behind is detached, and follows once it is rejoined',
    expected: 'fail-over',
    wish: {
      settings: { detachLostReplicasAfterMasterFailover: true },
      clusterSettings: () => ({ autoRejoin: false }),
    },
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master, two } = scene;
      await two.kill9();
      await scene.writesGoOn();
      // Until it counts no more among those whose locks are asked for.
      await scene.monitor.sees(
        'its loss',
        (it) => it.kind === 'finding' && it.finding.instance === two.key,
      );
      await master.kill9();
      await scene.failsOver();
      await two.start();
      await until('it is detached', () => detachments(scene).includes(`${two.key} succeeded`));
      await master.start();
      await scene.monitor.sees(
        'the old master is closed',
        (it) =>
          it.kind === 'recovery' && it.recovery.kind === 'fence' && it.recovery.state !== 'running',
      );
      await scene.staysAsItIs();
      if ((await scene.watched.replication(two))?.receiver !== 'No') {
        throw new Error(`${two.key} reads from ${master.key}.`);
      }
      await rejoins(scene, two.key);
      if (!(await rejoins(scene, master.key))) await scene.watched.rebuildFrom(master);
    },
  },
];

function detachments(scene: Scene): readonly string[] {
  return scene.monitor
    .recoveries()
    .filter((it) => it.kind === 'detach')
    .map((it) => `${it.subject} ${it.state}`);
}

/** False when it is refused. */
async function rejoins({ watched }: Scene, key: string): Promise<boolean> {
  const { code } = await watched.command('rejoin', 'orders', key);
  return code === 0;
}
