import * as vscode from 'vscode';
import type { ClusterBackend, RunResult } from '../core/backend.ts';
import type { Plan } from '../core/model/plan.ts';
import type { Words } from '../protocol/words.ts';
import { signalOf } from './cancellation.ts';
import { newsOf, stepNow } from './run-words.ts';
import { sentences } from './sentences.ts';

export interface RunGround {
  readonly backend: ClusterBackend;
  readonly words: Words;
  /** Ends the plan from elsewhere: the panel's own button. */
  readonly signal: AbortSignal;
}

/** Runs a plan under one progress notification, which tells each step and can cancel it before the point of no return. */
export async function runWithProgress(
  plan: Plan,
  { backend, words, signal }: RunGround,
): Promise<RunResult> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: plan.headline,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    let told = 0;
    const stop = backend.onState((state) => {
      const step = stepNow(state, words);
      if (step === undefined) return;
      progress.report({ message: step.text, increment: Math.max(0, step.share - told) });
      told = Math.max(told, step.share);
    });
    try {
      return await backend.run(plan, signalOf(token, signal));
    } finally {
      stop();
    }
  });
}

/** Says how it ended. Success needs no message where the person watches the panel; an error stays until it is read. */
export async function tellResult(
  result: RunResult,
  { cluster, watched, words }: { cluster: string; watched: boolean; words: Words },
): Promise<void> {
  const { tone, text } = newsOf(result, cluster, words);
  if (tone === 'ok' && watched) return;
  const show = words.t(sentences.showTopology);
  const log = words.t(sentences.showLog);
  const chosen =
    tone === 'ok'
      ? await vscode.window.showInformationMessage(text, show)
      : tone === 'warning'
        ? await vscode.window.showWarningMessage(text, show, log)
        : await vscode.window.showErrorMessage(text, show, log);
  if (chosen === show) await vscode.commands.executeCommand('switchover.openTopology', { cluster });
  if (chosen === log) await vscode.commands.executeCommand('switchover.showLog');
}
