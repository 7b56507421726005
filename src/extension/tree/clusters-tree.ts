import * as vscode from 'vscode';
import type { Tone } from '../../protocol/panel-state.ts';
import type { TreeNode } from './tree-nodes.ts';
import { Tooltip, treeItem } from '../ui/window.ts';

const colours: Partial<Record<Tone, string>> = {
  error: 'list.errorForeground',
  warning: 'list.warningForeground',
  muted: 'disabledForeground',
};

/** The clusters tree: instances under the instance they replicate from. */
export class ClustersTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #roots: readonly TreeNode[] = [];
  #byId = new Map<string, TreeNode>();
  /** What the editor knows a row by: the same object as long as the row stands, though its state goes on. */
  #rows = new Map<string, TreeNode>();

  /**
   * Draws again only the rows in which something that is seen has changed.
   * Where all is drawn anew, the editor forgets for a moment which row an open menu belongs to.
   */
  show(roots: readonly TreeNode[]): void {
    const before = { roots: this.#roots, byId: this.#byId };
    this.#roots = roots;
    this.#byId = new Map(roots.flatMap(flat).map((it) => [it.id, it]));
    if (shapeOf(roots) !== shapeOf(before.roots)) {
      this.#rows = new Map();
      this.#changed.fire(undefined);
      return;
    }
    const changed = [...this.#rows].filter(
      ([id]) => lookOf(this.#byId, id) !== lookOf(before.byId, id),
    );
    if (changed.length > 0) this.#changed.fire(changed.map(([, row]) => row));
  }

  getChildren(row?: TreeNode): TreeNode[] {
    const nodes = row === undefined ? this.#roots : this.#now(row).children;
    return nodes.map((it) => this.#rowOf(it));
  }

  getTreeItem(row: TreeNode): vscode.TreeItem {
    const node = this.#now(row);
    const item = treeItem(node.label, stateOf(node), node.description);
    const colour = colours[node.tone];
    // The editor keeps a row closed that it once drew without children; with a new name it is a new row.
    item.id = node.children.length === 0 ? node.id : `${node.id}/open`;
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
    item.tooltip = tooltipOf(this.#now(node));
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #now(row: TreeNode): TreeNode {
    return this.#byId.get(row.id) ?? row;
  }

  #rowOf(node: TreeNode): TreeNode {
    const row = this.#rows.get(node.id) ?? node;
    this.#rows.set(node.id, row);
    return row;
  }
}

/** Which rows there are, and which stands below which. */
function shapeOf(nodes: readonly TreeNode[]): string {
  return JSON.stringify(nodes, ['id', 'children']);
}

/** All that is seen of one row; the tooltip is written when somebody points at it. */
function lookOf(nodes: ReadonlyMap<string, TreeNode>, id: string): string {
  return JSON.stringify(nodes.get(id), (key, value: unknown) =>
    key === 'tooltip' || key === 'children' ? undefined : value,
  );
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
  const tooltip = new Tooltip();
  const [headline = node.label, ...lines] = node.tooltip;
  tooltip.mark('**').text(headline).mark('**');
  for (const line of lines) tooltip.mark('\n\n').text(line);
  return tooltip.page;
}
