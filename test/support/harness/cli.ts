import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { splitKey } from '../../../src/core/model/instance.ts';
import { testUsers, type TestCluster } from '../../servers/test-cluster.ts';

const program = join(import.meta.dirname, '../../../dist/cli.js');
/** No command of the tests takes longer; one that does hangs. */
const boundMs = 60_000;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** The built command with a settings file and a state folder of its own. */
export interface Cli {
  readonly folder: string;
  run(...args: readonly string[]): Promise<CliResult>;
  /** Ends it as a crash would: so many milliseconds after its first step began, or when what was begun then ends. */
  runAndKill(
    moment: number | (() => Promise<unknown>),
    ...args: readonly string[]
  ): Promise<CliResult>;
  /** Parses what `--json` printed. */
  json(...args: readonly string[]): Promise<unknown>;
  remove(): Promise<void>;
}

/** Writes the settings and hands out the command. Passwords go through the environment. */
export async function cliFor(settings: unknown, environment: NodeJS.ProcessEnv = {}): Promise<Cli> {
  if (!existsSync(program)) {
    throw new Error('dist/cli.js is missing: run "npm run build" first.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'switchover-cli-'));
  const config = join(folder, 'switchover.json');
  await writeFile(config, typeof settings === 'string' ? settings : JSON.stringify(settings));
  const run = (...args: readonly string[]): Promise<CliResult> =>
    runProgram([...args, '--config', config, '--state', join(folder, 'state')], environment);
  return {
    folder,
    run,
    runAndKill: (moment, ...args) =>
      runProgram(
        [...args, '--config', config, '--state', join(folder, 'state')],
        environment,
        typeof moment === 'number' ? () => setTimeout(moment) : moment,
      ),
    json: async (...args) => {
      const { stdout, stderr, code } = await run(...args, '--json');
      try {
        return JSON.parse(stdout);
      } catch {
        throw new Error(`No JSON came (exit ${String(code)}): ${stdout}${stderr}`);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Throws with all that was printed unless the command ended with this code. */
export function endedWith(code: number, result: CliResult): void {
  if (result.code !== code) {
    throw new Error(
      `Exit ${String(result.code)}, not ${String(code)}:\n${result.stdout}${result.stderr}`,
    );
  }
}

/** Settings of one test cluster, `orders`, that know a single seed. */
export function settingsOf(
  cluster: TestCluster,
  changes: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    clusters: [
      {
        id: 'orders',
        seeds: [cluster.master.key],
        user: testUsers.monitor.user,
        replicationUser: testUsers.replication.user,
        environment: 'lab',
        ...membersOf(cluster),
        ...changes,
      },
    ],
  };
}

/** Nobody confirms anything in a test: what stands on its servers' hosts belongs to the cluster. */
export function membersOf({ members }: TestCluster): { readonly members: readonly string[] } {
  return { members: [...new Set(members.map((it) => splitKey(it.key).host))] };
}

export const passwords: NodeJS.ProcessEnv = {
  SWITCHOVER_PASSWORD: testUsers.monitor.password,
  SWITCHOVER_REPLICATION_PASSWORD: testUsers.replication.password,
};

function runProgram(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  untilKilled?: () => Promise<unknown>,
): Promise<CliResult> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: boundMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const before = stdout.includes('…');
      stdout += chunk.toString();
      if (untilKilled !== undefined && !before && stdout.includes('…')) {
        untilKilled()
          .then(() => child.kill('SIGKILL'))
          .catch(reject);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr, tookMs: Math.round(performance.now() - startedAt) });
    });
  });
}
