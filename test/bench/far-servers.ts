// What a switchover and a failover cost where the servers are far and near one another, as behind a VPN: how long no
// server took writes, in milliseconds and in round trips, and what was asked one after the other meanwhile; and whether
// anything is found in a cluster that is well. npm run bench:failover -- --round-trip 0,100,250 [mariadb|mysql97]
// [--jitter MS] [--switchovers N] [--kills N] [--quiet SECONDS] [--timeout MS] [--trace]
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { TestServer } from '../servers/distributions.ts';
import { FarWay, type Exchange } from '../servers/far-way.ts';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, type Monitor } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';
import { startClient } from './client.ts';
import { OpenTimes, type Span } from './open-times.ts';

interface Measured {
  readonly what: 'switchover' | 'kill';
  /** Without a server that takes writes; of a kill from the kill on. */
  readonly stopMs: number;
  /** What was asked and answered one after the other in this time, the way of its ends counted as one. */
  readonly turns: number;
  /** Between two rows of a client of the proxy. */
  readonly clientMs: number;
}

interface PlanningContext {
  readonly watched: WatchedCluster;
  readonly ways: readonly FarWay[];
  readonly times: OpenTimes;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'round-trip': { type: 'string', default: '0,100,250' },
    jitter: { type: 'string', default: '0' },
    switchovers: { type: 'string', default: '3' },
    kills: { type: 'string', default: '3' },
    quiet: { type: 'string', default: '20' },
    // Both time-outs of the settings; default: those of the product.
    timeout: { type: 'string' },
    // Prints all that was asked while no server took writes, in the first run of each kind.
    trace: { type: 'boolean', default: false },
  },
});
const server: TestServer = positionals[0] === 'mysql97' ? 'mysql97' : 'mariadb';
const rowsBefore = 20;
const limitMs = 90_000;
/** What the settings wait before they believe a verdict, in milliseconds. */
const confirmMs = 300;

for (const roundTripMs of values['round-trip'].split(',').map(Number)) {
  await measureAt(roundTripMs);
}

async function measureAt(roundTripMs: number): Promise<void> {
  const distance = { roundTripMs, jitterMs: Number(values.jitter) };
  const ways: FarWay[] = [];
  const timeout = values.timeout === undefined ? undefined : Number(values.timeout);
  const program = await buildProgram();
  const watched = await WatchedCluster.raise({
    server,
    program,
    settings: { recoveryPeriodBlockSeconds: 0 },
    clusterSettings: () =>
      timeout === undefined ? {} : { connectTimeoutMs: timeout, queryTimeoutMs: timeout },
    paths: async (port) => {
      const way = await FarWay.before(port, distance);
      ways.push(way);
      return way;
    },
  });
  const times = new OpenTimes(watched.cluster);
  const all: Measured[] = [];
  say(`\n${server}, round trip ${String(roundTripMs)} ms, jitter ${values.jitter} ms`);
  try {
    const monitor = await watched.startMonitor();
    await watched.untilWhole(limitMs);
    await watchQuietly(monitor);
    const context = { watched, ways, times };
    for (let place = 0; place < Number(values.switchovers); place += 1) {
      all.push(tell(await switchover(context, place), roundTripMs));
    }
    for (let place = 0; place < Number(values.kills); place += 1) {
      all.push(tell(await kill(context, place), roundTripMs));
    }
  } finally {
    await times.end();
    await watched.end();
    await program.remove();
  }
  summarise(all, roundTripMs);
}

/** Nothing is wrong: whatever is found is found by mistake. */
async function watchQuietly(monitor: Monitor): Promise<void> {
  const before = monitor.events.length;
  await sleep(Number(values.quiet) * 1000);
  const events = monitor.events.slice(before);
  const found = events.flatMap((it) =>
    it.kind === 'finding' && it.state === 'appeared'
      ? [`${it.finding.code} ${it.finding.instance ?? ''}`]
      : [],
  );
  const acted = events.filter((it) => it.kind === 'decision' || it.kind === 'recovery').length;
  say(
    `  ${values.quiet} s in which nothing is wrong: ${String(found.length)} findings, ${String(acted)} decisions`,
  );
  found.forEach((it) => {
    say(`    ${it}`);
  });
}

async function switchover(
  { watched, ways, times }: PlanningContext,
  place: number,
): Promise<Measured> {
  const master = await watched.untilWhole(limitMs);
  await untilCalm(watched);
  const next = watched.cluster.members.find((it) => it !== master);
  const client = startClient({ address: watched.address, firstId: 1 + place * 1_000_000 });
  await until('rows are written', () => client.acknowledgedCount() >= rowsBefore, limitMs);
  const since = systemClock.monotonic();
  const printed = await watched.command('promote', 'orders', next?.key ?? '');
  if (printed.code !== 0) throw new Error(`The switchover failed.\n${printed.text}`);
  await until('the other takes writes', () => times.longestStop(since) !== undefined, limitMs);
  await watched.untilWhole(limitMs);
  const already = client.acknowledgedCount();
  await until('rows are written again', () => client.acknowledgedCount() > already, limitMs);
  const stop = times.longestStop(since) ?? { from: since, to: since };
  const { longestGap } = await client.stop();
  if (values.trace && place === 0) trace(ways, watched, stop);
  return measured('switchover', stop, { ways, clientMs: longestGap.ms });
}

