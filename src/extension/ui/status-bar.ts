import * as vscode from 'vscode';
import type { Localizer } from '../../protocol/localizer.ts';
import type { ClusterStatus } from './cluster-status.ts';
import { sentences } from '../language/sentences.ts';
import { statusText } from './status-text.ts';
import type { StatusText } from './status-text.ts';
import { statusBarText, Tooltip } from './window.ts';

const backgrounds = {
  error: 'statusBarItem.errorBackground',
  warning: 'statusBarItem.warningBackground',
} as const;

const commandOf: Record<StatusText['click'], string> = {
  topology: 'switchover.openTopology',
  recovery: 'switchover.recoveryActions',
  arm: 'switchover.armFailover',
  monitor: 'switchover.showMonitor',
  line: 'switchover.openSettingsLine',
  'start-monitor': 'switchover.startMonitor',
};

/** The one item of the status bar. Hidden while there is nothing to show. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #words: Localizer;

  constructor(words: Localizer) {
    this.#words = words;
    this.#item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 0);
    this.#item.name = words.t(sentences.statusName);
  }

  /** `restricted`: a folder that is not trusted names clusters. */
  show(statuses: readonly ClusterStatus[], restricted: boolean): void {
    const status = statusText(statuses, this.#words, Date.now());
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

  #showStatus({ icon, spoken, background, click, opens, rows, remarks }: StatusText): void {
    this.#item.text = statusBarText(icon, spoken);
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
    this.#item.text = statusBarText('workspace-untrusted', text);
    this.#item.accessibilityInformation = { label: text, role: 'button' };
    this.#item.backgroundColor = undefined;
    this.#item.tooltip = new Tooltip().text(this.#words.t(sentences.statusRestrictedTooltip)).page;
    this.#item.command = 'workbench.trust.manage';
    this.#item.show();
  }

  #tooltip(rows: StatusText['rows'], remarks: StatusText['remarks']): vscode.MarkdownString {
    const { t } = this.#words;
    const table = new Tooltip();
    table.mark('| | ').text(t(sentences.statusCluster));
    table.mark(' | ').text(t(sentences.statusState)).mark(' |\n|---|---|---|\n');
    for (const { icon, cluster, says } of rows) {
      table.mark('| ').icon(icon).mark(' | ').text(cluster).mark(' | ').text(says).mark(' |\n');
    }
    for (const remark of remarks) table.mark('\n\n').text(remark);
    return table.page;
  }
}
