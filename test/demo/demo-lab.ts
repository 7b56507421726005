import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { z } from 'zod';
import { createLab } from '../../src/wiring/lab.ts';
import type { OrdinaryUser } from '../../src/adapters/lab/ordinary-user.ts';
import type { TestMember } from '../servers/test-member.ts';

export const cli = resolve(import.meta.dirname, '../../dist/cli.js');

const labSchema = z.object({
  lab: z.object({ instances: z.array(z.object({ key: z.string(), pid: z.number().nullable() })) }),
});

const topologySchema = z.object({
  clusters: z
    .array(
      z.object({
        master: z.string().nullable(),
        instances: z.array(
          z.object({
            instance: z.string(),
            alive: z.boolean(),
            role: z.string(),
            source: z.string().nullable(),
            findings: z.array(z.string()),
          }),
        ),
        findings: z.array(z.unknown()),
      }),
    )
    .min(1),
});

const recoveriesSchema = z.object({
  recoveries: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      state: z.string(),
      trigger: z.string(),
      actor: z.string(),
      acknowledgement: z.nullable(z.object({ by: z.string(), comment: z.string() })),
    }),
  ),
});

export type SeenRecovery = z.infer<typeof recoveriesSchema>['recoveries'][number];
export type SeenCluster = z.infer<typeof topologySchema>['clusters'][number];

/** A lab cluster that the extension takes for its own: both keep it in the same folder. */
export interface DemoLab {
  /** `host:port` of each instance; the first one is the master at the beginning. */
  readonly keys: readonly string[];
  /** What belongs into `switchover.clusters`; names the files of the passwords. */
  readonly clusters: readonly unknown[];
  /** The cluster as the command line sees it now. */
  look(): Promise<SeenCluster>;
  /** What was done in the cluster, as the command line tells it. */
  recoveries(): Promise<readonly SeenRecovery[]>;
  /** One server as its administrator; for tests that write. */
  server(key: string): Pick<TestMember, 'sql'>;
  /** Ends a server as a crash does. */
  crash(key: string): Promise<void>;
  /** Starts a server that has ended; a former master begins read-only. */
  start(key: string): Promise<void>;
  acknowledge(id: string): Promise<void>;
  down(): Promise<void>;
}

/**
 * Brings up three servers with `switchover lab up`. `folder`: the extension's global storage. `user`: whom the servers run
 * as, where we are root; default: ourselves. It owns `home` then, in which `folder` lies.
 */
export async function raiseDemoLab(
  folder: string,
  as?: { readonly user: OrdinaryUser; readonly home: string },
): Promise<DemoLab> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (as !== undefined) {
    execFileSync('chown', ['-R', `${String(as.user.uid)}:${String(as.user.gid)}`, as.home]);
  }
  const call = (...words: readonly string[]): Promise<string> =>
    callCli([...words, '--state', folder], as);
  const lab = await call('lab', 'up', '--json').catch(async (cause: unknown) => {
    await call('lab', 'down');
    throw cause;
  });
  const config = join(folder, 'lab/switchover.json');
  const { clusters } = z.object({ clusters: z.array(z.unknown()) }).parse(parseFile(config));
  return {
    keys: instancesIn(lab).map(({ key }) => key),
    clusters,
    look: async () => {
      const text = await call('topology', '--json', '--config', config);
      const [cluster] = topologySchema.parse(JSON.parse(text)).clusters;
      if (cluster === undefined) {
        throw new Error('The command line sees no cluster.');
      }
      return cluster;
    },
    recoveries: async () =>
      recoveriesSchema.parse(JSON.parse(await call('recoveries', '--json'))).recoveries,
    server: (key) => ({ sql: (...statements) => asRoot(folder, key, statements) }),
    crash: async (key) => {
      const instance = instancesIn(await call('lab', 'status', '--json')).find(
        (it) => it.key === key,
      );
      if (instance === undefined || instance.pid === null) {
        throw new Error(`The lab runs no ${key}.`);
      }
      process.kill(instance.pid, 'SIGKILL');
    },
    start: async (key) => {
      // The server belongs to whoever starts it.
      if (as === undefined) await createLab(folder).start(key);
      else await call('lab', 'up', '--json');
    },
    acknowledge: async (id) => {
      await call('acknowledge', id, '--comment', 'seen');
    },
    down: async () => {
      await call('lab', 'down');
    },
  };
}

async function asRoot(
  folder: string,
  key: string,
  statements: readonly string[],
): ReturnType<TestMember['sql']> {
  const [host = '', port = ''] = key.split(':');
  const password = readFileSync(join(folder, 'lab/root.password'), 'utf8').trimEnd();
  const connection = await createConnection({ host, port: Number(port), user: 'root', password });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return z.array(z.record(z.string(), z.unknown())).catch([]).parse(rows);
  } finally {
    connection.destroy();
  }
}

function instancesIn(json: string): z.infer<typeof labSchema>['lab']['instances'] {
  return labSchema.parse(JSON.parse(json)).lab.instances;
}

function parseFile(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function callCli(
  words: readonly string[],
  as: { readonly user: OrdinaryUser; readonly home: string } | undefined,
): Promise<string> {
  const how =
    as === undefined
      ? {}
      : { ...as.user, cwd: '/', env: { ...process.env, HOME: as.home, TMPDIR: as.home } };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...words], how);
  return stdout;
}
