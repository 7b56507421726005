import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Plugin } from 'esbuild';
import { z } from 'zod';
import { testUsers } from '../../servers/test-cluster.ts';
import { until } from './until.ts';

export const recoverySchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  trigger: z.string(),
  actor: z.string(),
  subject: z.string(),
  oldMaster: z.string().nullable(),
  newMaster: z.string(),
  openedAt: z.number().nullable(),
  problems: z.array(z.string()),
  checks: z.array(z.looseObject({ says: z.string(), measured: z.string() })),
  effects: z.looseObject({ mayLose: z.array(z.string()) }),
});
const decisionSchema = z.looseObject({
  code: z.string(),
  decision: z.enum(['acted', 'held']),
  evidence: z.array(z.string()),
  because: z.array(z.string()),
});
const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('topology'),
    topology: z.looseObject({ master: z.string().nullable() }),
  }),
  z.object({
    kind: z.literal('finding'),
    state: z.string(),
    finding: z.looseObject({ code: z.string(), instance: z.string().nullable() }),
  }),
  z.object({ kind: z.literal('decision'), decision: decisionSchema }),
  z.object({
    kind: z.literal('step'),
    recovery: z.string(),
    step: z.looseObject({ id: z.string(), on: z.string(), says: z.string(), state: z.string() }),
  }),
  z.object({ kind: z.literal('recovery'), recovery: recoverySchema }),
  z.object({
    kind: z.literal('proxy'),
    proxy: z.looseObject({ state: z.string(), target: z.string().nullable() }),
  }),
  z.object({
    kind: z.literal('lease'),
    controller: z.object({ holder: z.string(), us: z.boolean() }).nullable(),
    armed: z.boolean(),
  }),
]);

export type MonitorEvent = z.infer<typeof eventSchema>;
export type ShownRecovery = z.infer<typeof recoverySchema>;
export type ShownDecision = z.infer<typeof decisionSchema>;

/** A piece of a source file that is replaced when the command is built, once. */
export interface Change {
  /** The end of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The command, built from the sources as they are now, into a folder of its own; with `change`, damaged on purpose. */
export interface Program {
  readonly path: string;
  remove(): Promise<void>;
}

export async function buildProgram(...changes: readonly Change[]): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-program-'));
  const path = join(folder, 'cli.js');
  const found = new Set<Change>();
  await build({
    entryPoints: [join(import.meta.dirname, '../../../src/cli/main.ts')],
    outfile: path,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22.13',
    mainFields: ['module', 'main'],
    external: ['cpu-features', '*.node'],
    logLevel: 'error',
    plugins: [damaging(changes, found)],
  });
  const missing = changes.find((it) => !found.has(it));
  if (missing !== undefined) {
    throw new Error(`${missing.file} does not hold, exactly once: ${missing.from}`);
  }
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Replaces pieces of source files while they are bundled; `found`: those that were there. */
export function damaging(changes: readonly Change[], found: Set<Change>): Plugin {
  return {
    name: 'damage-on-purpose',
    setup(it) {
      it.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const mine = changes.filter((change) => path.endsWith(change.file));
        if (mine.length === 0) {
          return undefined;
        }
        let contents = await readFile(path, 'utf8');
        for (const change of mine) {
          const [before = '', after, more] = contents.split(change.from);
          if (after !== undefined && more === undefined) {
            found.add(change);
            contents = `${before}${change.to}${after}`;
          }
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

export interface MonitorPlace {
  readonly program: string;
  readonly config: string;
  readonly state: string;
  /** Goes before the command: where it runs. */
  readonly within?: readonly string[];
}

/** `switchover monitor --json` as a process of its own. */
export class Monitor {
  readonly events: MonitorEvent[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #listeners = new Set<(event: MonitorEvent) => void>();
  readonly #readers = new Set<(line: string) => void>();
  #words = '';

  /** Starts it; does not wait. */
  static start(place: MonitorPlace): Monitor {
    return new Monitor(place);
  }

  constructor({ program, config, state, within = [] }: MonitorPlace) {
    const words = ['monitor', '--json', '--verbose', '--config', config, '--state', state];
    const [first = '', ...rest] = [...within, process.execPath, program, ...words];
    const child = spawn(first, rest, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...passwords },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#ended = new Promise((resolve) =>
      child.once('close', () => {
        resolve();
      }),
    );
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = eventSchema.parse(JSON.parse(line));
      this.events.push(event);
      this.#listeners.forEach((it) => {
        it(event);
      });
    });
    child.stderr.on('data', (piece: Buffer) => {
      const said = piece.toString();
      this.#words += said;
      const lines = said.split('\n').filter((it) => it !== '');
      this.#readers.forEach((reader) => {
        lines.forEach(reader);
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Hears every event from now on, at once; returns how to stop listening. */
  onEvent(listener: (event: MonitorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears every line for people from now on; returns how to stop listening. */
  onWords(reader: (line: string) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** What it told people. */
  get words(): string {
    return this.#words;
  }

  get runs(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Newest last. */
  recoveries(): readonly ShownRecovery[] {
    const newest = new Map(
      this.events.flatMap((it) => (it.kind === 'recovery' ? [[it.recovery.id, it.recovery]] : [])),
    );
    return [...newest.values()];
  }

  decisions(): readonly ShownDecision[] {
    return this.events.flatMap((it) => (it.kind === 'decision' ? [it.decision] : []));
  }

  /** Whom the embedded proxy leads to. */
  target(): string | null {
    const [newest] = this.events
      .toReversed()
      .flatMap((it) => (it.kind === 'proxy' ? [it.proxy] : []));
    return newest?.state === 'leading' ? newest.target : null;
  }

  /** Waits for an event; throws with what the monitor told when it does not come. */
  async sees(
    what: string,
    holds: (event: MonitorEvent) => boolean,
    deadlineMs = 30_000,
  ): Promise<void> {
    await until(what, () => this.events.some(holds), deadlineMs).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.told()}`, { cause: error });
    });
  }

  /** The decisions, recoveries and words so far, for a message. */
  told(): string {
    return [
      ...this.decisions().map((it) => `${it.decision} ${it.code}: ${it.because.join(' ')}`),
      ...this.recoveries().map((it) => `${it.kind} ${it.state}: ${it.problems.join(' ')}`),
      this.#words.slice(-3_000),
    ].join('\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Ends it, cleanly unless told otherwise, and waits. */
  async end(how: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#process.kill('SIGCONT');
    this.#process.kill(how);
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), 15_000);
    await this.#ended;
    clearTimeout(patience);
  }
}

const passwords: NodeJS.ProcessEnv = {
  SWITCHOVER_PASSWORD: testUsers.monitor.password,
  SWITCHOVER_REPLICATION_PASSWORD: testUsers.replication.password,
};

/** Writes settings and hands out a folder for them and the state. */
export async function settingsFolder(
  settings: unknown,
): Promise<{ readonly config: string; readonly state: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-monitor-'));
  const config = join(folder, 'switchover.json');
  await writeFile(config, JSON.stringify(settings));
  return {
    config,
    state: join(folder, 'state'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
