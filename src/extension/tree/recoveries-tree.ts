import * as vscode from 'vscode';
import type { RecoveryNode } from './recovery-nodes.ts';
import { Tooltip, treeItem } from '../ui/window.ts';

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
    const item = treeItem(
      node.label,
      node.children.length === 0
        ? vscode.TreeItemCollapsibleState.None
        : vscode.TreeItemCollapsibleState.Collapsed,
      node.description,
    );
    item.id = node.id;
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
    const text = new Tooltip();
    for (const line of tooltip) text.text(line).mark('\n\n');
    if (sql.length > 0) text.code(sql.join(';\n'), 'sql');
    item.tooltip = text.page;
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
