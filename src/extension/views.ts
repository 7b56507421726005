import * as vscode from 'vscode';
import { needsAcknowledgement } from '../protocol/recovery-now.ts';
import { viewOf } from '../protocol/topology-view.ts';
import type { Words } from '../protocol/words.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import { ClustersTree } from './clusters-tree.ts';
import { faultyGlance, glanceOf } from './glance.ts';
import type { LabDesk } from './lab-desk.ts';
import { Pace } from './pace.ts';
import { recoveryNodes } from './recovery-nodes.ts';
import { RecoveriesTree } from './recoveries-tree.ts';
import type { SettingsDesk } from './settings-desk.ts';
import { StatusBar } from './status-bar.ts';
import { badgeOf } from './status-text.ts';
import { byProject } from './project-nodes.ts';
import { clusterNode, faultyNode } from './tree-nodes.ts';
import type { TreeNode } from './tree-nodes.ts';
import { walkthroughSteps } from './walkthrough-steps.ts';

export interface ViewsGround {
  readonly settings: SettingsDesk;
  readonly watch: ClusterWatch;
  readonly lab: LabDesk;
  readonly words: Words;
}

/** Why the tree is empty: the welcome text depends on it. */
export type EmptyBecause = 'nothing' | 'none' | 'wrong' | 'restricted';

const drawEveryMs = 250;
const statusEveryMs = 1000;

/** The sidebar and the status bar: drawn after every change, at a pace that people can follow. */
export class Views implements vscode.Disposable {
  readonly #ground: ViewsGround;
  readonly #clusters = new ClustersTree();
  readonly #recoveries = new RecoveriesTree();
  readonly #clustersView: vscode.TreeView<TreeNode>;
  readonly #recoveriesView: vscode.TreeView<unknown>;
  readonly #statusBar: StatusBar;
  readonly #trees = new Pace(() => this.#drawTrees(), drawEveryMs);
  readonly #status = new Pace(() => this.#drawStatus(), statusEveryMs);
  readonly #context = new Map<string, string>();
  #emptyBecause: EmptyBecause = 'nothing';

  constructor(ground: ViewsGround) {
    this.#ground = ground;
    this.#statusBar = new StatusBar(ground.words);
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
    const { watch, lab, words } = this.#ground;
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
    const { settings, watch } = this.#ground;
    const found = settings.inForce.faults.flatMap(({ cluster, says }) =>
      cluster === null || watch.cluster(cluster) !== undefined ? [] : [[cluster, says] as const],
    );
    return [...new Map(found)].map(([cluster, says]) => ({ cluster, says }));
  }

  #drawStatus(): void {
    const { watch, words } = this.#ground;
    const glances = [
      ...watch.clusters.map((it) => glanceOf(it.settings.id, it.backend.current())),
      ...this.#faulty().map((it) => faultyGlance(it.cluster)),
    ];
    this.#statusBar.show(glances, this.#emptyBecause === 'restricted');
    this.#clustersView.badge = badgeOf(glances, words);
  }

  /** What the conditions of the manifest's menus and its walkthrough ask for. */
  #tellContext(): void {
    this.#set('switchover.hasClusters', this.#ground.watch.clusters.length > 0);
    const recoveries = this.#ground.watch.recoveries();
    this.#set('switchover.hasOpenRecoveries', recoveries.some(needsAcknowledgement));
    const states = this.#ground.watch.clusters.flatMap(({ backend }) => backend.current() ?? []);
    for (const [step, isDone] of Object.entries(walkthroughSteps(states, recoveries))) {
      this.#set(step, isDone);
    }
    this.#set('switchover.hasLab', this.#ground.lab.instances.size > 0);
    this.#set('switchover.emptyBecause', this.#emptyBecause);
  }

  #set(name: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#context.get(name) === text) return;
    this.#context.set(name, text);
    void vscode.commands.executeCommand('setContext', name, value);
  }
}
