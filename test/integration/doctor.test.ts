import { afterAll, expect, test } from 'vitest';
import { inEnglish } from '../../src/core/model/phrase.ts';
import { mariadb118 } from '../servers/mariadb118.ts';
import { whyNoDisk } from '../servers/own-disk.ts';
import { testUsers, type ClusterWish } from '../servers/test-cluster.ts';
import { Clinic } from '../support/harness/clinic.ts';
import {
  conflict,
  mariadb,
  mariadbThen,
  refused,
  semiSync,
  withoutAccount,
} from '../support/harness/troubles/mariadb.ts';
import { older, restarted, restartedThen } from '../support/harness/troubles/mariadb-restarted.ts';
import {
  mysql,
  mysqlAccounts,
  mysqlAtLast,
  mysqlLogins,
  mysqlNoGtid,
  mysqlSecure,
} from '../support/harness/troubles/mysql.ts';
import {
  lineOf,
  second,
  type Trouble,
  type TroubleRow,
} from '../support/harness/troubles/trouble.ts';

const { user } = testUsers.replication;

const table: TroubleRow[] = [];
afterAll(() => {
  console.log(['What was broken on purpose', ...table.map(lineOf)].join('\n'));
});

async function inClinic(wish: ClusterWish, work: (clinic: Clinic) => Promise<void>): Promise<void> {
  const clinic = await Clinic.open(wish);
  try {
    await work(clinic);
  } finally {
    await clinic.close();
  }
}

/** In CI, what could not run has failed. */
function isFailure(row: TroubleRow): boolean {
  return 'whyNot' in row
    ? ![undefined, '', '0', 'false'].includes(process.env['CI'])
    : !row.found || !row.fixed;
}

/** What was not found, what is still there after its fix, and what went wrong; nothing where all is well. */
async function failures(clinic: Clinic, troubles: readonly Trouble[]): Promise<readonly string[]> {
  const rows = await clinic.play(troubles);
  table.push(...rows);
  return [...rows.filter(isFailure).map(lineOf), ...clinic.complaints];
}

test('what was broken on MariaDB is found and mended', async () => {
  const options = { 'relay-log-recovery': 0, 'skip-name-resolve': 0, 'report-host': '' };
  await inClinic({ server: 'mariadb', replicas: 2, options }, async (clinic) => {
    expect(await failures(clinic, mariadb)).toEqual([]);
    expect(await failures(clinic, mariadbThen)).toEqual([]);
    expect(await failures(clinic, semiSync)).toEqual([]);
    await clinic.cluster.master.sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    // Nobody gets in any more from where the replicas are; who is in already stays.
    await clinic.cluster.master.sql(`RENAME USER '${user}'@'%' TO '${user}'@'10.%'`);
    expect(await failures(clinic, [withoutAccount])).toEqual([]);
    await second(clinic.cluster).sql('SET SESSION sql_log_bin = 0', "CREATE USER 'late'@'%'");
    // The replica quotes the statement that it stopped at, on MariaDB with the password as it was written.
    const secret = 'Sup3rS3cret-Pw';
    await clinic.cluster.master.sql(`CREATE USER 'late'@'%' IDENTIFIED BY '${secret}'`);
    expect(await failures(clinic, [conflict])).toEqual([]);
    expect(clinic.said.join('\n')).toContain("Operation CREATE USER failed for 'late'@'%'");
    expect(clinic.said.join('\n')).not.toContain(secret);
    expect(await failures(clinic, [refused])).toEqual([]);
  });
});

test('what MariaDB servers of two releases were started with is found and mended', async () => {
  const disk = (await whyNoDisk()) === undefined ? { masterDiskMegabytes: 260 } : {};
  await inClinic(
    { server: 'mariadb', replicas: 2, lastReplica: mariadb118, ...disk },
    async (clinic) => {
      for (const troubles of [restarted, restartedThen, older]) {
        expect(await failures(clinic, troubles)).toEqual([]);
      }
    },
  );
});

test('what was broken on MySQL 9.7 is found and mended', async () => {
  // With the rights that the README names, no more.
  await inClinic({ server: 'mysql97', replicas: 2, rights: 'least' }, async (clinic) => {
    expect(await failures(clinic, mysql)).toEqual([]);
    for (const troubles of [mysqlLogins, mysqlNoGtid, mysqlAtLast, mysqlAccounts, mysqlSecure]) {
      expect(await failures(clinic, troubles)).toEqual([]);
    }
    const report = await clinic.check();
    expect(report.unasked.map((it) => inEnglish(it.says))).toContain(
      'How full the disk is cannot be asked of MySQL.',
    );
  });
});
