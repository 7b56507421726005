import * as vscode from 'vscode';
import type { ClusterBackend, ClusterState } from '../../core/backend.ts';
import { endsWhenDisarmed, type Recovery } from '../../core/model/recovery.ts';
import { runningNow } from '../../protocol/recovery-now.ts';
import { clockTime } from '../../protocol/time-words.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import type { ClusterWatch } from '../engine/cluster-watch.ts';
import { nothingSeen, noticesOf, type Notice, type Seen } from './notices.ts';
import { newsOf, stepNow, type RunAction } from './run-words.ts';
import { sentences } from '../language/sentences.ts';
import { whoAmI } from '../engine/who-am-i.ts';
import { showErrorMessage, showWarningMessage, withProgress } from '../ui/window.ts';

/** A person's own run that is over sooner shows in the panel, the tree and the status bar only. */
const quietMs = 1_000;

/** Tells of recoveries beside the views: progress while one runs, how it ended, and that the next one is held off. */
export class Notifications implements vscode.Disposable {
  readonly #watch: ClusterWatch;
  readonly #words: Localizer;
  readonly #seen = new Map<string, Seen>();
  /** By cluster: the id of the run whose progress is shown. */
  readonly #followed = new Map<string, string>();
  readonly #lifetime: vscode.Disposable;
  readonly #end = new AbortController();

  constructor(watch: ClusterWatch, words: Localizer) {
    this.#watch = watch;
    this.#words = words;
    this.#lifetime = watch.onChange(() => {
      for (const { backend } of watch.clusters) this.#look(backend);
    });
  }

  dispose(): void {
    this.#lifetime.dispose();
    this.#end.abort();
  }

  #look(backend: ClusterBackend): void {
    const state = backend.current();
    if (state === undefined) return;
    const { notices, seen } = noticesOf(state, this.#seen.get(backend.cluster) ?? nothingSeen);
    this.#seen.set(backend.cluster, seen);
    const running = runningNow(state);
    if (running !== null && this.#followed.get(backend.cluster) !== running.id) {
      this.#followed.set(backend.cluster, running.id);
      void this.#follow(running, backend);
    }
    for (const notice of notices) void this.#tell(notice);
  }

  /** One notification that goes through the steps; it is gone before the one of the end appears. */
  async #follow(run: Recovery, backend: ClusterBackend): Promise<void> {
    const ended = until(backend, this.#end.signal, (now) => now?.id !== run.id);
    const urgent = run.kind === 'failover' && run.trigger !== 'user';
    const first = await Promise.race([ended, afterMs(urgent ? 0 : quietMs)]);
    if (first !== 'quiet') return;
    if (endsWhenDisarmed(run)) {
      const settled = until(backend, this.#end.signal, (now) => !mayCancel(now, run.id));
      await this.#showProgress(run, backend, settled, true);
    }
    if (runningNow(backend.current() ?? nothing)?.id === run.id) {
      await this.#showProgress(run, backend, ended);
    }
  }

  async #showProgress(
    run: Recovery,
    backend: ClusterBackend,
    ended: Promise<unknown>,
    cancellable = false,
  ): Promise<void> {
    const title = spell(run.headline, this.#words);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable };
    await withProgress(options, async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => this.#cancel(run.cluster));
      let told = 0;
      const tell = (state: ClusterState | undefined): void => {
        const step = state === undefined ? undefined : stepNow(state, this.#words);
        if (step === undefined) return;
        progress.report({ message: step.text, increment: Math.max(0, step.share - told) });
        told = Math.max(told, step.share);
      };
      tell(backend.current());
      const stop = backend.onState(tell);
      await ended;
      stop();
    });
  }

  /** Whoever performs the failover takes it back; it would begin again, so automatic failover stays off. */
  #cancel(cluster: string): void {
    const reason = this.#words.t(sentences.failoverCancelled);
    this.#watch.store?.disarm({ cluster, at: Date.now(), by: whoAmI(), reason });
  }

  async #tell(notice: Notice): Promise<void> {
    await (notice.kind === 'ended' ? this.#tellEnd(notice.recovery) : this.#tellBlocked(notice));
  }

  /** An error stays until somebody reads it. */
  async #tellEnd(recovery: Recovery): Promise<void> {
    const disarmed = this.#isDisarmed(recovery.cluster);
    const { tone, text, actions } = newsOf(recovery, this.#words, disarmed);
    if (tone === 'ok') return;
    await this.#offer(tone, text, actions, recovery);
  }

  #isDisarmed(cluster: string): boolean {
    try {
      return this.#watch.store?.disarmed(cluster) !== undefined;
    } catch {
      return this.#watch.stateOf(cluster)?.watch?.disarmed !== undefined;
    }
  }

  async #tellBlocked({ by, until: end }: Extract<Notice, { kind: 'blocked' }>): Promise<void> {
    const { t } = this.#words;
    const time = clockTime(end, Date.now(), this.#words);
    const text = t(sentences.blocked, { cluster: by.cluster, time });
    const actions = ['failover', 'acknowledge'] as const;
    await this.#offer('warning', text, actions, by);
  }

  async #offer(
    tone: 'warning' | 'error',
    text: string,
    actions: readonly RunAction[],
    { cluster, id, oldMaster }: Recovery,
  ): Promise<void> {
    const { t } = this.#words;
    const items = actions.map((it) => ({
      title: t(buttons[it].says, { instance: oldMaster ?? '' }),
      command: buttons[it].command,
    }));
    const chosen =
      tone === 'warning'
        ? await showWarningMessage(text, ...items)
        : await showErrorMessage(text, ...items);
    if (chosen === undefined) return;
    const about = { cluster, recovery: id };
    const rejoins = chosen.command === buttons.rejoin.command;
    await vscode.commands.executeCommand(
      chosen.command,
      rejoins ? { ...about, instance: oldMaster } : about,
    );
  }
}

const buttons: Record<RunAction, { readonly says: string; readonly command: string }> = {
  report: { says: sentences.showReport, command: 'switchover.showReport' },
  acknowledge: { says: sentences.acknowledge, command: 'switchover.acknowledgeRecovery' },
  rejoin: { says: sentences.rejoin, command: 'switchover.rejoinAsReplica' },
  failover: { says: sentences.failover, command: 'switchover.promoteReplica' },
  topology: { says: sentences.showTopology, command: 'switchover.openTopology' },
  log: { says: sentences.showLog, command: 'switchover.showLog' },
};

const nothing = { running: null, recoveries: [] } as const;

function mayCancel(running: Recovery | null, id: string): boolean {
  return running?.id === id && endsWhenDisarmed(running);
}

/** Settles when this holds for what runs, or when the watch ended first. */
function until(
  backend: ClusterBackend,
  signal: AbortSignal,
  holds: (running: Recovery | null) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const stop = backend.onState((state) => {
      if (!holds(runningNow(state))) return;
      stop();
      resolve();
    });
    const giveUp = (): void => {
      stop();
      resolve();
    };
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

function afterMs(ms: number): Promise<'quiet'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('quiet'), ms);
  });
}
