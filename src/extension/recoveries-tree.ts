import * as vscode from 'vscode';
import type { Recovery, RecoveryState, StepRecord } from '../core/model/recovery.ts';
import { waitingRecovery } from '../protocol/summary-view.ts';
import { secondsText } from '../protocol/time-words.ts';
import type { Words } from '../protocol/words.ts';
import { sentences } from './sentences.ts';

export type RecoveryNode =
  | { readonly kind: 'recovery'; readonly recovery: Recovery }
  | { readonly kind: 'step'; readonly recovery: Recovery; readonly step: StepRecord };

const recoveryIcons: Record<RecoveryState, readonly [string, string | undefined]> = {
  running: ['sync~spin', undefined],
  succeeded: ['pass-filled', 'testing.iconPassed'],
  partial: ['warning', 'list.warningForeground'],
  undone: ['discard', 'list.warningForeground'],
  failed: ['error', 'list.errorForeground'],
  interrupted: ['circle-slash', 'list.errorForeground'],
};

const stepIcons: Record<StepRecord['state'], string> = {
  waiting: 'circle-outline',
  running: 'sync~spin',
  done: 'pass',
  failed: 'error',
  skipped: 'debug-step-over',
  undone: 'discard',
};

/** What was done, the newest first; the steps of each below it. */
export class RecoveriesTree implements vscode.TreeDataProvider<RecoveryNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #words: Words;
  #recoveries: readonly Recovery[] = [];
  #drawn = '';

  constructor(words: Words) {
    this.#words = words;
  }

  show(recoveries: readonly Recovery[]): void {
    const drawn = JSON.stringify(recoveries);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#recoveries = recoveries.toSorted((a, b) => b.startedAt - a.startedAt);
    this.#changed.fire();
  }

  getChildren(node?: RecoveryNode): RecoveryNode[] {
    if (node === undefined) {
      return this.#recoveries.map((recovery) => ({ kind: 'recovery', recovery }));
    }
    const { recovery } = node;
    return node.kind === 'step'
      ? []
      : recovery.steps.map((step) => ({ kind: 'step', recovery, step }));
  }

  getTreeItem(node: RecoveryNode): vscode.TreeItem {
    return node.kind === 'recovery' ? this.#recoveryItem(node.recovery) : stepItem(node);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #recoveryItem(recovery: Recovery): vscode.TreeItem {
    const item = new vscode.TreeItem(recovery.headline, vscode.TreeItemCollapsibleState.Collapsed);
    const [icon, colour] = recoveryIcons[recovery.state];
    const open = waitingRecovery([recovery]) !== undefined;
    item.id = recovery.id;
    item.description = this.#description(recovery, open);
    item.iconPath = new vscode.ThemeIcon(
      icon,
      colour === undefined ? undefined : new vscode.ThemeColor(colour),
    );
    item.contextValue = open ? 'recovery+open' : 'recovery';
    item.tooltip = this.#tooltip(recovery);
    return item;
  }

  #description(recovery: Recovery, open: boolean): string {
    const { t } = this.#words;
    const time = timeOf(recovery.startedAt);
    const master =
      recovery.oldMaster === null || recovery.oldMaster === recovery.newMaster
        ? recovery.newMaster
        : `${recovery.oldMaster} → ${recovery.newMaster}`;
    if (recovery.endedAt === null) return t(sentences.recoveryRunning, { time, master });
    if (open) return t(sentences.recoveryOpen, { time, master });
    const seconds = secondsText(recovery.endedAt - recovery.startedAt);
    return t(sentences.recoveryDone, { time, seconds, master });
  }

  #tooltip(recovery: Recovery): vscode.MarkdownString {
    const { t } = this.#words;
    const { acknowledgement, writeStopMs } = recovery;
    const lines = [
      recovery.headline,
      t(sentences.recoveryBy, { actor: recovery.actor }),
      ...(writeStopMs === null ? [] : [t(sentences.recoveryWriteStop, { count: writeStopMs })]),
      ...recovery.problems,
      ...(acknowledgement === null
        ? []
        : [
            t(sentences.recoveryAcknowledged, {
              by: acknowledgement.by,
              time: timeOf(acknowledgement.at),
              comment: acknowledgement.comment,
            }),
          ]),
    ];
    const tooltip = new vscode.MarkdownString();
    for (const line of lines) tooltip.appendText(line).appendMarkdown('\n\n');
    return tooltip;
  }
}

function stepItem({ recovery, step }: RecoveryNode & { kind: 'step' }): vscode.TreeItem {
  const item = new vscode.TreeItem(step.says);
  const took =
    step.startedAt === null || step.endedAt === null
      ? ''
      : `${secondsText(step.endedAt - step.startedAt)} s`;
  item.id = `${recovery.id}/${step.id}`;
  item.description = [step.on, took].filter((it) => it !== '').join(' · ');
  item.iconPath = new vscode.ThemeIcon(stepIcons[step.state]);
  item.contextValue = 'step';
  item.tooltip = new vscode.MarkdownString()
    .appendText(step.note ?? step.says)
    .appendCodeblock(step.sql.join(';\n'), 'sql');
  return item;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
