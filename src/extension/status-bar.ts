import * as vscode from 'vscode';
import type { Words } from '../protocol/words.ts';
import type { Glance } from './glance.ts';
import { sentences } from './sentences.ts';
import { statusText } from './status-text.ts';
import type { StatusText } from './status-text.ts';

const backgrounds = {
  error: 'statusBarItem.errorBackground',
  warning: 'statusBarItem.warningBackground',
} as const;

const commandOf: Record<StatusText['click'], string> = {
  topology: 'switchover.openTopology',
  recovery: 'switchover.recoveryActions',
  arm: 'switchover.armFailover',
  monitor: 'switchover.showMonitor',
};

/** The one item of the status bar. Hidden while there is nothing to show. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
    this.#item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 0);
    this.#item.name = words.t(sentences.statusName);
  }

  /** `restricted`: a folder that is not trusted names clusters. */
  show(glances: readonly Glance[], restricted: boolean): void {
    const status = statusText(glances, this.#words, Date.now());
    if (status !== undefined) {
      this.#showStatus(status);
    } else if (restricted) {
      this.#showRestricted();
    } else {
      this.#item.hide();
    }
  }

  dispose(): void {
    this.#item.dispose();
  }

  #showStatus({ text, spoken, background, click, opens, rows, remarks }: StatusText): void {
    this.#item.text = text;
    this.#item.accessibilityInformation = { label: spoken, role: 'button' };
    this.#item.backgroundColor =
      background === null ? undefined : new vscode.ThemeColor(backgrounds[background]);
    this.#item.tooltip = this.#tooltip(rows, remarks);
    this.#item.command = {
      command: commandOf[click],
      title: spoken,
      arguments: opens === null ? [] : [{ cluster: opens }],
    };
    this.#item.show();
  }

  #showRestricted(): void {
    const text = this.#words.t(sentences.statusRestricted);
    this.#item.text = `$(workspace-untrusted) ${text}`;
    this.#item.accessibilityInformation = { label: text, role: 'button' };
    this.#item.backgroundColor = undefined;
    this.#item.tooltip = this.#words.t(sentences.statusRestrictedTooltip);
    this.#item.command = 'workbench.trust.manage';
    this.#item.show();
  }

  #tooltip(rows: StatusText['rows'], remarks: StatusText['remarks']): vscode.MarkdownString {
    const { t } = this.#words;
    const table = new vscode.MarkdownString('', true);
    table.appendMarkdown(`| | ${t(sentences.statusCluster)} | ${t(sentences.statusState)} |\n`);
    table.appendMarkdown('|---|---|---|\n');
    for (const { icon, cluster, says } of rows) {
      table.appendMarkdown(`| $(${icon}) | `).appendText(cluster);
      table.appendMarkdown(' | ').appendText(says).appendMarkdown(' |\n');
    }
    for (const remark of remarks) table.appendMarkdown('\n\n').appendText(remark);
    return table;
  }
}