async function kill({ watched, ways, times }: PlanningContext, place: number): Promise<Measured> {
  const master = await watched.untilWhole(limitMs);
  await untilCalm(watched);
  const client = startClient({ address: watched.address, firstId: 1 + (100 + place) * 1_000_000 });
  await until('rows are written', () => client.acknowledgedCount() >= rowsBefore, limitMs);
  const since = systemClock.monotonic();
  await master.kill9();
  await until('another takes writes', () => times.longestStop(since) !== undefined, limitMs).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${watched.monitor.told()}`, { cause: error });
    },
  );
  const stop = { from: since, to: times.longestStop(since)?.to ?? since };
  const already = client.acknowledgedCount();
  await until('rows are written again', () => client.acknowledgedCount() > already, limitMs);
  const { longestGap } = await client.stop();
  if (values.trace && place === 0) trace(ways, watched, stop);
  await makeWhole(watched, master);
  return measured('kill', stop, { ways, clientMs: longestGap.ms });
}

async function makeWhole(watched: WatchedCluster, dead: TestMember): Promise<void> {
  await until('it has ended', async () => (await dead.pid()) === undefined, limitMs);
  await dead.start();
  await watched.untilWhole(30_000).catch(() => watched.rebuildFrom(dead));
  await watched.command('acknowledge', '--all', '--comment', 'measured');
}

async function untilCalm(watched: WatchedCluster): Promise<void> {
  let last = '';
  const isCalm = async (): Promise<boolean> => {
    const { code, text } = await watched.command('problems', 'orders');
    last = text;
    return code === 0;
  };
  await until('nothing is wrong', isCalm, 60_000, () => Promise.resolve(last));
}

function measured(
  what: Measured['what'],
  stop: Span,
  { ways, clientMs }: { readonly ways: readonly FarWay[]; readonly clientMs: number },
): Measured {
  const within = exchangesIn(ways, stop);
  return { what, stopMs: stop.to - stop.from, turns: 1 + longestChain(within).length, clientMs };
}

/** Those that began and ended in this time, by their begin. */
function exchangesIn(ways: readonly FarWay[], { from, to }: Span): readonly Exchange[] {
  return ways
    .flatMap((it) => it.exchanges)
    .filter(
      ({ askedAt, answeredAt }) => askedAt >= from && answeredAt !== undefined && answeredAt <= to,
    )
    .toSorted((one, other) => one.askedAt - other.askedAt);
}

/** As many as can follow one another: always the one that ends first. */
function longestChain(exchanges: readonly Exchange[]): readonly Exchange[] {
  const byEnd = exchanges.toSorted(
    (one, other) => (one.answeredAt ?? Infinity) - (other.answeredAt ?? Infinity),
  );
  const chain: Exchange[] = [];
  for (const it of byEnd) {
    const last = chain.at(-1)?.answeredAt ?? -Infinity;
    if (it.askedAt >= last) chain.push(it);
  }
  return chain;
}

/** With all that was under way at both ends. Times from the moment that no server took writes. */
function trace(ways: readonly FarWay[], { cluster }: WatchedCluster, { from, to }: Span): void {
  const lines = ways
    .flatMap((way, place) => way.exchanges.map((it) => ({ ...it, place })))
    .filter(({ askedAt, answeredAt = Infinity }) => askedAt <= to && answeredAt >= from)
    .toSorted((one, other) => one.askedAt - other.askedAt)
    .map(({ place, connection, askedAt, answeredAt, says }) => {
      const times = [askedAt - from, (answeredAt ?? Number.NaN) - from].map((it) =>
        it.toFixed(0).padStart(6),
      );
      const member = cluster.members[place]?.serverId ?? 0;
      return `    ${times.join(' ')}  server ${String(member)} #${String(connection).padEnd(3)} ${says.slice(0, 150)}`;
    });
  say(`    0 to ${(to - from).toFixed(0)} ms: no server takes writes`);
  lines.forEach(say);
}

function tell(it: Measured, roundTripMs: number): Measured {
  const trips = roundTripMs === 0 ? '' : `, ${(it.stopMs / roundTripMs).toFixed(1)} round trips`;
  const asked = `${String(it.turns)} turns one after the other`;
  say(
    `  ${it.what}: no server took writes for ${it.stopMs.toFixed(0)} ms${trips}, ${asked}; a client of the proxy waited ${it.clientMs.toFixed(0)} ms`,
  );
  return it;
}

function summarise(all: readonly Measured[], roundTripMs: number): void {
  for (const what of ['switchover', 'kill'] as const) {
    const of = all.filter((it) => it.what === what);
    if (of.length === 0) continue;
    const stop = median(of.map((it) => it.stopMs));
    const beyond =
      what === 'kill'
        ? ` (${((stop - confirmMs) / roundTripMs).toFixed(1)} beyond confirmSeconds)`
        : '';
    const trips =
      roundTripMs === 0 ? '' : ` = ${(stop / roundTripMs).toFixed(1)} round trips${beyond}`;
    say(
      `${server} ${what} at ${String(roundTripMs)} ms: median ${stop.toFixed(0)} ms${trips}, turns ${String(median(of.map((it) => it.turns)))}, client ${median(of.map((it) => it.clientMs)).toFixed(0)} ms`,
    );
  }
}

function median(numbers: readonly number[]): number {
  return (
    numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
