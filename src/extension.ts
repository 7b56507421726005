import * as vscode from 'vscode';
import { openDesk } from './extension/open-desk.ts';

/** Registers what people see at once; the engine is loaded when the first cluster needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Switchover', { log: true });
  context.subscriptions.push(log);
  context.subscriptions.push(openDesk(context, log));
}
