import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

/** Another server answers at the port of the dead master while `look` looks. */
async function whileTaken(
  { master, watched }: Scene,
  look: (stranger: TestMember) => Promise<void>,
): Promise<void> {
  const { server } = watched.cluster;
  const other = await startCluster({ server, replicas: 0, options: { server_id: '900' } });
  const [ours, theirs] = [master, other.master].map((it) => join(it.folder, 'data'));
  const kept = `${String(ours)}-kept`;
  try {
    await other.master.sql('CREATE DATABASE elsewhere');
    await other.master.stop();
    await rename(String(ours), kept);
    await rename(String(theirs), String(ours));
    await master.start();
    await look(master);
    await master.stop();
    await rename(String(ours), String(theirs));
    await rename(kept, String(ours));
  } finally {
    await other.stop();
  }
}

/** A port is no proof of who listens there. */
export const takenPort: readonly Fault[] = [
  {
    id: 'F60',
    says: 'another server answers at the port of a replaced master',
    expected: 'fail-over',
    // It belongs to somebody else, and takes their writes.
    exposedMs: Number.POSITIVE_INFINITY,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await scene.master.kill9();
      await scene.failsOver();
      await scene.write();
      await whileTaken(scene, async (stranger) => {
        await scene.says(/Held: .* it has no transaction in common with the cluster/);
        await scene.staysAsItIs();
        if ((await stranger.value('SELECT @@GLOBAL.read_only')) !== '0') {
          throw new Error('It was closed.');
        }
      });
      // By itself it would be tried again half a minute after the stranger was refused.
      await scene.master.start();
      await scene.watched.rebuildFrom(scene.master);
    },
  },
];
