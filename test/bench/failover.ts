// How long an application stays without acknowledged rows when the master dies, ends or hangs, and what is lost.
// node test/bench/failover.ts [mariadb|mysql97] [--kills N] [--stops N] [--hangs N] [--semi-sync | --semi-sync-everywhere]
// [--timeline]
import { parseArgs } from 'node:util';
import type { TestMember } from '../servers/test-member.ts';
import type { TestServer } from '../servers/distributions.ts';
import { writtenIds } from '../servers/writers.ts';
import { buildProgram, type Monitor } from '../support/harness/monitor.ts';
import { becomeSource, enableEverywhere, loadSemiSync } from '../support/harness/semi-sync.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';
import { startClient, type BenchClient } from './client.ts';

const kinds = ['kill', 'stop', 'hang'] as const;
type Kind = (typeof kinds)[number];
type SemiSync = 'none' | 'by-role' | 'everywhere';

/** What Orchestrator with its defaults was measured at in the same kind of set-up. */
const orchestrator: Readonly<Record<Kind, string>> = {
  kill: '2.7 to 3.2 s median, 2.0 to 8.0 s',
  stop: '11 s',
  hang: '12 to 16 s with net timeouts tuned to 10 s; 60 s and more without',
};

const titles: Readonly<Record<SemiSync, string>> = {
  none: 'no semi-sync',
  'by-role': 'semi-sync AFTER_SYNC',
  everywhere: 'semi-sync AFTER_SYNC, both roles on every server',
};

const widths = [8, 8, 10, 10, 14, 8, 0];
/** What servers wait for an acknowledgement unless told otherwise. */
const defaultTimeoutMs = 10_000;
const rowsBefore = 200;
const rowsAfter = 50;

interface Round {
  readonly kind: Kind;
  readonly gapMs: number;
  readonly acknowledged: number;
  readonly lost: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '20' },
    stops: { type: 'string', default: '20' },
    hangs: { type: 'string', default: '10' },
    'semi-sync': { type: 'boolean', default: false },
    // Both roles on every server, with the time-out that servers have by themselves.
    'semi-sync-everywhere': { type: 'boolean', default: false },
    // What the monitor said and did in each round, in milliseconds from the fault.
    timeline: { type: 'boolean', default: false },
  },
});
const counts: Readonly<Record<Kind, number>> = {
  kill: Number(values.kills),
  stop: Number(values.stops),
  hang: Number(values.hangs),
};
const servers =
  positionals.length > 0 ? positionals.filter(isServer) : (['mariadb', 'mysql97'] as const);

function isServer(name: string): name is TestServer {
  return name === 'mariadb' || name === 'mysql97';
}

for (const server of servers) {
  await bench(
    server,
    values['semi-sync-everywhere'] ? 'everywhere' : values['semi-sync'] ? 'by-role' : 'none',
  );
}

async function bench(server: TestServer, semiSync: SemiSync): Promise<void> {
  const program = await buildProgram();
  const watched = await WatchedCluster.raise({
    server,
    program,
    settings: { recoveryPeriodBlockSeconds: 0 },
  });
  const rounds: Round[] = [];
  try {
    await forgetTuning(watched);
    if (semiSync !== 'none') await loadSemiSync(watched.cluster);
    await watched.startMonitor();
    for (const kind of kinds) {
      for (let place = 0; place < counts[kind]; place += 1) {
        const round = await oneRound(watched, kind, {
          semiSync,
          firstId: 1 + rounds.length * 1_000_000,
        });
        rounds.push(round);
        say(
          `${server} ${kind} ${String(place + 1)}: ${seconds(round.gapMs)}, lost ${String(round.lost)} of ${String(round.acknowledged)}`,
        );
      }
    }
  } finally {
    await watched.end();
    await program.remove();
    table(`${server}, ${titles[semiSync]}`, rounds);
  }
}

/** Replicas are pointed by the tests with a retry of one second; the servers' own default is sixty. */
async function forgetTuning({ cluster, word, isMariadb }: WatchedCluster): Promise<void> {
  const change = isMariadb
    ? 'CHANGE MASTER TO MASTER_CONNECT_RETRY = 60'
    : 'CHANGE REPLICATION SOURCE TO SOURCE_CONNECT_RETRY = 60';
  for (const replica of cluster.replicas) {
    await replica.sql(`STOP ${word}`, change, `START ${word}`);
  }
}

