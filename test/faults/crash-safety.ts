import { loadSemiSync } from '../support/harness/semi-sync.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import { asRoot, insertRows, received, sql } from './injections.ts';

const onePollMs = 2_500;
const isClosed = 'SELECT @@GLOBAL.read_only';

/** What crashes and restarts take away, or bring back. */
export const crashSafety: readonly Fault[] = [
  {
    id: 'F22',
    says: 'the only replica that got the last rows restarts and forgets its relay log; the master is dead',
    expected: 'refuse',
    play: async (scene) => {
      const { master, one, two, watched } = scene;
      await scene.rest();
      await watched.untilWhole();
      await sql.stopReceiver(scene, two);
      await sql.stopApplier(scene, one);
      await insertRows(master, 200);
      await received(scene, one);
      // One look of the engine, which remembers what was received.
      await scene.staysAsItIs(2_500);
      await Promise.all([one.kill9(), master.kill9()]);
      await one.start();
      await scene.holds(/also holds/, 60_000);
      await master.start();
      await sql.startReceiver(scene, two);
    },
  },
  {
    id: 'F30',
    says: 'the old master comes back writable while no monitor runs; then one is started',
    expected: 'fail-over',
    // Nobody is there to close it; the proxy, which ends with the monitor, leads nobody to it either.
    exposedMs: 60_000,
    play: async (scene) => {
      const { master, watched } = scene;
      await scene.rest();
      await watched.untilWhole();
      await master.kill9();
      const next = await scene.failsOver();
      await scene.monitor.end();
      await master.start();
      await watched.startMonitor();
      const startedAt = Date.now();
      await master.untilValue(isClosed, '1');
      const tookMs = Date.now() - startedAt;
      if (tookMs > onePollMs) throw new Error(`Closed only after ${String(tookMs)} ms.`);
      if ((await watched.untilWhole()) !== next) throw new Error('The old master took over again.');
      await scene.write();
    },
  },
  {
    id: 'F37',
    says: 'a transaction that nobody acknowledged comes back with the old master',
    expected: 'fail-over',
    exposedMs: onePollMs,
    keepsAll: true,
    prepare: (scene) => loadSemiSync(scene.watched.cluster),
    play: async (scene) => {
      const { master, one, two, watched } = scene;
      await scene.rest();
      await watched.untilWhole();
      await sql.stopReceiver(scene, one);
      await sql.stopReceiver(scene, two);
      const client = await asRoot(master);
      const waiting = client
        .query('INSERT INTO written.rows_of (id, writer) VALUES (777000001, 96)')
        .catch(() => undefined);
      await until('it waits for an acknowledgement', async () => {
        const rows = await master.sql('SHOW PROCESSLIST');
        return rows.some((it) => /semi-?sync ACK|ACK from/i.test(String(it['State'])));
      });
      await master.kill9();
      await waiting;
      await scene.failsOver();
      await scene.write();
      if ((await scene.comesBack(master)) !== 'rebuilt') {
        throw new Error('It was let in with a transaction that nobody else has.');
      }
    },
  },
];
