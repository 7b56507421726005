import type * as vscode from 'vscode';

/** The editor's token as a signal; `also` ends it too. */
export function signalOf(token: vscode.CancellationToken, also?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return also === undefined ? controller.signal : AbortSignal.any([controller.signal, also]);
}
