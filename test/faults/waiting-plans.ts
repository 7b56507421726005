import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
/** The rejoin would wait 15 s for its replica. */
const takeOverMs = 6_000;

export const waitingPlans: readonly Fault[] = [
  {
    id: 'O7',
    says: 'the master dies while a rejoin waits for a replica that cannot reach it',
    expected: 'fail-over',
    wish: { network: true },
    exposedMs: onePollMs,
    play: async (scene) => {
      const { master, two, watched } = scene;
      const { network } = watched.cluster;
      await two.sql(`STOP ${watched.word}`, `RESET ${watched.word} ALL`);
      await scene.monitor.sees(
        'it follows nobody',
        (it) => it.kind === 'finding' && it.finding.instance === two.key,
      );
      await network?.cut('m', 'r2');
      const rejoining = watched.command('rejoin', 'orders', two.key);
      await until('the rejoin waits', () => waits(scene, two.key));
      const killedAt = Date.now();
      await master.kill9();
      await scene.failsOver();
      const tookMs = Date.now() - killedAt;
      if (tookMs > takeOverMs) throw new Error(`It took over after ${String(tookMs)} ms.`);
      const { code, text } = await rejoining;
      if (code === 0 || !text.includes('The master does not answer any more')) {
        throw new Error(`The rejoin does not tell why it ended: ${text}`);
      }
      await network?.heal();
      await scene.followsAgain(two);
      await scene.comesBack(master);
    },
  },
];

/** Its replica was pointed at the master and tries to reach it. */
async function waits({ watched }: Scene, key: string): Promise<boolean> {
  const replication = await watched.replication(watched.cluster.member(key));
  return replication !== undefined && replication.receiver !== 'No';
}
