import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../src/adapters/lab/ask.ts';
import { testUsers } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import { asRoot } from './injections.ts';
import type { Scene } from './scene.ts';

/** Rows of the last moments tell who runs the event, which fires every second. */
const momentsMs = 3_500;

/** The event as the first master had it, to be compared at the end. */
const originals = new WeakMap<Scene, Row>();

const privileges = {
  mariadb: 'EVENT, SUPER',
  mysql97: 'EVENT, SET_ANY_DEFINER, SYSTEM_USER',
  mysql56: 'EVENT',
} as const;

/** An event of root that writes a row a second, made by a client with settings of its own; and one that is switched off. */
async function makeEvents(scene: Scene): Promise<void> {
  const client = await asRoot(scene.master);
  const write =
    "ON SCHEDULE EVERY 1 SECOND DO INSERT INTO app.ticks (ran_on, at, word) VALUES (@@server_id, UTC_TIMESTAMP(3), 'a' || 'é')";
  const statements = [
    'CREATE DATABASE app CHARACTER SET latin1 COLLATE latin1_swedish_ci',
    'CREATE TABLE app.ticks (id INT AUTO_INCREMENT PRIMARY KEY, ran_on INT, word VARCHAR(9), at DATETIME(3))',
    'SET NAMES latin1 COLLATE latin1_german2_ci',
    "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
    "SET SESSION time_zone = '+03:00'",
    `CREATE EVENT app.tick ${write}`,
    `CREATE EVENT app.off ${write.replace('SECOND DO', 'SECOND DISABLE DO')}`,
    'SET GLOBAL event_scheduler = ON',
  ];
  for (const it of statements) await client.query(it);
  client.destroy();
  originals.set(scene, await eventRow(scene.master));
}

/** On a server without super_read_only a privileged definer's event would write on, whoever closed it. */
async function makeHarmlessEvents(scene: Scene): Promise<void> {
  await makeEvents(scene);
  await scene.master.sql(
    "CREATE USER 'application'@'%' IDENTIFIED BY 'application-Pw-3e1'",
    "GRANT EVENT, INSERT ON app.* TO 'application'@'%'",
    "ALTER DEFINER = 'application'@'%' EVENT app.tick ENABLE",
  );
}

async function mayMoveEvents(scene: Scene): Promise<void> {
  const { user } = testUsers.monitor;
  await scene.master.sql(
    `GRANT ${privileges[scene.watched.cluster.server]} ON *.* TO '${user}'@'%'`,
  );
  await makeEvents(scene);
}

/** All of the event but where it runs and when it last did. */
async function eventRow(member: TestMember): Promise<Row> {
  const [row = {}] = await member.sql(
    "SELECT * FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'app' AND EVENT_NAME = 'tick'",
  );
  const moving = new Set(['STATUS', 'ORIGINATOR', 'LAST_ALTERED', 'LAST_EXECUTED']);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !moving.has(name)));
}

/** Throws unless the event runs there and nowhere else, and is what it was. */
async function runsOnlyOn(scene: Scene, master: TestMember): Promise<void> {
  const { members } = scene.watched.cluster;
  const statusSql =
    "SELECT GROUP_CONCAT(STATUS ORDER BY EVENT_NAME) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'app'";
  const isAsExpected = async (member: TestMember): Promise<boolean> => {
    const [off = '', tick = ''] = ((await member.value(statusSql)) ?? '').split(',');
    return off !== 'ENABLED' && (tick === 'ENABLED') === (member === master);
  };
  let told = '';
  const areAsExpected = async (): Promise<boolean> => {
    const all = await Promise.all(members.map(isAsExpected));
    told = (await Promise.all(members.map((it) => it.value(statusSql)))).join(' | ');
    return all.every(Boolean);
  };
  await until('the event is enabled on the master only', areAsExpected, 20_000).catch(
    (error: unknown) => {
      throw new Error(`${String(error)} ${told}\n${scene.monitor.told()}`, { cause: error });
    },
  );
  await sleep(momentsMs);
  const who = await master.value(
    "SELECT GROUP_CONCAT(DISTINCT ran_on, ' ', word) FROM app.ticks WHERE at > UTC_TIMESTAMP(3) - INTERVAL 3 SECOND",
  );
  const before = JSON.stringify(originals.get(scene));
  const after = await Promise.all(members.map(async (it) => JSON.stringify(await eventRow(it))));
  if (!who?.startsWith(`${String(master.serverId)} a`) || who.includes(',')) {
    throw new Error(`The event ran on ${String(who)}, not on ${String(master.serverId)} only.`);
  }
  if (after.some((it) => it !== before)) {
    throw new Error(`The event was changed: ${before} became ${after.join(' | ')}`);
  }
}

async function promotes(scene: Scene, says: RegExp): Promise<void> {
  const { code, text } = await scene.watched.command('promote', 'orders', scene.one.key);
  if (code !== 0 || !says.test(text)) {
    throw new Error(`Exit ${String(code)}: ${text}`);
  }
}

export const events: readonly Fault[] = [
  {
    id: 'F54',
    says: 'an event writes every second, at a planned switchover and back',
    expected: 'switch-over',
    prepare: mayMoveEvents,
    play: async (scene) => {
      await runsOnlyOn(scene, scene.master);
      await promotes(scene, /1 enabled/);
      await scene.writesGoOn();
      await runsOnlyOn(scene, scene.one);
      const back = await scene.watched.command('promote', 'orders', scene.master.key);
      if (back.code !== 0) throw new Error(back.text);
      await runsOnlyOn(scene, scene.master);
    },
  },
  {
    id: 'F54b',
    says: 'an event writes every second, and its master dies and comes back',
    expected: 'fail-over',
    wish: { readOnlyAtStart: 'all', options: { 'loose-super-read-only': 1 } },
    prepare: mayMoveEvents,
    play: async (scene) => {
      await scene.master.kill9();
      const fresh = await scene.failsOver();
      // What the event wrote last may have reached no replica: then it is rebuilt.
      await scene.comesBack(scene.master);
      await runsOnlyOn(scene, fresh);
    },
  },
  {
    id: 'F54c',
    says: 'an event writes every second, and our user may not see events',
    expected: 'switch-over',
    prepare: makeHarmlessEvents,
    play: async (scene) => {
      await promotes(scene, /GRANT EVENT, \w+/);
      await scene.writesGoOn();
    },
  },
];
