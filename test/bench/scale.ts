// What one monitor needs that watches many servers: CPU, memory, its longest stall, and how long a server waited for its
// next look. Simulated servers are other processes that speak the protocol and say what two real ones said; `--real N`
// takes N real clusters of five instead.
// npm run bench:scale [-- mariadb|mysql97 --instances 300,1000 --size 10 --tls --seconds 30 --profile | --real 12]
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { makeCertificates } from '../servers/certificates.ts';
import type { TestServer } from '../servers/distributions.ts';
import { startCluster, testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';
import { buildProgram, Monitor, settingsFolder } from '../support/harness/monitor.ts';
import { tellProfile } from './profile.ts';
import type { Person } from './simulated/likeness.ts';
import type { Looks, Wish } from './simulated/servers.ts';

/** Servers that a monitor watches. */
interface Field {
  /** Of each cluster, the master's first. */
  readonly clusters: readonly (readonly number[])[];
  looks(): Promise<Looks>;
  end(): Promise<void>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instances: { type: 'string', default: '100,300,1000' },
    size: { type: 'string', default: '10' },
    tls: { type: 'boolean', default: false },
    warm: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
    // Prints where the monitor's CPU went.
    profile: { type: 'boolean', default: false },
    real: { type: 'string' },
  },
});
const server: TestServer = positionals[0] === 'mysql97' ? 'mysql97' : 'mariadb';
const [warmSeconds, seconds] = [Number(values.warm), Number(values.seconds)];
const meter = join(import.meta.dirname, 'meter.mjs');
const line = z.object({
  at: z.number(),
  cpuMs: z.number(),
  residentMb: z.number(),
  stallMs: z.number(),
  collectedMs: z.number(),
});

const looksSchema = z.object({ looks: z.number(), longestWaitMs: z.number(), cpuMs: z.number() });
/** So that one process of simulated servers is not what a monitor waits for. */
const clustersOfProcess = 25;

if (values.real === undefined) {
  for (const instances of values.instances.split(',').map(Number)) {
    await measure(await simulated(instances), `${String(instances)} simulated`);
  }
} else {
  await measure(await real(Number(values.real)), 'real');
}

async function measure(field: Field, what: string): Promise<void> {
  const program = await buildProgram();
  const place = await settingsFolder(settingsFor(field));
  const file = join(place.config, '../meter.jsonl');
  const profiled = values.profile ? `${String(warmSeconds)}-${String(warmSeconds + seconds)}` : '';
  const within = [
    'env',
    `NODE_OPTIONS=--import=${meter}`,
    `SWITCHOVER_METER_FILE=${file}`,
    `SWITCHOVER_METER_PROFILE=${profiled}`,
  ];
  const monitor = Monitor.start({ program: program.path, ...place, within });
  try {
    await sleep(warmSeconds * 1_000);
    await field.looks();
    const from = monitor.events.length;
    await sleep(seconds * 1_000);
    const { looks, longestWaitMs, cpuMs: answeringMs } = await field.looks();
    if (values.profile) await sleep(3_000);
    const count = field.clusters.flat().length;
    const all = (await readFile(file, 'utf8')).trim().split('\n');
    const lines = all
      .map((it) => line.parse(JSON.parse(it)))
      .filter(({ at }) => at >= warmSeconds * 1_000 && at <= (warmSeconds + seconds) * 1_000);
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) throw new Error(`No meter.\n${monitor.told()}`);
    const cpuMs = last.cpuMs - first.cpuMs;
    const share = cpuMs / (last.at - first.at);
    const perProbe = (share * seconds * 1_000) / looks;
    const found = monitor.events.flatMap((it, index) =>
      it.kind === 'finding' && it.state === 'appeared'
        ? [`${it.finding.code}${index < from ? ' (at the start)' : ''}`]
        : [],
    );
    const pictures = new Set(
      monitor.events.flatMap((it) => (it.kind === 'topology' ? [it.topology.master] : [])),
    );
    pictures.delete(null);
    console.log(
      [
        `${server}, ${what}: ${String(count)} instances in ${String(field.clusters.length)} clusters${values.tls ? ', TLS' : ''}`,
        `  CPU ${(share * 100).toFixed(0)} % of a core, ${perProbe.toFixed(2)} ms a probe (${(looks / seconds).toFixed(0)} probes a second); collecting garbage ${((last.collectedMs - first.collectedMs) / seconds / 10).toFixed(1)} %`,
        `  resident ${Math.max(...lines.map((it) => it.residentMb)).toFixed(0)} MB; longest stall ${Math.max(...lines.map((it) => it.stallMs)).toFixed(0)} ms; longest from look to look ${longestWaitMs.toFixed(0)} ms`,
        `  ${String(pictures.size)} masters known; the simulated servers took ${answeringMs === undefined ? '?' : (answeringMs / seconds / 10).toFixed(0)} % of a core; findings: ${[...new Set(found)].join(', ') || 'none'}`,
      ].join('\n'),
    );
    if (values.profile) await tellProfile(`${file}.cpuprofile`, program.path);
  } finally {
    await monitor.end();
    await field.end();
    await place.remove();
    await program.remove();
  }
}

