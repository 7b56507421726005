import * as vscode from 'vscode';
import type { Engine } from '../../wiring/engine.ts';
import type { ContainerControl } from '../../wiring/containers.ts';
import { matchesCluster } from '../../core/model/cluster-filter.ts';
import type { ClusterBackend, ClusterState } from '../../core/backend.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Recovery } from '../../core/model/recovery.ts';
import type { ClusterSettings, PasswordSource, Settings } from '../../config/settings.ts';
import type { SshQuestions } from '../../config/ssh-questions.ts';
import { remarked } from './remarked-backend.ts';
import { WatchTurn } from '../monitor/watch-turn.ts';
import type { Log } from '../ui/window.ts';

/** One cluster with its settings and whoever watches it. */
export interface WatchedCluster {
  readonly settings: ClusterSettings;
  readonly backend: ClusterBackend;
  /** The settings ask for automatic failover here; a person may have switched it off nevertheless. */
  readonly automated: boolean;
}

export interface WatchContext {
  readonly stateDir: string;
  readonly passwords: PasswordSource;
  readonly log: Log;
  /** Who answers what SSH hosts ask, for one watch. */
  readonly ssh: () => SshQuestions;
  /** What is found beside the engine's own findings: in the settings, and about who watches. */
  readonly remarks: (cluster: string, state: ClusterState) => readonly Finding[];
  /** Whether this window keeps the watch itself, or only looks on. Asked anew at every reconsideration. */
  readonly keeps: (watched: WatchedCluster) => boolean;
}

interface Life {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly clusters: readonly WatchedCluster[];
  readonly turns: ReadonlyMap<WatchedCluster, WatchTurn>;
  /** How to stop listening. */
  readonly stops: readonly (() => void)[];
}

/** Watches the clusters of the settings from the first start until it is disposed; new settings start it anew. */
export class ClusterWatch implements vscode.Disposable {
  readonly #context: WatchContext;
  readonly #changed = new vscode.EventEmitter<void>();
  /** After every round, every step, and every new start. */
  readonly onChange = this.#changed.event;
  readonly #runs = new Set<Promise<unknown>>();
  #life: Life | undefined;
  #turn: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(context: WatchContext) {
    this.#context = context;
  }

  get clusters(): readonly WatchedCluster[] {
    return this.#life?.clusters ?? [];
  }

  /** Undefined before the first start, and where no cluster is named. */
  get settings(): Settings | undefined {
    return this.#life?.settings;
  }

  get store(): Engine['store'] {
    return this.#life?.engine.store;
  }

  /** Why nothing can be recorded; undefined when all is well. */
  get storeProblem(): string | undefined {
    return this.#life?.engine.storeProblem;
  }

  /** What may be done with the containers of a cluster. */
  containersOf(id: string): ContainerControl | undefined {
    return this.#life?.engine.containers.get(id);
  }

  cluster(id: string): WatchedCluster | undefined {
    return this.clusters.find((it) => it.settings.id === id);
  }

  stateOf(id: string): ClusterState | undefined {
    return this.cluster(id)?.backend.current();
  }

  recoveries(): readonly Recovery[] {
    return this.clusters.flatMap((it) => it.backend.current()?.recoveries ?? []);
  }

  /** Settles when the start that was last asked for is over. */
  async ready(): Promise<void> {
    await this.#turn;
  }

  /** Ends what runs and begins with these settings, one start after the other, never in the middle of a plan. */
  async restart(settings: Settings): Promise<void> {
    const next = this.#startAfter(this.#turn, settings);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Asks again who keeps the watch: a background monitor may have begun, or ended. */
  reconsider(): void {
    const { keeps } = this.#context;
    this.#life?.turns.forEach((turn, watched) => {
      turn.watch(keeps(watched));
    });
  }

  /** Keeps the engine alive until the run has ended. */
  async during<Result>(run: Promise<Result>): Promise<Result> {
    this.#runs.add(run);
    try {
      return await run;
    } finally {
      this.#runs.delete(run);
    }
  }

  dispose(): void {
    this.#disposed = true;
    void this.#end();
    this.#changed.dispose();
  }

  async #startAfter(turn: Promise<void>, settings: Settings): Promise<void> {
    await turn;
    await Promise.allSettled(this.#runs);
    await this.#end();
    if (!this.#disposed && settings.clusters.length > 0) await this.#begin(settings);
    this.#changed.fire();
  }

  async #begin(settings: Settings): Promise<void> {
    const { stateDir, passwords, log, ssh } = this.#context;
    const { createEngine } = await import('../../wiring/engine.ts');
    const engine = createEngine({
      settings,
      passwords,
      ssh: ssh(),
      stateDir,
      log: (level, line) => log[level](line),
    });
    const clusters = settings.clusters.flatMap((cluster): readonly WatchedCluster[] => {
      const own = engine.clusters.get(cluster.id);
      const remarks = (state: ClusterState): readonly Finding[] =>
        this.#context.remarks(cluster.id, state);
      const backend = own && remarked(own, remarks);
      const named = matchesCluster(cluster.id, settings.recoverMasterClusterFilters);
      const automated = named && cluster.mode === 'manage';
      return backend === undefined ? [] : [{ settings: cluster, backend, automated }];
    });
    const tell = (line: string): void => log.error(line);
    const turns = new Map(clusters.map((it) => [it, new WatchTurn(it.backend, tell)] as const));
    const stops = clusters.map((it) => it.backend.onState(() => this.#changed.fire()));
    this.#life = { engine, settings, clusters, turns, stops };
    this.reconsider();
  }

  /** A recovery that the watch has begun comes to its end, or is taken back, before the engine closes. */
  async #end(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    life?.stops.forEach((stop) => {
      stop();
    });
    await Promise.all([...(life?.turns.values() ?? [])].map((it) => it.end()));
    life?.engine.close();
  }
}

/** What went wrong, for a log or a message. Errors of ours hold no secret. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
