import { setTimeout as sleep } from 'node:timers/promises';
import { testUsers } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import type { Monitor } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import { holdApplier, insertRows, received } from './injections.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;

/** Kills the process that acts as soon as it tells of the step that begins with these words. */
async function killMonitorAt(scene: Scene, step: RegExp): Promise<void> {
  const acting = scene.monitor;
  await acting.sees(
    String(step),
    (it) => it.kind === 'step' && it.step.state === 'running' && step.test(it.step.says),
  );
  await acting.end('SIGKILL');
}

/** The master dies, the acting process at a step of the answer; a new process ends what was begun. */
function killedAt(id: string, says: string, step: RegExp): Fault {
  return {
    id,
    says: `the monitor is killed ${says}`,
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const killed = killMonitorAt(scene, step);
      await scene.master.kill9();
      await killed;
      await scene.watched.startMonitor();
      await scene.writesGoOn();
      await onlyOneOpened(scene);
      await scene.comesBack(scene.master);
    },
  };
}

/** Of all that any process did, one thing opened a new master. */
async function onlyOneOpened(scene: Scene): Promise<void> {
  const opened = (await scene.recordedFailovers()).filter((it) => it.openedAt !== null);
  if (opened.length !== 1) {
    throw new Error(`Opened ${String(opened.length)} times: ${JSON.stringify(opened)}`);
  }
}

export const managers: readonly Fault[] = [
  killedAt('F42a', 'while it cuts the replicas from the dead master', /^Stop the receiver/),
  killedAt('F42b', 'while it looks again', /Check that/),
  killedAt('F42c', 'while it opens the new master', /^Open .* for writes/),
  killedAt('F42d', 'while it lets the others follow', /^Point /),
  {
    id: 'F43',
    says: 'the acting monitor is frozen in the middle, for longer than its lease, while another watches too',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const acting = scene.monitor;
      await scene.rest();
      await scene.watched.untilWhole();
      await scene.watched.startMonitor();
      // Appliers that wait keep the plan at one step, in the midst of which no journal is being written.
      const letGo = await Promise.all([holdApplier(scene.one), holdApplier(scene.two)]);
      await insertRows(scene.master, 20);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      await acting.sees(
        'it waits for the appliers',
        (it) =>
          it.kind === 'step' && it.step.state === 'running' && it.step.says.startsWith('Wait'),
      );
      acting.signal('SIGSTOP');
      letGo.forEach((it) => {
        it();
      });
      await scene.monitor.sees(
        'the other keeps the watch and has ended it',
        (it) =>
          it.kind === 'recovery' &&
          it.recovery.openedAt !== null &&
          it.recovery.state !== 'running',
        90_000,
      );
      const [next] = scene
        .failovers()
        .filter((it) => it.openedAt !== null)
        .map((it) => it.newMaster);
      acting.signal('SIGCONT');
      await sleep(5_000);
      const open = await scene.watched.writable();
      if (open?.key !== next)
        throw new Error(`${String(open?.key)} takes writes, not ${String(next)}.`);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F45',
    says: 'another tool promotes a replica while we watch',
    expected: 'carry on',
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await promoteByHand(scene);
      await scene.watched.untilWhole();
      await scene.write();
      await scene.staysAsItIs();
    },
  },
  {
    id: 'F46',
    says: 'a replica restarts during the failover and comes back pointing at the old master',
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      const opening = scene.monitor.sees(
        'it opens',
        (it) =>
          it.kind === 'step' &&
          it.step.state === 'running' &&
          /^Open .* for writes/.test(it.step.says),
      );
      await scene.master.kill9();
      await opening;
      const [recovery] = scene.monitor.events.flatMap((it) =>
        it.kind === 'step' && /^Open .* for writes/.test(it.step.says) ? [it.step.on] : [],
      );
      const other = recovery === scene.one.key ? scene.two : scene.one;
      await other.kill9();
      await scene.failsOver();
      await other.start();
      await scene.comesBack(scene.master);
    },
  },
  twoWatch('T2', 'two monitors watch one cluster', (scene) => scene.watched.startMonitor()),
  twoWatch('F13', 'two monitors on two machines watch one cluster', (scene) =>
    scene.watched.startRival(),
  ),
];

/** Both see the master die; appliers that wait keep the first at work for as long as the second may try. */
function twoWatch(id: string, says: string, start: (scene: Scene) => Promise<unknown>): Fault {
  return {
    id,
    says: `${says} when the master is killed`,
    expected: 'fail-over',
    exposedMs: onePollMs,
    play: async (scene) => {
      await scene.rest();
      await scene.watched.untilWhole();
      await start(scene);
      const letGo = await Promise.all([holdApplier(scene.one), holdApplier(scene.two)]);
      await insertRows(scene.master, 20);
      await received(scene, scene.one, scene.two);
      await scene.master.kill9();
      await until('one acts', () => scene.watched.monitors.some(waits));
      await sleep(3_000);
      letGo.forEach((it) => {
        it();
      });
      await scene.failsOver();
      const begun = await scene.recordedFailovers();
      if (begun.length !== 1) throw new Error(`${String(begun.length)} failovers were begun.`);
      await scene.write();
      await scene.comesBack(scene.master);
    },
  };
}

function waits({ events }: Monitor): boolean {
  return events.some((it) => it.kind === 'step' && it.step.says.startsWith('Wait'));
}

/** As a person would, by SQL. */
async function promoteByHand({ watched, master, one, two }: Scene): Promise<void> {
  const { isMariadb, word } = watched;
  const close = isMariadb ? 'SET GLOBAL read_only = 1' : 'SET GLOBAL super_read_only = 1';
  const open = 'SET GLOBAL read_only = 0';
  await master.sql(close);
  await one.sql(`STOP ${word}`, `RESET ${word} ALL`, open);
  for (const replica of [two, master]) {
    await replica.sql(
      `STOP ${word}`,
      followSql(isMariadb, one, replica === master),
      `START ${word}`,
    );
  }
}

function followSql(isMariadb: boolean, source: TestMember, wasMaster: boolean): string {
  const { user, password } = testUsers.replication;
  const side = isMariadb ? 'MASTER' : 'SOURCE';
  const place = isMariadb
    ? `MASTER_USE_GTID = ${wasMaster ? 'current_pos' : 'slave_pos'}`
    : 'SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1';
  const change = isMariadb ? 'CHANGE MASTER TO' : 'CHANGE REPLICATION SOURCE TO';
  return `${change} ${side}_HOST = '127.0.0.1', ${side}_PORT = ${String(source.port)}, ${side}_USER = '${user}', ${side}_PASSWORD = '${password}', ${place}`;
}