function settingsFor({ clusters }: Field): unknown {
  return {
    recoverMasterClusterFilters: ['*'],
    clusters: clusters.map(([master = 0], place) => ({
      id: `cluster-${String(place + 1)}`,
      seeds: [`127.0.0.1:${String(master)}`],
      user: testUsers.monitor.user,
      replicationUser: testUsers.replication.user,
      environment: 'lab',
      members: ['127.0.0.1'],
    })),
  };
}

async function simulated(instances: number): Promise<Field> {
  const twins = await startCluster({ server, replicas: 1, rights: 'least' });
  const folder = await mkdtemp(join(tmpdir(), 'switchover-scale-'));
  const size = Number(values.size);
  const wanted = Math.round(instances / size);
  const children = Array.from({ length: Math.ceil(wanted / clustersOfProcess) }, () =>
    fork(join(import.meta.dirname, 'simulated/servers.ts')),
  );
  const end = async (): Promise<void> => {
    await Promise.all(
      children.map(async (it) => {
        const ended = once(it, 'exit');
        it.disconnect();
        await ended;
      }),
    );
    await twins.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [replica = twins.master] = twins.replicas;
    const wish: Omit<Wish, 'firstId' | 'clusters'> = {
      twins: { master: await personOf(twins.master), replica: await personOf(replica) },
      version: (await twins.master.value('SELECT @@version')) ?? '',
      size,
      tls: values.tls ? await keysIn(folder) : undefined,
    };
    const ports = await Promise.all(
      children.map((it, place) => {
        const before = place * clustersOfProcess;
        const clusters = Math.min(clustersOfProcess, wanted - before);
        return told(it, { ...wish, clusters, firstId: 1_000 + before * size });
      }),
    );
    const clusters = ports.flatMap((it) => z.array(z.array(z.number())).parse(it));
    return { clusters, looks: () => looksAt(children), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function looksAt(children: readonly ChildProcess[]): Promise<Looks> {
  const all = z
    .array(looksSchema)
    .parse(await Promise.all(children.map((it) => told(it, 'report'))));
  return {
    looks: all.reduce((sum, it) => sum + it.looks, 0),
    longestWaitMs: Math.max(...all.map((it) => it.longestWaitMs)),
    cpuMs: all.reduce((sum, it) => sum + it.cpuMs, 0),
  };
}

async function told(child: ChildProcess, message: Wish | 'report'): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(message);
  return (await answer)[0];
}

async function personOf(member: TestMember): Promise<Person> {
  const isMysql = server === 'mysql97';
  const uuid = isMysql ? ((await member.value('SELECT @@server_uuid')) ?? undefined) : undefined;
  return { port: member.port, serverId: member.serverId, uuid };
}

async function keysIn(folder: string): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, key } = await makeCertificates(folder);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

/** A real server tells itself how often its variables were shown, and not when. */
async function real(wanted: number): Promise<Field> {
  const clusters: TestCluster[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(clusters.map((it) => it.stop()));
  };
  const shown = async (): Promise<number> => {
    const table =
      server === 'mysql97'
        ? 'performance_schema.global_status'
        : 'information_schema.GLOBAL_STATUS';
    const asked = `SELECT VARIABLE_VALUE FROM ${table} WHERE VARIABLE_NAME = 'Com_show_variables'`;
    const all = await Promise.all(
      clusters.flatMap(({ members }) => members.map((it) => it.value(asked))),
    );
    return all.reduce((sum, it) => sum + Number(it), 0);
  };
  try {
    while (clusters.length < wanted) {
      clusters.push(await startCluster({ server, replicas: 4, rights: 'least', tls: values.tls }));
    }
  } catch (error) {
    await end();
    throw error;
  }
  let before = await shown();
  return {
    clusters: clusters.map(({ members }) => members.map(({ port }) => port)),
    looks: async () => {
      const now = await shown();
      const looks = now - before;
      before = now;
      return { looks, longestWaitMs: Number.NaN, cpuMs: undefined };
    },
    end,
  };
}
