import * as vscode from 'vscode';
import type { Recovery, RecoveryState, StepRecord } from '../core/model/recovery.ts';
import { waitingRecovery } from '../protocol/summary-view.ts';
import { secondsText } from '../protocol/time-words.ts';
import { spell, type Words } from '../protocol/words.ts';
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
    return node.kind === 'recovery'
      ? this.#recoveryItem(node.recovery)
      : stepItem(node, this.#words);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #recoveryItem(recovery: Recovery): vscode.TreeItem {
    const headline = spell(recovery.headline, this.#words);
    const item = new vscode.TreeItem(headline, vscode.TreeItemCollapsibleState.Collapsed);
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
      spell(recovery.headline, this.#words),
      t(sentences.recoveryBy, { actor: recovery.actor }),
      ...(writeStopMs === null ? [] : [t(sentences.recoveryWriteStop, { count: writeStopMs })]),
      ...recovery.problems.map((it) => spell(it, this.#words)),
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

function stepItem(
  { recovery, step }: RecoveryNode & { kind: 'step' },
  words: Words,
): vscode.TreeItem {
  const item = new vscode.TreeItem(spell(step.says, words));
  const took =
    step.startedAt === null || step.endedAt === null
      ? ''
      : `${secondsText(step.endedAt - step.startedAt)} s`;
  item.id = `${recovery.id}/${step.id}`;
  item.description = [step.on, took].filter((it) => it !== '').join(' · ');
  item.iconPath = new vscode.ThemeIcon(stepIcons[step.state]);
  item.contextValue = 'step';
  item.tooltip = new vscode.MarkdownString()
    .appendText(spell(step.note ?? step.says, words))
    .appendCodeblock(step.sql.join(';\n'), 'sql');
  return item;
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
