import type * as vscode from 'vscode';
import { openDesk } from './extension/open-desk.ts';
import { openLog } from './extension/window.ts';

/** Registers what people see at once; the engine is loaded when the first cluster needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = openLog('Switchover');
  context.subscriptions.push(log);
  context.subscriptions.push(openDesk(context, log));
}
