import * as vscode from 'vscode';
import type { Engine } from '../compose.ts';
import type { ClusterBackend, ClusterState } from '../core/backend.ts';
import type { Recovery } from '../core/model/recovery.ts';
import type { ClusterSettings, PasswordSource, Settings } from '../config/settings.ts';

/** One cluster with its settings and whoever watches it. */
export interface WatchedCluster {
  readonly settings: ClusterSettings;
  readonly backend: ClusterBackend;
}

export interface WatchGround {
  readonly stateDir: string;
  readonly passwords: PasswordSource;
  readonly log: vscode.LogOutputChannel;
}

interface Life {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly end: AbortController;
}

/** Watches the clusters of the settings from the first start until it is disposed; new settings start it anew. */
export class ClusterWatch implements vscode.Disposable {
  readonly #ground: WatchGround;
  readonly #changed = new vscode.EventEmitter<void>();
  /** After every round, every step, and every new start. */
  readonly onChange = this.#changed.event;
  readonly #runs = new Set<Promise<unknown>>();
  #life: Life | undefined;
  #turn: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(ground: WatchGround) {
    this.#ground = ground;
  }

  get clusters(): readonly WatchedCluster[] {
    return (this.#life?.settings.clusters ?? []).flatMap((settings) => {
      const backend = this.#life?.engine.clusters.get(settings.id);
      return backend === undefined ? [] : [{ settings, backend }];
    });
  }

  /** Why nothing can be recorded; undefined when all is well. */
  get storeProblem(): string | undefined {
    return this.#life?.engine.storeProblem;
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

  acknowledge(ids: readonly string[], by: string, comment: string): void {
    this.#life?.engine.store?.acknowledge(ids, by, comment);
  }

  /** Ends what runs and begins with these settings, one start after the other, never in the middle of a plan. */
  async restart(settings: Settings): Promise<void> {
    const next = this.#startAfter(this.#turn, settings);
    this.#turn = next.catch(() => undefined);
    return next;
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
    this.#end();
    this.#changed.dispose();
  }

  async #startAfter(turn: Promise<void>, settings: Settings): Promise<void> {
    await turn;
    await Promise.allSettled(this.#runs);
    this.#end();
    if (!this.#disposed && settings.clusters.length > 0) await this.#begin(settings);
    this.#changed.fire();
  }

  async #begin(settings: Settings): Promise<void> {
    const { stateDir, passwords, log } = this.#ground;
    const { compose } = await import('../compose.ts');
    const engine = compose({
      settings,
      passwords,
      stateDir,
      log: (level, line) => log[level](line),
    });
    const end = new AbortController();
    this.#life = { engine, settings, end };
    for (const backend of engine.clusters.values()) {
      const stop = backend.onState(() => this.#changed.fire());
      end.signal.addEventListener('abort', stop, { once: true });
      void this.#watch(backend, end.signal);
    }
  }

  async #watch(backend: ClusterBackend, signal: AbortSignal): Promise<void> {
    try {
      await backend.watch(signal);
    } catch (error) {
      if (!signal.aborted) this.#ground.log.error(`${backend.cluster}: ${reasonOf(error)}`);
    }
  }

  #end(): void {
    const life = this.#life;
    this.#life = undefined;
    life?.end.abort();
    life?.engine.close();
  }
}

/** What went wrong, for a log or a message. Errors of ours hold no secret. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
