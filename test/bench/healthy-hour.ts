// How much memory and processor a monitor takes while nothing is wrong, and that it finds nothing.
// node test/bench/healthy-hour.ts [mariadb|mysql97] [--minutes N]
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writtenIds } from '../servers/writers.ts';
import { buildProgram, type Monitor } from '../support/harness/monitor.ts';
import { WatchedCluster } from '../support/harness/watched-cluster.ts';
import { startClient } from './client.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '60' } },
});
const server = positionals[0] === 'mysql97' ? 'mysql97' : 'mariadb';
const minutes = Number(values.minutes);
const warmUpMs = 60_000;
/** The kernel counts processor time in hundredths of a second. */
const ticksInSecond = 100;

interface Sample {
  readonly residentMegabytes: number;
  readonly processorSeconds: number;
}

async function sampleOf({ pid }: Monitor): Promise<Sample> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    residentMegabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    processorSeconds: (Number(fields[11]) + Number(fields[12])) / ticksInSecond,
  };
}

function say(what: string, { residentMegabytes, processorSeconds }: Sample): void {
  console.log(
    `${what}: ${residentMegabytes.toFixed(0)} MB resident, ${processorSeconds.toFixed(1)} s of processor`,
  );
}

const program = await buildProgram();
const watched = await WatchedCluster.raise({ server, program });
try {
  const monitor = await watched.startMonitor();
  const master = await watched.untilWhole();
  const client = startClient({ address: watched.address, connections: 2, everyMs: 20 });
  await sleep(warmUpMs);
  const before = monitor.events.length;
  const first = await sampleOf(monitor);
  say('after the first minute', first);
  for (let minute = 1; minute < minutes; minute += 1) {
    await sleep(60_000);
    if (minute % 10 === 0) say(`after ${String(minute + 1)} minutes`, await sampleOf(monitor));
  }
  const last = await sampleOf(monitor);
  const { acknowledged, longestGap } = await client.stop();
  const there = await writtenIds(master);
  const found = monitor.events
    .slice(before)
    .flatMap((it) => (it.kind === 'finding' ? [`${it.state} ${it.finding.code}`] : []));
  const share = (last.processorSeconds - first.processorSeconds) / ((minutes - 1) * 60);
  say(`after ${String(minutes)} minutes`, last);
  console.log(
    `${server}: ${(share * 100).toFixed(2)} % of one core, ${(last.residentMegabytes - first.residentMegabytes).toFixed(0)} MB more; ` +
      `${String(found.length)} findings ${found.join(', ')}; ${String(monitor.recoveries().length)} recoveries; ` +
      `${String(acknowledged.length)} rows, ${String(acknowledged.filter((it) => !there.has(it.id)).length)} lost, longest pause ${longestGap.ms.toFixed(0)} ms`,
  );
} finally {
  await watched.end();
  await program.remove();
}
