import * as vscode from 'vscode';
import type { Tone } from '../protocol/panel-state.ts';
import type { TreeNode } from './tree-nodes.ts';

const colours: Partial<Record<Tone, string>> = {
  error: 'list.errorForeground',
  warning: 'list.warningForeground',
  muted: 'disabledForeground',
};

/** The clusters tree: instances under the instance they replicate from. */
export class ClustersTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #roots: readonly TreeNode[] = [];
  #byId = new Map<string, TreeNode>();
  #drawn = '';

  /** Draws again only when something that is seen has changed. */
  show(roots: readonly TreeNode[]): void {
    this.#roots = roots;
    this.#byId = new Map(roots.flatMap(flat).map((it) => [it.id, it]));
    const drawn = JSON.stringify(roots, (key, value: unknown) =>
      key === 'tooltip' ? undefined : value,
    );
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#changed.fire();
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node === undefined ? this.#roots : node.children)];
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, stateOf(node));
    const colour = colours[node.tone];
    // The editor keeps a row closed that it once drew without children; with a new name it is a new row.
    item.id = node.children.length === 0 ? node.id : `${node.id}/open`;
    item.description = node.description;
    item.iconPath = new vscode.ThemeIcon(
      node.icon,
      colour === undefined ? undefined : new vscode.ThemeColor(colour),
    );
    item.contextValue = node.traits;
    item.accessibilityInformation = { label: node.spoken };
    return item;
  }

  /** The tooltip is written only when somebody points at the row. */
  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = tooltipOf(this.#byId.get(node.id) ?? node);
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function flat(node: TreeNode): readonly TreeNode[] {
  return [node, ...node.children.flatMap(flat)];
}

function stateOf(node: TreeNode): vscode.TreeItemCollapsibleState {
  if (node.children.length === 0) return vscode.TreeItemCollapsibleState.None;
  return node.open
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}

/** Server texts are appended as text, so that nothing in them becomes markup or a link. */
function tooltipOf(node: TreeNode): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  const [headline = node.label, ...lines] = node.tooltip;
  tooltip.appendMarkdown('**').appendText(headline).appendMarkdown('**');
  for (const line of lines) tooltip.appendMarkdown('\n\n').appendText(line);
  return tooltip;
}
