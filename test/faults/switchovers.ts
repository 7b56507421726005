import type { Fault } from './fault.ts';
import { asRoot, asUser, holdApplier, sql } from './injections.ts';
import type { Scene } from './scene.ts';

const longestPauseMs = 3_000;
/** Not root, whose sessions our user may not end on MySQL. */
const locker = { user: 'locker', password: 'locker-Pw-5d2' };

/** Asks for the first replica; throws unless the command ends with this code. */
async function promotes(scene: Scene, code: number, says = /./): Promise<void> {
  const printed = await scene.watched.command('promote', 'orders', scene.one.key);
  if (printed.code !== code || !says.test(printed.text)) {
    throw new Error(`Exit ${String(printed.code)}, not ${String(code)}: ${printed.text}`);
  }
}

async function isOpenAgain({ master }: Scene): Promise<void> {
  await master.untilValue('SELECT @@GLOBAL.read_only', '0');
}

export const switchovers: readonly Fault[] = [
  {
    id: 'F49',
    says: 'a planned switchover under four writers',
    expected: 'switch-over',
    play: async (scene) => {
      await promotes(scene, 0);
      await scene.writesGoOn();
      await scene.rest();
      if (scene.longestGapMs > longestPauseMs) {
        throw new Error(`Writes paused for ${String(scene.longestGapMs)} ms.`);
      }
    },
  },
  {
    id: 'F50',
    says: 'a client has been writing in one statement for long; a planned switchover',
    expected: 'refuse',
    play: async (scene) => {
      const client = await asRoot(scene.master);
      await client.query('CREATE TABLE written.long_ones (id INT PRIMARY KEY)');
      await client.query('INSERT INTO written.long_ones VALUES (1)');
      const statement = 'UPDATE written.long_ones SET id = 2 WHERE SLEEP(20) = 0';
      const writing = client.query(statement);
      await scene.master.untilValue(
        `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = '${statement}' AND TIME >= 2`,
        '1',
      );
      await promotes(scene, 1, /has been writing/);
      await isOpenAgain(scene);
      // The session was left alone.
      await writing;
      client.destroy();
      await scene.writesGoOn();
    },
  },
  {
    id: 'F51',
    says: 'the target of a planned switchover lags',
    expected: 'refuse',
    wish: { settings: { reasonableReplicationLagSeconds: 1 } },
    play: async (scene) => {
      const letGo = await holdApplier(scene.one);
      await scene.finds('ReplicaLagging');
      await promotes(scene, 3, /lags at most/);
      letGo();
      await isOpenAgain(scene);
      await scene.writesGoOn();
    },
  },
  {
    id: 'F52',
    says: 'a client with every right writes in a loop during a planned switchover',
    expected: 'switch-over',
    play: async (scene) => {
      const client = await asRoot(scene.master);
      const writing = (async () => {
        for (let id = 800_000_000; ; id += 1) {
          await client.query(`INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, 97)`);
        }
      })().catch(() => undefined);
      await promotes(scene, 0);
      await scene.writesGoOn();
      client.destroy();
      await writing;
    },
  },
  {
    id: 'O3',
    says: "the applier of a planned switchover's target is stopped",
    expected: 'refuse',
    play: async (scene) => {
      await sql.stopApplier(scene, scene.one);
      await promotes(scene, 3, /lag is unknown/);
      await isOpenAgain(scene);
      await sql.startApplier(scene, scene.one);
    },
  },
  {
    id: 'O5',
    says: 'the old master never had a replication user; a planned switchover',
    expected: 'switch-over',
    play: async (scene) => {
      await promotes(scene, 0);
      await scene.watched.untilWhole();
      const seen = await scene.watched.replication(scene.master);
      if (seen?.source !== scene.one.key) throw new Error(JSON.stringify(seen));
    },
  },
];

/** Who holds up the closing is ended in its midst. */
export const heldUp: readonly Fault[] = [
  {
    id: 'F50b',
    says: 'a session with LOCK TABLES, which is ended as the master is closed; a planned switchover',
    expected: 'switch-over',
    play: async (scene) => {
      const { user, password } = locker;
      await scene.master.sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`);
      await scene.master.sql(`GRANT SELECT, LOCK TABLES ON written.* TO ${user}@'%'`);
      const client = await asUser(scene.master, locker);
      await client.query('LOCK TABLES written.rows_of WRITE');
      await promotes(scene, 0);
      client.destroy();
      await scene.writesGoOn();
    },
  },
];
