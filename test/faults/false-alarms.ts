import { setTimeout as sleep } from 'node:timers/promises';
import { testUsers } from '../servers/test-cluster.ts';
import type { Fault } from './fault.ts';
import { asRoot, sql } from './injections.ts';

import { dropPackets } from './packets.ts';
import type { Scene } from './scene.ts';

const account = `${testUsers.monitor.user}@'%'`;

/** Lets the engine's account in no more, on the living master only, and ends its sessions. */
async function lockAccount({ master }: Scene): Promise<void> {
  await master.sql('SET sql_log_bin = 0', `ALTER USER ${account} ACCOUNT LOCK`);
  const rows = await master.sql(
    `SELECT id FROM information_schema.processlist WHERE user = '${testUsers.monitor.user}'`,
  );
  for (const row of rows) {
    await master.sql(`KILL ${String(Number(row['id'] ?? row['ID']))}`).catch(() => undefined);
  }
}

async function unlockAccount({ master }: Scene): Promise<void> {
  await master.sql('SET sql_log_bin = 0', `ALTER USER ${account} ACCOUNT UNLOCK`);
}

async function cutOffAgainAndAgain(
  { master }: Scene,
  {
    times,
    cutMs,
    backMs,
  }: { readonly times: number; readonly cutMs: number; readonly backMs: number },
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const heal = await dropPackets(master);
    try {
      await sleep(cutMs);
    } finally {
      await heal();
    }
    await sleep(backMs);
  }
}

export const falseAlarms: readonly Fault[] = [
  {
    id: 'O2',
    says: "our account is locked on the living master, and both replicas' appliers are stopped",
    expected: 'refuse',
    play: async (scene) => {
      await sql.stopApplier(scene, scene.one);
      await sql.stopApplier(scene, scene.two);
      await lockAccount(scene);
      await scene.finds('UnreachableMaster');
      await scene.staysAsItIs(8_000);
      await unlockAccount(scene);
      await sql.startApplier(scene, scene.one);
      await sql.startApplier(scene, scene.two);
    },
  },
  {
    id: 'F11',
    says: 'only the monitor loses the master: its packets get lost',
    expected: 'refuse',
    wish: { paths: true },
    play: async (scene) => {
      await scene.watched.path(scene.master).turn('hang');
      await scene.holds(/still gets through to it/);
      await scene.watched.path(scene.master).turn('pass');
      await scene.writesGoOn();
    },
  },
  {
    id: 'F11b',
    says: 'only the monitor loses the master: its connections are refused',
    expected: 'refuse',
    wish: { paths: true },
    play: async (scene) => {
      await scene.watched.path(scene.master).turn('refuse');
      await scene.holds(/still gets through to it/);
      await scene.watched.path(scene.master).turn('pass');
      await scene.writesGoOn();
    },
  },
  {
    id: 'F12',
    says: 'the monitor loses everything',
    expected: 'refuse',
    wish: { paths: true },
    play: async (scene) => {
      const paths = scene.watched.cluster.members.map((it) => scene.watched.path(it));
      await Promise.all(paths.map((it) => it.turn('hang')));
      await scene.finds('NothingReachable');
      await scene.staysAsItIs(6_000);
      await Promise.all(paths.map((it) => it.turn('pass')));
      await scene.writesGoOn();
      await scene.staysAsItIs();
    },
  },
  {
    id: 'F04',
    says: 'every packet of the master gets lost; the way heals after the failover',
    expected: 'fail-over',
    dropsPackets: true,
    exposedMs: 2_500,
    play: async (scene) => {
      const heal = await dropPackets(scene.master);
      try {
        await scene.failsOver();
      } finally {
        await heal();
      }
      await scene.followsAgain(scene.master);
    },
  },
  {
    id: 'F17',
    says: 'the master is cut off for 5 s and back for 4 s, three times',
    expected: 'fail-over',
    dropsPackets: true,
    exposedMs: 2_500,
    play: async (scene) => {
      await cutOffAgainAndAgain(scene, { times: 3, cutMs: 5_000, backMs: 4_000 });
      if (scene.failovers().filter((it) => it.openedAt !== null).length > 1) {
        throw new Error(`It failed over more than once.\n${scene.monitor.told()}`);
      }
      await scene.followsAgain(scene.master);
    },
  },
  {
    id: 'F17b',
    says: 'the master is cut off for 1 s and back for 3 s, four times',
    expected: 'refuse',
    dropsPackets: true,
    play: async (scene) => {
      await cutOffAgainAndAgain(scene, { times: 4, cutMs: 1_000, backMs: 3_000 });
      await scene.writesGoOn();
    },
  },
  {
    id: 'F61',
    says: 'both replicas have lost the master and try again in a minute; the master lives',
    expected: 'refuse',
    play: async (scene) => {
      const { isMariadb, word } = scene.watched;
      const [change, side] = isMariadb
        ? ['CHANGE MASTER TO', 'MASTER']
        : ['CHANGE REPLICATION SOURCE TO', 'SOURCE'];
      for (const replica of [scene.one, scene.two]) {
        await replica.sql(
          `STOP ${word}`,
          `${change} ${side}_PASSWORD = 'wrong', ${side}_CONNECT_RETRY = 60`,
          `START ${word}`,
        );
      }
      await scene.finds('AllMasterReplicasNotReplicating');
      await scene.staysAsItIs();
      for (const replica of [scene.one, scene.two]) {
        await replica.sql(
          `STOP ${word}`,
          `${change} ${side}_PASSWORD = '${testUsers.replication.password}', ${side}_CONNECT_RETRY = 1`,
          `START ${word}`,
        );
      }
    },
  },
  {
    id: 'A1',
    says: 'the master has too many connections to let us in',
    expected: 'refuse',
    wish: { options: { 'max-connections': 12 } },
    play: async (scene) => {
      const crowd = [];
      for (let place = 0; place < 14; place += 1) {
        crowd.push(await asRoot(scene.master).catch(() => undefined));
      }
      await scene.staysAsItIs(5_000);
      crowd.forEach((it) => it?.destroy());
      await scene.writesGoOn();
    },
  },
];
