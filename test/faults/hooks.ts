import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { splitKey } from '../../src/core/model/instance.ts';
import type { ShownRecovery } from '../support/harness/monitor.ts';
import { until } from '../support/harness/until.ts';
import type { Fault } from './fault.ts';
import type { Scene } from './scene.ts';

const onePollMs = 2_500;
const hookSeconds = 3;
const place = join(import.meta.dirname, '../../out/hooks');

/** Several faults are played at once: the port of the failed master tells whose calls these are. */
function fileOf(scene: Scene, name: string): string {
  return join(place, `${String(scene.master.port)}-${name}`);
}

async function forgetCalls(scene: Scene): Promise<void> {
  await mkdir(place, { recursive: true });
  for (const name of ['a', 'a-second', 'b-before', 'b-hangs', 'b-last', 'c']) {
    await rm(fileOf(scene, name), { force: true });
  }
}

const callSchema = z.object({
  words: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  pid: z.number(),
});
type Call = z.infer<typeof callSchema>;

/** A program that notes how it was called, and then does `after`. */
function hook(name: string, after: string, ...words: readonly string[]): readonly string[] {
  const script = `
    const variables = Object.fromEntries(Object.entries(process.env).filter(([it]) => it.startsWith('ORC_')));
    const secrets = Object.keys(process.env).filter((it) => /PASSWORD/.test(it));
    const line = JSON.stringify({ words: process.argv.slice(1), variables, secrets, pid: process.pid });
    const file = ${JSON.stringify(join(place, 'PORT-'))}.replace('PORT', variables.ORC_FAILED_PORT) + ${JSON.stringify(name)};
    require('node:fs').appendFileSync(file, line + '\\n');
    ${after}`;
  return [execPath, '-e', script, ...words];
}

async function callsOf(scene: Scene, name: string): Promise<readonly Call[]> {
  const text = await readFile(fileOf(scene, name), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((it) => it !== '')
    .map((it) => callSchema.parse(JSON.parse(it)));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function demand(holds: boolean, what: string, scene: Scene): void {
  if (!holds) throw new Error(`${what}\n${scene.monitor.told()}`);
}

/** The newest failover that ended in this way. */
async function endedAs(scene: Scene, state: string): Promise<ShownRecovery> {
  const found = (): ShownRecovery | undefined =>
    scene.failovers().findLast((it) => it.state === state);
  await until(`a failover ends as ${state}`, () => found() !== undefined, 60_000).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${scene.monitor.told()}`, { cause: error });
    },
  );
  return found() ?? Promise.reject(new Error('It is gone.'));
}

/** What the programs after a failover must have been told of it. */
function expectedWords(scene: Scene, recovery: ShownRecovery): readonly string[] {
  const failed = splitKey(scene.master.key);
  const next = splitKey(recovery.newMaster);
  const replicas = scene.watched.cluster.replicas.map((it) => it.key).toSorted();
  return [
    `DeadMaster ${failed.host}:${String(failed.port)} of orders/orders`,
    `${next.host}:${String(next.port)} ${recovery.newMaster}`,
    `${String(replicas.length)} ${replicas.join(',')} lost= 0`,
    `true false true ${recovery.id} ${hostname()}`,
  ];
}

const templates = [
  '{failureType} {failedHost}:{failedPort} of {failureCluster}/{failureClusterAlias}',
  '{successorHost}:{successorPort} {successorAlias}',
  '{countReplicas} {replicaHosts} lost={lostReplicas} {countLostReplicas}',
  '{isSuccessful} {isDowntimed} {autoMasterRecovery} {recoveryUID} {orchestratorHost}',
] as const;

export const hooks: readonly Fault[] = [
  {
    id: 'F65a',
    says: 'a program before the failover exits with 1',
    expected: 'refuse',
    wish: {
      settings: {
        preFailoverProcesses: [
          hook('a', 'console.error("not on a Friday"); process.exit(1)', '{failedHost}'),
          hook('a-second', ''),
        ],
      },
    },
    prepare: forgetCalls,
    play: async (scene) => {
      await scene.master.kill9();
      const { problems, openedAt } = await endedAs(scene, 'undone');
      demand(openedAt === null, 'Somebody was opened.', scene);
      demand(/ended with 1 and said: not on a Friday/.test(problems.join()), 'No reason.', scene);
      await sleep(4_000);
      const calls = await callsOf(scene, 'a');
      demand(
        calls.every((it) => it.words[0] === '127.0.0.1'),
        'The host was not filled.',
        scene,
      );
      demand(calls.length < 6, `It was run ${String(calls.length)} times in 4 s.`, scene);
      demand((await callsOf(scene, 'a-second')).length === 0, 'The second program ran.', scene);
      demand(
        scene.monitor.events.every((it) => it.kind !== 'step' || !it.step.says.startsWith('Stop ')),
        'Something was changed.',
        scene,
      );
      await scene.master.start();
    },
  },
  {
    id: 'F65b',
    says: 'a program after the failover hangs',
    expected: 'fail-over',
    exposedMs: onePollMs,
    wish: {
      settings: {
        hookTimeoutSeconds: hookSeconds,
        preFailoverProcesses: [hook('b-before', 'console.log("go on")', '{isSuccessful}')],
        postFailoverProcesses: [
          hook('b-hangs', 'setInterval(() => 0, 1000)'),
          hook('b-last', '', ...templates),
        ],
      },
    },
    prepare: forgetCalls,
    play: async (scene) => {
      await scene.master.kill9();
      await scene.writesGoOn();
      const recovery = await endedAs(scene, 'partial');
      const problems = recovery.problems.join();
      demand(/did not end within 3 s and was killed/.test(problems), problems, scene);
      const [before] = await callsOf(scene, 'b-before');
      demand(before?.words[0] === 'false', 'The program before was not told that.', scene);
      const [hung] = await callsOf(scene, 'b-hangs');
      demand(hung !== undefined, 'It was never run.', scene);
      await until('what hung is gone', () => hung !== undefined && !lives(hung.pid), 2_000);
      const [last] = await callsOf(scene, 'b-last');
      const expected = expectedWords(scene, recovery);
      demand(
        JSON.stringify(last?.words) === JSON.stringify(expected),
        `${JSON.stringify(last?.words)} instead of ${JSON.stringify(expected)}`,
        scene,
      );
      demand(last?.secrets.length === 0, `It knows ${String(last?.secrets)}.`, scene);
      demand(last?.variables['ORC_RECOVERY_UID'] === recovery.id, 'No variables.', scene);
      await scene.comesBack(scene.master);
    },
  },
  {
    id: 'F65c',
    says: 'a program before the failover hangs',
    expected: 'refuse',
    wish: {
      settings: {
        hookTimeoutSeconds: hookSeconds,
        preFailoverProcesses: [hook('c', 'setInterval(() => 0, 1000)')],
      },
    },
    prepare: forgetCalls,
    play: async (scene) => {
      await scene.master.kill9();
      const { problems } = await endedAs(scene, 'undone');
      demand(/did not end within 3 s and was killed/.test(problems.join()), 'No reason.', scene);
      const [hung] = await callsOf(scene, 'c');
      demand(hung !== undefined, 'It was never run.', scene);
      await until('what hung is gone', () => hung !== undefined && !lives(hung.pid), 2_000);
      await scene.master.start();
    },
  },
];
