import { mariadb118 } from '../servers/mariadb118.ts';
import type { TestMember } from '../servers/test-member.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

/** One transaction in that domain. */
function insertIn(member: TestMember, domain: number, id: number): Promise<unknown> {
  return member.sql(
    `SET SESSION gtid_domain_id = ${String(domain)}`,
    `INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, 99)`,
  );
}

/** The last sequence number that this master wrote in a domain. */
async function lastIn(master: TestMember, domain: number): Promise<number> {
  const state = (await master.value('SELECT @@GLOBAL.gtid_binlog_state')) ?? '';
  const numbers = state
    .split(',')
    .filter((it) => it.startsWith(`${String(domain)}-`))
    .map((it) => Number(it.split('-')[2]));
  return Math.max(...numbers);
}

/** The replica goes on in each domain until that number, and stops then. */
async function stopAt(
  { master }: Scene,
  replica: TestMember,
  until: readonly [number, number],
): Promise<void> {
  const place = until
    .map((it, domain) => `${String(domain)}-${String(master.serverId)}-${String(it)}`)
    .join(',');
  await replica.sql('STOP SLAVE', `START SLAVE UNTIL master_gtid_pos = '${place}'`);
}

/** Replicas that differ: in what they hold, or in their release. */
export const differing: readonly Fault[] = [
  {
    id: 'F36',
    says: 'two domains, one replica is ahead in the first and the other in the second; the master is killed',
    expected: 'refuse',
    notOn: { mysql97: 'MySQL knows no domains: its sets tell the same at once' },
    play: async (scene) => {
      const { master, one, two, watched } = scene;
      await scene.rest();
      await insertIn(master, 1, 900_000_000);
      await watched.untilWhole();
      const [zero, first] = [await lastIn(master, 0), await lastIn(master, 1)];
      await stopAt(scene, one, [zero + 3, first + 1]);
      await stopAt(scene, two, [zero + 1, first + 3]);
      for (const place of [1, 2, 3]) {
        await insertIn(master, 0, 900_000_000 + place);
        await insertIn(master, 1, 900_000_010 + place);
      }
      for (const it of [one, two]) {
        await it.untilValue('SELECT COUNT(*) FROM written.rows_of WHERE writer = 99', '5');
      }
      await master.kill9();
      await scene.holds(/also holds/, 60_000);
      await master.start(['--read-only=0']);
      for (const it of [one, two]) await it.sql('STOP SLAVE', 'START SLAVE');
    },
  },
  {
    id: 'F34',
    says: 'one replica is of the release of the master, the other of a newer one; the master is killed',
    expected: 'fail-over',
    notOn: { mysql97: 'only one release of MySQL with GTID is at hand' },
    wish: { lastReplica: mariadb118 },
    exposedMs: 2_500,
    play: async (scene) => {
      const { master, one, two } = scene;
      const versions = await Promise.all(
        [master, one, two].map((it) => it.value('SELECT VERSION()')),
      );
      if (versions[1] === versions[2]) throw new Error(`All are ${String(versions[0])}.`);
      await master.kill9();
      const next = await scene.failsOver();
      if (next !== one) throw new Error(`${next.key} of another release was promoted.`);
      await scene.comesBack(master);
    },
  },
];
