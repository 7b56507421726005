import type { Fault } from './fault.ts';
import { delayApplier, hasRows, holdApplier, insertRows, received } from './injections.ts';

const onePollMs = 2_500;

/** What was received and not applied, under other settings than those that wait. */
export const unapplied: readonly Fault[] = [
  {
    id: 'F24b',
    says: 'both appliers wait for a lock when the master is killed, and nothing may be waited for',
    expected: 'refuse, then fail-over',
    wish: { settings: { delayMasterPromotionIfSqlThreadNotUpToDate: false } },
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      const letGo = await Promise.all([holdApplier(scene.one), holdApplier(scene.two)]);
      await insertRows(scene.master, 20);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      await scene.holds(/is left, and delayMasterPromotionIfSqlThreadNotUpToDate is off/);
      letGo.forEach((it) => {
        it();
      });
      const next = await scene.failsOver();
      await hasRows(next, 20);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F24c',
    says: 'both appliers are an hour behind on purpose when the master is killed, and a loss is wanted rather than a wait',
    expected: 'fail-over',
    wish: {
      settings: {
        delayMasterPromotionSeconds: 3,
        failMasterPromotionIfSqlThreadNotUpToDate: false,
      },
    },
    mayLose: true,
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await delayApplier(scene, scene.one, 3600);
      await delayApplier(scene, scene.two, 3600);
      await scene.watched.untilWhole();
      await insertRows(scene.master, 20);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      const next = await scene.failsOver();
      const [failover] = scene.failovers();
      if (scene.watched.cluster.server !== 'mariadb') {
        // Its delay is set to 0 without a loss, and nothing has to be waited for.
        await hasRows(next, 20);
        await delayApplier(scene, next === scene.one ? scene.two : scene.one, 0);
        await scene.write();
        await scene.comesBack(scene.master);
        return;
      }
      const lost = failover?.effects.mayLose.find((it) => it.includes(`received by ${next.key}`));
      const told = failover?.problems.find((it) => it.includes('did not apply within 3000 ms: '));
      if (failover?.state !== 'partial' || lost === undefined || told === undefined) {
        throw new Error(`The loss was not told.\n${scene.monitor.told()}`);
      }
      await hasRows(next, 0);
      await delayApplier(scene, next === scene.one ? scene.two : scene.one, 0);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
];
