import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, settingsFolder, type Program } from '../support/monitor.ts';

/** One thing that is broken on purpose: what the doctor must find there, and mend where it can. */
interface Trouble {
  readonly item: string;
  readonly on: (cluster: TestCluster) => TestMember;
  /** Statements that break it, as an administrator; none where a fresh server shows it. */
  readonly breaking: readonly string[];
  readonly mends: boolean;
}

interface Row {
  readonly server: string;
  readonly item: string;
  found: string;
  fixed: string;
}

const reportSchema = z.object({
  clusters: z.array(
    z.looseObject({
      items: z.array(
        z.looseObject({
          item: z.string(),
          gravity: z.string(),
          instance: z.string(),
          says: z.string(),
          evidence: z.array(z.string()),
          refusal: z.unknown(),
          byHand: z.array(z.looseObject({ lines: z.array(z.string()) })),
        }),
      ),
    }),
  ),
});

const first = ({ replicas, master }: TestCluster): TestMember => replicas[0] ?? master;
const second = ({ replicas, master }: TestCluster): TestMember => replicas[1] ?? master;
const { user } = testUsers.replication;

function around(word: 'SLAVE' | 'REPLICA', ...statements: readonly string[]): readonly string[] {
  return [`STOP ${word}`, ...statements, `START ${word}`];
}

/** In this order they are mended; all are broken before. */
const mariadb: readonly Trouble[] = [
  {
    item: 'ReplicationUserMissing',
    on: first,
    breaking: ['SET SESSION sql_log_bin = 0', `DROP USER '${user}'@'%'`],
    mends: true,
  },
  { item: 'SlowDetection', on: first, breaking: [], mends: true },
  {
    item: 'SlowConnectRetry',
    on: first,
    breaking: around('SLAVE', 'CHANGE MASTER TO MASTER_CONNECT_RETRY = 60'),
    mends: true,
  },
  {
    item: 'PlaceNotByGtid',
    on: first,
    breaking: around('SLAVE', 'CHANGE MASTER TO MASTER_USE_GTID = no'),
    mends: true,
  },
  { item: 'WritableReplica', on: first, breaking: ['SET GLOBAL read_only = 0'], mends: true },
  { item: 'NotDurable', on: first, breaking: [], mends: true },
  {
    item: 'ShortBinlogRetention',
    on: first,
    breaking: ['SET GLOBAL binlog_expire_logs_seconds = 600'],
    mends: true,
  },
  {
    item: 'GtidNotStrict',
    on: first,
    breaking: ['SET GLOBAL gtid_strict_mode = 0'],
    mends: true,
  },
  {
    item: 'SemiSyncReplicaStopsSlowly',
    on: first,
    breaking: ['SET GLOBAL rpl_semi_sync_slave_enabled = 1'],
    mends: true,
  },
  {
    item: 'ReplicationCredentialsWrong',
    on: second,
    breaking: around('SLAVE', "CHANGE MASTER TO MASTER_PASSWORD = 'wrong'"),
    mends: true,
  },
  {
    item: 'SlowHeartbeat',
    on: second,
    breaking: [
      'SET GLOBAL slave_net_timeout = 4',
      ...around('SLAVE', 'CHANGE MASTER TO MASTER_HEARTBEAT_PERIOD = 3'),
    ],
    mends: true,
  },
  { item: 'ReadOnlyNotKept', on: second, breaking: [], mends: false },
];

describe('the doctor', () => {
  let program: Program;
  const table: Row[] = [];

  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(async () => {
    await program?.remove();
    console.log(tableOf(table));
  });

  test('finds and mends what was broken on MariaDB', async () => {
    await onCluster({ server: 'mariadb', replicas: 2 }, program, async (clinic) => {
      expect(await clinic.play(mariadb, table)).toEqual([]);
      expect(table.filter((it) => it.found !== 'yes' || it.fixed === 'NO')).toEqual([]);
    });
  });
});

