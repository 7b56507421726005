import type * as vscode from 'vscode';
import { startExtension } from './extension/start.ts';
import { openLog } from './extension/ui/window.ts';

/** Registers what people see at once; the engine is loaded when the first cluster needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = openLog('Switchover');
  context.subscriptions.push(log);
  context.subscriptions.push(startExtension(context, log));
}
