import * as vscode from 'vscode';
import type { Localizer } from '../../protocol/localizer.ts';
import type { BackgroundMonitors } from './background-monitor.ts';
import { reasonOf, type ClusterWatch, type WatchedCluster } from '../engine/cluster-watch.ts';
import { sentences } from '../language/sentences.ts';
import type { WatchChoice, WatchChoices } from './watch-choice.ts';
import { type Log, showErrorMessage, showInformationMessage } from '../ui/window.ts';

export interface KeeperContext {
  readonly watch: ClusterWatch;
  readonly choices: WatchChoices;
  readonly monitors: BackgroundMonitors;
  readonly words: Localizer;
  readonly log: Log;
}

const lookEveryMs = 5_000;
/** A monitor that ends again and again is not started more often. */
const startAgainMs = 60_000;

/** Sees to it that somebody keeps the watch where a person wants it: asks once, and starts what was chosen. */
export class WatchKeeper implements vscode.Disposable {
  readonly #context: KeeperContext;
  readonly #timer: NodeJS.Timeout;
  readonly #asked = new Set<string>();
  /** Whose question is open. */
  readonly #asking = new Set<string>();
  /** When a monitor was last started, by cluster. */
  readonly #startedAt = new Map<string, number>();
  /** One change of a cluster's monitor after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(context: KeeperContext) {
    this.#context = context;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** `user@host (pid)` of the cluster's background monitor; undefined where none runs. */
  monitorOf(cluster: string): string | undefined {
    return monitorOf(this.#context.watch, cluster);
  }

  /**
   * The settings were read anew: monitors learn of it, new ones are asked for. None ends here: settings of another profile,
   * machine or folder name other clusters.
   */
  settled(): void {
    const { watch, choices } = this.#context;
    for (const watched of watch.clusters) {
      if (choices.of(watched.settings.id) === 'background') void this.#start(watched);
    }
    this.#look();
  }

  /** Asks who shall keep the watch, and does it. */
  async ask({ settings: { id } }: WatchedCluster): Promise<void> {
    if (this.#asking.has(id)) return;
    this.#asked.add(id);
    this.#asking.add(id);
    try {
      await this.#ask(id);
    } finally {
      this.#asking.delete(id);
    }
  }

  async #ask(id: string): Promise<void> {
    const { t } = this.#context.words;
    const background = t(sentences.watchBackground);
    const inWindow = t(sentences.watchWindow);
    const later = t(sentences.watchLater);
    const question = t(sentences.watchQuestion, { cluster: id });
    const choices = [background, inWindow, later];
    const chosen = await showInformationMessage(question, ...choices);
    if (chosen === background) await this.startMonitor(id);
    if (chosen === inWindow) this.#choose(id, 'window');
    if (chosen === later) this.#choose(id, 'nobody');
  }

  async startMonitor(cluster: string): Promise<void> {
    this.#choose(cluster, 'background');
    const watched = this.#context.watch.cluster(cluster);
    if (watched !== undefined && (await this.#start(watched))) {
      const text = this.#context.words.t(sentences.monitorRuns, {
        cluster,
        holder: this.monitorOf(cluster) ?? '',
      });
      void showInformationMessage(text);
    }
  }

  /** The windows do not take the watch over by themselves: a person ended it. */
  async stopMonitor(cluster: string): Promise<void> {
    const { monitors, words } = this.#context;
    this.#choose(cluster, 'nobody');
    const ended = await this.#inTurn(cluster, () => monitors.stop(cluster));
    const sentence = ended ? sentences.monitorEnded : sentences.monitorStays;
    void showInformationMessage(words.t(sentence, { cluster }));
  }

  /** A person confirmed that the cluster is gone: its monitor ends, and nothing is remembered of who watches it. */
  async forget(cluster: string): Promise<void> {
    const { monitors, choices } = this.#context;
    choices.forget(cluster);
    await this.#inTurn(cluster, () => monitors.stop(cluster));
  }

  /** A password was changed: the monitor was given the old one. */
  async renewMonitor(cluster: string): Promise<void> {
    const { watch, monitors, choices } = this.#context;
    const watched = watch.cluster(cluster);
    const { settings } = watch;
    if (watched === undefined || settings === undefined || choices.of(cluster) !== 'background') {
      return;
    }
    await this.#inTurn(cluster, () => monitors.restart(settings, watched.settings));
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { watch, choices } = this.#context;
    for (const watched of watch.clusters) {
      const { id } = watched.settings;
      const choice = choices.of(id);
      if (choice === undefined && watched.automated && !this.#asked.has(id)) {
        void this.ask(watched);
      }
      const due = Date.now() - (this.#startedAt.get(id) ?? 0) > startAgainMs;
      const isGone = isReadable(watch) && this.monitorOf(id) === undefined;
      if (choice === 'background' && due && isGone) {
        void this.#start(watched);
      }
    }
    watch.reconsider();
  }

  #choose(cluster: string, choice: WatchChoice): void {
    this.#context.choices.keep(cluster, choice);
    this.#context.watch.reconsider();
  }

  async #start({ settings: cluster }: WatchedCluster): Promise<boolean> {
    const { watch, monitors, log } = this.#context;
    const { settings } = watch;
    const { id } = cluster;
    if (settings === undefined) return false;
    this.#startedAt.set(id, Date.now());
    try {
      if (await this.#inTurn(id, () => monitors.start(settings, cluster))) return true;
    } catch (error) {
      log.error(`${id}: ${reasonOf(error)}`);
    }
    void this.#tellFailure(id);
    return false;
  }

  async #tellFailure(cluster: string): Promise<void> {
    const { t } = this.#context.words;
    const show = t(sentences.showMonitor);
    const text = t(sentences.monitorFailed, { cluster });
    if ((await showErrorMessage(text, show)) === show) {
      await vscode.commands.executeCommand('switchover.showMonitor', { cluster });
    }
  }

  async #inTurn<Result>(cluster: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(cluster) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(
      cluster,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

/** Undefined also where the journal cannot be read; `isReadable` says whether that is so. */
export function monitorOf(watch: ClusterWatch, cluster: string): string | undefined {
  try {
    return watch.store?.leaseHolder(`background:${cluster}`);
  } catch {
    return undefined;
  }
}

/** Whether it can be known who runs. */
export function isReadable({ store }: ClusterWatch): boolean {
  try {
    store?.leaseHolder('');
    return true;
  } catch {
    return false;
  }
}
