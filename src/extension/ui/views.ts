import * as vscode from 'vscode';
import { needsAcknowledgement } from '../../protocol/recovery-now.ts';
import { viewOf } from '../../protocol/topology-view.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import type { ClusterWatch } from '../engine/cluster-watch.ts';
import { ClustersTree } from '../tree/clusters-tree.ts';
import { faultyStatus, statusOf } from './cluster-status.ts';
import type { LazyLab } from '../engine/lazy-lab.ts';
import { Throttle } from './throttle.ts';
import { recoveryNodes } from '../tree/recovery-nodes.ts';
import { RecoveriesTree } from '../tree/recoveries-tree.ts';
import type { ExtensionSettings } from '../engine/extension-settings.ts';
import { StatusBar } from './status-bar.ts';
import { badgeOf } from './status-text.ts';
import { byProject } from '../tree/project-nodes.ts';
import { clusterNode, faultyNode } from '../tree/tree-nodes.ts';
import type { TreeNode } from '../tree/tree-nodes.ts';
import { walkthroughSteps } from './walkthrough-steps.ts';

export interface ViewsContext {
  readonly settings: ExtensionSettings;
  readonly watch: ClusterWatch;
  readonly lab: LazyLab;
  readonly words: Localizer;
}

/** Why the tree is empty: the welcome text depends on it. */
export type EmptyBecause = 'nothing' | 'none' | 'wrong' | 'restricted';

const drawEveryMs = 250;
const statusEveryMs = 1000;

/** The sidebar and the status bar: drawn after every change, at a pace that people can follow. */
export class Views implements vscode.Disposable {
  readonly #given: ViewsContext;
  readonly #clusters = new ClustersTree();
  readonly #recoveries = new RecoveriesTree();
  readonly #clustersView: vscode.TreeView<TreeNode>;
  readonly #recoveriesView: vscode.TreeView<unknown>;
  readonly #statusBar: StatusBar;
  readonly #trees = new Throttle(() => this.#drawTrees(), drawEveryMs);
  readonly #status = new Throttle(() => this.#drawStatus(), statusEveryMs);
  readonly #context = new Map<string, string>();
  #emptyBecause: EmptyBecause = 'nothing';

  constructor(given: ViewsContext) {
    this.#given = given;
    this.#statusBar = new StatusBar(given.words);
    this.#clustersView = vscode.window.createTreeView('switchover.clusters', {
      treeDataProvider: this.#clusters,
      showCollapseAll: true,
    });
    this.#recoveriesView = vscode.window.createTreeView('switchover.recoveries', {
      treeDataProvider: this.#recoveries,
    });
  }

  /** Something may have changed. */
  draw(): void {
    this.#trees.ask();
    this.#status.ask();
  }

  explainEmpty(because: EmptyBecause): void {
    this.#emptyBecause = because;
    this.draw();
  }

  dispose(): void {
    for (const it of [this.#trees, this.#status, this.#statusBar]) it.dispose();
    for (const it of [this.#clustersView, this.#recoveriesView]) it.dispose();
    for (const it of [this.#clusters, this.#recoveries]) it.dispose();
  }

  #drawTrees(): void {
    const { watch, lab, words } = this.#given;
    const now = Date.now();
    const nodes = watch.clusters.map(({ settings, backend }) => {
      const state = backend.current();
      const view = state === undefined ? undefined : viewOf(state, words, now);
      return clusterNode(settings.id, view, {
        words,
        lab: lab.instances,
        watch: state?.watch,
        now,
      });
    });
    const faulty = this.#faulty().map(({ cluster, says }) => faultyNode(cluster, says, words));
    this.#clusters.show([...byProject(nodes, words), ...faulty]);
    const states = watch.clusters.flatMap(({ backend }) => backend.current() ?? []);
    this.#recoveries.show(recoveryNodes(states, { words, now }));
    this.#tellContext();
  }

  /** Clusters that the settings name wrongly, and that nothing good is known of. */
  #faulty(): readonly { readonly cluster: string; readonly says: string }[] {
    const { settings, watch } = this.#given;
    const found = settings.inForce.faults.flatMap(({ cluster, says }) =>
      cluster === null || watch.cluster(cluster) !== undefined ? [] : [[cluster, says] as const],
    );
    return [...new Map(found)].map(([cluster, says]) => ({ cluster, says }));
  }

  #drawStatus(): void {
    const { watch, words } = this.#given;
    const statuses = [
      ...watch.clusters.map((it) => statusOf(it.settings.id, it.backend.current())),
      ...this.#faulty().map((it) => faultyStatus(it.cluster)),
    ];
    this.#statusBar.show(statuses, this.#emptyBecause === 'restricted');
    this.#clustersView.badge = badgeOf(statuses, words);
  }

  /** What the conditions of the manifest's menus and its walkthrough ask for. */
  #tellContext(): void {
    this.#set('switchover.hasClusters', this.#given.watch.clusters.length > 0);
    const recoveries = this.#given.watch.recoveries();
    this.#set('switchover.hasOpenRecoveries', recoveries.some(needsAcknowledgement));
    const states = this.#given.watch.clusters.flatMap(({ backend }) => backend.current() ?? []);
    for (const [step, isDone] of Object.entries(walkthroughSteps(states, recoveries))) {
      this.#set(step, isDone);
    }
    this.#set('switchover.hasLab', this.#given.lab.instances.size > 0);
    this.#set('switchover.emptyBecause', this.#emptyBecause);
  }

  #set(name: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#context.get(name) === text) return;
    this.#context.set(name, text);
    void vscode.commands.executeCommand('setContext', name, value);
  }
}
