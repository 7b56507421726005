// What a start finds in healthy clusters while every core is busy, where nothing is wrong: each start a monitor with its
// first rounds, and the command `problems`. `npm run bench:start [-- mariadb|mysql97 --clusters 12 --starts 20 --seconds 12]`
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import { cliFor, membersOf, passwords } from '../support/harness/cli.ts';
import { Monitor } from '../support/harness/monitor.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clusters: { type: 'string', default: '12' },
    starts: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '12' },
  },
});
const server = positionals[0] === 'mysql97' ? 'mysql97' : 'mariadb';
const wanted = Number(values.clusters);
const starts = Number(values.starts);
const watchedMs = Number(values.seconds) * 1000;
const program = join(import.meta.dirname, '../../dist/cli.js');
const inCluster = 5;
/** They say that nothing is known yet, which is so. */
const unknown = new Set(['InstancesNotReached']);
const shown = z.object({
  clusters: z.array(
    z.object({ findings: z.array(z.object({ code: z.string(), says: z.string() })) }),
  ),
});

/** What one start told, by what it is about. */
interface Told {
  readonly false: readonly string[];
  readonly unknown: readonly string[];
}

function told(findings: readonly { readonly code: string; readonly says: string }[]): Told {
  return {
    false: findings.filter((it) => !unknown.has(it.code)).map((it) => `${it.code}: ${it.says}`),
    unknown: findings.filter((it) => unknown.has(it.code)).map((it) => it.says),
  };
}

/** A process for each core that does nothing but take it. */
function spin(): readonly ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  );
}

async function raise(): Promise<readonly TestCluster[]> {
  const raised: TestCluster[] = [];
  try {
    while (raised.length < wanted) {
      raised.push(await startCluster({ server, replicas: inCluster - 1 }));
    }
    return raised;
  } catch (error) {
    await Promise.all(raised.map((it) => it.stop()));
    throw error;
  }
}

function settingsFor(clusters: readonly TestCluster[]): unknown {
  return {
    recoverMasterClusterFilters: ['*'],
    clusters: clusters.map((it, place) => ({
      id: `cluster-${String(place + 1)}`,
      seeds: [it.master.key],
      user: testUsers.monitor.user,
      replicationUser: testUsers.replication.user,
      environment: 'lab',
      ...membersOf(it),
    })),
  };
}

/** The first rounds of a monitor: what it found, did, and whom it took for a master who is none. */
async function startMonitor(
  config: string,
  state: string,
  masters: ReadonlySet<string>,
): Promise<Told & { readonly rounds: number }> {
  const monitor = Monitor.start({ program, config, state });
  await sleep(watchedMs);
  await monitor.end();
  const { events } = monitor;
  const findings = events.flatMap((it) =>
    it.kind === 'finding' && it.state === 'appeared'
      ? [{ code: it.finding.code, says: it.finding.instance ?? 'the cluster' }]
      : [],
  );
  const pictures = events.flatMap((it) => (it.kind === 'topology' ? [it.topology.master] : []));
  const strange = pictures.filter((it) => it !== null && !masters.has(it));
  const { false: wrong, unknown: open } = told(findings);
  const acts = [
    ...strange.map((it) => `master: ${String(it)}`),
    ...monitor.decisions().map((it) => `decision: ${it.decision} ${it.code}`),
    ...monitor.recoveries().map((it) => `recovery: ${it.kind}`),
  ];
  return { false: [...wrong, ...acts], unknown: open, rounds: pictures.length };
}

const clusters = await raise();
const masters = new Set(clusters.map((it) => it.master.key));
const cli = await cliFor(settingsFor(clusters), passwords);
const config = join(cli.folder, 'switchover.json');
const state = await mkdtemp(join(tmpdir(), 'switchover-starts-'));
const spinning = spin();
const sum = { false: 0, unknown: 0 };
try {
  for (let start = 1; start <= starts; start += 1) {
    // Every other start knows the instances of the one before; the rest know nothing.
    const journal = join(state, start % 2 === 0 ? 'kept' : String(start));
    const monitor = await startMonitor(config, journal, masters);
    const once = await cli.run('problems', '--json');
    const problems = shown.safeParse(JSON.parse(once.stdout === '' ? '{}' : once.stdout));
    const asked = problems.success
      ? told(problems.data.clusters.flatMap((it) => it.findings))
      : { false: [`problems: exit ${String(once.code)} ${once.stderr}`], unknown: [] };
    const wrong = [...monitor.false, ...asked.false];
    const open = [...monitor.unknown, ...asked.unknown];
    sum.false += wrong.length;
    sum.unknown += open.length;
    console.log(
      `start ${String(start)}: ${String(monitor.rounds)} pictures, ${String(wrong.length)} false, ${String(open.length)} said as unknown; problems took ${String(once.tookMs)} ms`,
    );
    wrong.forEach((it) => {
      console.log(`  ${it}`);
    });
  }
  console.log(
    `${server}: ${String(clusters.length * inCluster)} servers, ${String(spinning.length)} cores busy, ${String(starts)} starts: ${String(sum.false)} false findings, ${String(sum.unknown)} said as unknown`,
  );
} finally {
  spinning.forEach((it) => it.kill('SIGKILL'));
  await cli.remove();
  await rm(state, { recursive: true, force: true });
  await Promise.all(clusters.map((it) => it.stop()));
}
