import type { HeldLock } from '../../../src/core/model/lock-answer.ts';
import type { CheckReport } from '../../../src/core/model/doctor.ts';
import type { ClusterBackend, ClusterState, RunResult } from '../../../src/core/backend.ts';
import type { Phrase } from '../../../src/core/model/phrase.ts';
import type { Decision, Plan, PossibleSource, Wish } from '../../../src/core/model/plan.ts';
import type { Recovery } from '../../../src/core/model/recovery.ts';
import { reportOf } from '../../../src/core/record/report.ts';
import type { Journal, LabControl, Parts } from '../../../src/cli/engine-type.ts';
import type { Io } from '../../../src/cli/io.ts';
import { runCli } from '../../../src/cli/run-cli.ts';

/** What one call of the command line gave. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly cwd: string;
  /** Absent: `cwd`. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly parts?: Parts;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Calls the command in this process, with a home of its own. */
export async function call(words: readonly string[], options: CallOptions): Promise<Ended> {
  let out = '';
  let err = '';
  const terminal = options.terminal ?? false;
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    terminal: { out: terminal, err: terminal },
    env: options.env ?? {},
    cwd: options.cwd,
    home: options.home ?? options.cwd,
    platform: 'linux',
    actor: 'me@here (1)',
    now: () => 1_700_000_000_000,
    signal: options.signal ?? new AbortController().signal,
    parts: () =>
      options.parts ? Promise.resolve(options.parts) : Promise.reject(new Error('no engine')),
  };
  const code = await runCli(words, io);
  return { code, out, err };
}

/** A cluster whose state, decision and run are given; it keeps what was asked of it. */
export class GivenCluster implements ClusterBackend {
  readonly cluster: string;
  readonly wishes: Wish[] = [];
  readonly ran: Plan[] = [];
  decision: Decision | undefined;
  report: CheckReport | undefined;
  held: readonly HeldLock[] = [];
  /** Told one after the other while a plan runs; the last is the result. */
  steps: readonly Recovery[] = [];
  refused: readonly Phrase[] = [];
  readonly #states: readonly ClusterState[];
  readonly #listeners = new Set<(state: ClusterState) => void>();

  /** `states`: what `watch` sees, one after the other; the last is the current one. */
  constructor(cluster: string, ...states: readonly ClusterState[]) {
    this.cluster = cluster;
    this.#states = states;
  }

  current(): ClusterState | undefined {
    return this.#states.at(-1);
  }

  onState(listener: (state: ClusterState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  refresh(): Promise<ClusterState> {
    const state = this.current();
    return state ? Promise.resolve(state) : Promise.reject(new Error('no state was given'));
  }

  plan(wish: Wish): Promise<Decision> {
    this.wishes.push(wish);
    return this.decision
      ? Promise.resolve(this.decision)
      : Promise.reject(new Error('no decision was given'));
  }

  sources(): Promise<readonly PossibleSource[]> {
    return Promise.resolve([]);
  }

  locks(): Promise<readonly HeldLock[]> {
    return Promise.resolve(this.held);
  }

  checkUp(): Promise<CheckReport> {
    return Promise.resolve(this.report ?? { cluster: this.cluster, at: 0, items: [], unasked: [] });
  }

  async run(plan: Plan): Promise<RunResult> {
    this.ran.push(plan);
    const state = await this.refresh();
    for (const running of this.steps) this.#tell({ ...state, running });
    const recovery = this.steps.at(-1);
    return recovery
      ? { kind: 'ran', recovery }
      : { kind: 'refused', because: this.refused, instead: [] };
  }

  watch(): Promise<void> {
    for (const state of this.#states) this.#tell(state);
    return Promise.resolve();
  }

  close(): void {
    this.#listeners.clear();
  }

  #tell(state: ClusterState): void {
    for (const listener of this.#listeners) listener(state);
  }
}

/** Parts whose engine holds these clusters, as far as the settings name them. */
export function partsOf(
  clusters: readonly ClusterBackend[],
  store?: Journal,
  lab?: LabControl,
): Parts {
  return {
    createEngine: ({ settings }) => ({
      clusters: new Map(
        clusters
          .filter((it) => settings.clusters.some((asked) => asked.id === it.cluster))
          .map((it) => [it.cluster, it]),
      ),
      store,
      storeProblem: store ? undefined : 'The journal cannot be opened.',
      close: () => undefined,
    }),
    createPasswords: () => () => Promise.resolve(undefined),
    reportOf,
    createAccess: () => {
      throw new Error('no access was given');
    },
    createLab: () => lab ?? emptyLab,
  };
}

const emptyLab: LabControl = {
  up: () => Promise.reject(new Error('no lab was given')),
  down: () => Promise.resolve(false),
  status: () => Promise.resolve(undefined),
};
