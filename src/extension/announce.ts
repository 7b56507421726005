import * as vscode from 'vscode';
import type { ClusterBackend } from '../core/backend.ts';
import type { Recovery } from '../core/model/recovery.ts';
import { spell, type Words } from '../protocol/words.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { newsOf, stepNow } from './run-words.ts';
import { sentences } from './sentences.ts';

/** A run that is over sooner shows in the panel, the tree and the status bar only. */
const quietMs = 1_000;

/** Tells of runs beside the views: progress while a long one lasts, and how it ended unless all went well. */
export class Announcer implements vscode.Disposable {
  readonly #words: Words;
  /** By cluster: the id of the run that was announced. */
  readonly #told = new Map<string, string>();
  readonly #lifetime: vscode.Disposable;
  readonly #end = new AbortController();

  constructor(watch: ClusterWatch, words: Words) {
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
    const running = backend.current()?.running ?? null;
    if (running === null || this.#told.get(backend.cluster) === running.id) return;
    this.#told.set(backend.cluster, running.id);
    void this.#follow(running, backend);
  }

  async #follow(run: Recovery, backend: ClusterBackend): Promise<void> {
    const ended = endOf(run.id, backend, this.#end.signal);
    const first = await Promise.race([ended, afterMs(quietMs)]);
    if (first === 'quiet') await this.#showProgress(run, backend, ended);
    const recovery = await ended;
    if (recovery !== undefined) await this.#tellEnd(recovery);
  }

  async #showProgress(
    run: Recovery,
    backend: ClusterBackend,
    ended: Promise<unknown>,
  ): Promise<void> {
    const title = spell(run.headline, this.#words);
    const options = { location: vscode.ProgressLocation.Notification, title };
    await vscode.window.withProgress(options, async (progress) => {
      let told = 0;
      const stop = backend.onState((state) => {
        const step = stepNow(state, this.#words);
        if (step === undefined) return;
        progress.report({ message: step.text, increment: Math.max(0, step.share - told) });
        told = Math.max(told, step.share);
      });
      await ended;
      stop();
    });
  }

  /** An error stays until somebody reads it. */
  async #tellEnd(recovery: Recovery): Promise<void> {
    const { tone, text } = newsOf(recovery, this.#words);
    if (tone === 'ok') return;
    const show = this.#words.t(sentences.showTopology);
    const log = this.#words.t(sentences.showLog);
    const chosen =
      tone === 'warning'
        ? await vscode.window.showWarningMessage(text, show, log)
        : await vscode.window.showErrorMessage(text, show, log);
    const { cluster } = recovery;
    if (chosen === show) {
      await vscode.commands.executeCommand('switchover.openTopology', { cluster });
    }
    if (chosen === log) await vscode.commands.executeCommand('switchover.showLog');
  }
}

/** The run as it ended; undefined when the watch ended first. */
function endOf(
  id: string,
  backend: ClusterBackend,
  signal: AbortSignal,
): Promise<Recovery | undefined> {
  return new Promise((resolve) => {
    const stop = backend.onState(({ running, recoveries }) => {
      if (running?.id === id) return;
      stop();
      resolve(recoveries.find((it) => it.id === id));
    });
    const giveUp = (): void => {
      stop();
      resolve(undefined);
    };
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

function afterMs(ms: number): Promise<'quiet'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('quiet'), ms);
  });
}