async function oneRound(
  watched: WatchedCluster,
  kind: Kind,
  { semiSync, firstId }: { readonly semiSync: SemiSync; readonly firstId: number },
): Promise<Round> {
  const master = await watched.untilWhole();
  const { server, members } = watched.cluster;
  if (semiSync !== 'none') {
    await becomeSource(
      server,
      master,
      members.filter((it) => it !== master),
    );
  }
  await untilCalm(watched);
  if (semiSync === 'everywhere') await enableEverywhere(server, members, defaultTimeoutMs);
  const client = startClient({ address: watched.address, firstId });
  await until('rows are written', () => client.acknowledgedCount() >= rowsBefore);
  const timeline = values.timeline ? tellTimeline(watched.monitor) : undefined;
  await inject(master, kind);
  await untilBack(watched, client, master);
  timeline?.();
  const report = await client.stop();
  const successor = await successorOf(watched, master);
  const there = await writtenIds(successor);
  await makeWhole(watched, master, kind);
  return {
    kind,
    gapMs: report.longestGap.ms,
    acknowledged: report.acknowledged.length,
    lost: report.acknowledged.filter((it) => !there.has(it.id)).length,
  };
}

/** Prints each word and step of the monitor as it comes; returns how to stop. */
function tellTimeline(monitor: Monitor): () => void {
  const began = performance.now();
  const tell = (line: string): void => {
    say(`  ${(performance.now() - began).toFixed(0).padStart(6)} ms  ${line}`);
  };
  const endEvents = monitor.onEvent((it) => {
    if (it.kind === 'step') tell(`${it.step.id} ${it.step.state}: ${it.step.says}`);
  });
  const endWords = monitor.onWords(tell);
  return () => {
    endEvents();
    endWords();
  };
}

async function inject(master: TestMember, kind: Kind): Promise<void> {
  if (kind === 'kill') await master.kill9();
  else if (kind === 'stop') void master.stop();
  else await master.hang();
}

/** A new master takes rows. */
async function untilBack(
  watched: WatchedCluster,
  client: BenchClient,
  old: TestMember,
): Promise<void> {
  const led = (): boolean => {
    const target = watched.monitor.target();
    return target !== null && target !== old.key;
  };
  await until('another master is led to', led, 60_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${watched.monitor.told()}`, { cause: error });
  });
  const already = client.acknowledgedCount();
  await until(
    'rows are written again',
    () => client.acknowledgedCount() >= already + rowsAfter,
    60_000,
  );
}

async function successorOf(watched: WatchedCluster, old: TestMember): Promise<TestMember> {
  const target = watched.monitor.target();
  const found = watched.cluster.members.find((it) => it.key === target && it !== old);
  if (found === undefined) {
    throw new Error('No new master.');
  }
  return found;
}

/** Whoever died is started; it rejoins by itself, or where that is refused it is rebuilt. */
async function makeWhole(watched: WatchedCluster, dead: TestMember, kind: Kind): Promise<void> {
  const since = watched.monitor.words.length;
  if (kind === 'hang') await dead.unhang();
  else {
    await until('it has ended', async () => (await dead.pid()) === undefined, 60_000);
    await dead.start();
  }
  const follows = async (): Promise<boolean> => {
    const master = await watched.writable();
    return master !== undefined && (await watched.astray(master)).length === 0;
  };
  await until(
    'it rejoins or is refused',
    async () => (await follows()) || refusedToRejoin(watched, dead, since),
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${watched.monitor.told()}`, { cause: error });
  });
  if (!(await follows())) await watched.rebuildFrom(dead);
  await watched.command('acknowledge', '--all', '--comment', 'measured');
}

/** The monitor says so in its log. */
function refusedToRejoin({ monitor }: WatchedCluster, dead: TestMember, since: number): boolean {
  const words = monitor.words.slice(since);
  return words
    .split('\n')
    .some((it) => it.includes('Held: ') && it.includes(`${dead.key} has nothing that`));
}

async function untilCalm(watched: WatchedCluster): Promise<void> {
  await until(
    'nothing is wrong',
    async () => (await watched.command('problems', 'orders')).code === 0,
    60_000,
  );
}

function table(title: string, rounds: readonly Round[]): void {
  say(`\n${title}`);
  say(
    ['', 'rounds', 'median', 'worst', 'acknowledged', 'lost', 'Orchestrator']
      .map((it, place) => it.padEnd(widths[place] ?? 0))
      .join(''),
  );
  for (const kind of kinds) {
    const of = rounds.filter((it) => it.kind === kind);
    if (of.length > 0) say(lineOf(kind, of));
  }
}

function lineOf(kind: Kind, rounds: readonly Round[]): string {
  const gaps = rounds.map((it) => it.gapMs).toSorted((one, other) => one - other);
  const sum = (of: (round: Round) => number): string =>
    String(rounds.reduce((total, it) => total + of(it), 0));
  const cells = [
    kind,
    String(rounds.length),
    seconds(gaps[Math.floor(gaps.length / 2)] ?? Number.NaN),
    seconds(gaps.at(-1) ?? Number.NaN),
    sum((it) => it.acknowledged),
    sum((it) => it.lost),
    orchestrator[kind],
  ];
  return cells.map((it, place) => it.padEnd(widths[place] ?? 0)).join('');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