function tableOf(rows: readonly Row[]): string {
  const line = (it: Row): string =>
    `${it.server.padEnd(8)} ${it.item.padEnd(30)} found ${it.found.padEnd(4)} fixed ${it.fixed}`;
  return `The doctor's items\n${rows.map(line).join('\n')}`;
}

type Report = z.infer<typeof reportSchema>['clusters'][number];

/** A cluster with a settings file, and the command that looks at it. */
class Clinic {
  readonly cluster: TestCluster;
  readonly #program: Program;
  readonly #place: Awaited<ReturnType<typeof settingsFolder>>;

  constructor(
    cluster: TestCluster,
    program: Program,
    place: Awaited<ReturnType<typeof settingsFolder>>,
  ) {
    this.cluster = cluster;
    this.#program = program;
    this.#place = place;
  }

  /** Breaks all, checks once, mends one after the other, checks again. */
  async play(troubles: readonly Trouble[], table: Row[]): Promise<readonly string[]> {
    for (const it of troubles) await it.on(this.cluster).sql(...it.breaking, 'SELECT 1');
    await new Promise((done) => setTimeout(done, 1_500));
    const before = await this.report();
    const rows = troubles.map((it) => {
      const found = find(before, it, this.cluster);
      return {
        server: this.cluster.server,
        item: it.item,
        found: found === undefined ? 'NO' : 'yes',
        fixed: '-',
      };
    });
    table.push(...rows);
    const told: string[] = [];
    for (const it of troubles.filter((all) => all.mends)) {
      const { code, out } = await this.command(
        'doctor',
        'orders',
        it.on(this.cluster).key,
        '--fix',
        it.item,
      );
      if (code !== 0) told.push(`${it.item} ended with ${String(code)}:\n${out}`);
    }
    const after = await this.report();
    troubles.forEach((it, place) => {
      const row = rows[place];
      if (row !== undefined && it.mends)
        row.fixed = find(after, it, this.cluster) === undefined ? 'yes' : 'NO';
      if (row !== undefined && !it.mends) row.fixed = 'by hand';
    });
    return told;
  }

  async report(): Promise<Report> {
    const { stdout, out } = await this.command('doctor', 'orders', '--json');
    const read = reportSchema.safeParse(stdout === '' ? undefined : JSON.parse(stdout));
    const [report] = read.data?.clusters ?? [];
    if (report === undefined) throw new Error(out);
    return report;
  }

  command(...words: readonly string[]): Promise<{ code: number; stdout: string; out: string }> {
    const { config, state } = this.#place;
    const all = [this.#program.path, ...words, '--config', config, '--state', state];
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SWITCHOVER_PASSWORD: testUsers.monitor.password,
      SWITCHOVER_REPLICATION_PASSWORD: testUsers.replication.password,
    };
    return new Promise((done) => {
      execFile(
        process.execPath,
        all,
        { env, timeout: 60_000, maxBuffer: 1e8 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          done({ code, stdout, out: `${stdout}${stderr}` });
        },
      );
    });
  }
}

function find(report: Report, trouble: Trouble, cluster: TestCluster) {
  const { key } = trouble.on(cluster);
  return report.items.find((it) => it.item === trouble.item && it.instance === key);
}

async function onCluster(
  wish: Parameters<typeof startCluster>[0],
  program: Program,
  work: (clinic: Clinic) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster(wish);
  const { user: monitor } = testUsers.monitor;
  const place = await settingsFolder({
    clusters: [
      {
        id: 'orders',
        seeds: [cluster.master.key],
        user: monitor,
        replicationUser: user,
        environment: 'lab',
      },
    ],
  });
  try {
    await cluster.master.sql(
      `GRANT ALL ON *.* TO '${monitor}'@'%' WITH GRANT OPTION`,
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id INT PRIMARY KEY)',
      'INSERT INTO shop.orders VALUES (1)',
    );
    for (const it of cluster.replicas) await it.untilValue('SELECT COUNT(*) FROM shop.orders', '1');
    await work(new Clinic(cluster, program, place));
  } finally {
    await cluster.stop();
    await place.remove();
  }
}
