import * as vscode from 'vscode';
import type { RecoveryNode } from './recovery-nodes.ts';

/** What was done and what was held, the newest first; steps and reasons below. */
export class RecoveriesTree implements vscode.TreeDataProvider<RecoveryNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #nodes: readonly RecoveryNode[] = [];
  #drawn = '';

  show(nodes: readonly RecoveryNode[]): void {
    const drawn = JSON.stringify(nodes);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#nodes = nodes;
    this.#changed.fire();
  }

  getChildren(node?: RecoveryNode): RecoveryNode[] {
    return [...(node === undefined ? this.#nodes : node.children)];
  }

  getTreeItem(node: RecoveryNode): vscode.TreeItem {
    const item = new vscode.TreeItem(
      node.label,
      node.children.length === 0
        ? vscode.TreeItemCollapsibleState.None
        : vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = node.id;
    item.description = node.description;
    item.iconPath = new vscode.ThemeIcon(
      node.icon,
      node.colour === null ? undefined : new vscode.ThemeColor(node.colour),
    );
    item.contextValue = node.traits;
    item.accessibilityInformation = { label: node.spoken };
    return item;
  }

  /** The tooltip is written only when somebody points at the row. */
  resolveTreeItem(item: vscode.TreeItem, { tooltip, sql }: RecoveryNode): vscode.TreeItem {
    const text = new vscode.MarkdownString();
    for (const line of tooltip) text.appendText(line).appendMarkdown('\n\n');
    if (sql.length > 0) text.appendCodeblock(sql.join(';\n'), 'sql');
    item.tooltip = text;
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
