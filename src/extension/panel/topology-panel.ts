import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Wish } from '../../core/model/plan.ts';
import type { PanelHost } from './panel-host.ts';
import { PanelSession } from './panel-session.ts';
import { webviewHtml } from './webview-html.ts';

export interface TopologyPanelsOptions extends PanelHost {
  readonly extensionUri: vscode.Uri;
  /** After every round, every step, and whenever the settings were read anew. */
  readonly onChange: vscode.Event<void>;
}

/** The panels of the topologies, one for each cluster. */
export interface TopologyPanels extends vscode.Disposable {
  /** Opens the cluster's panel or brings it to the front; `select`: the instance to show. */
  show(cluster: string, select?: string): void;
  /** Shows the plan for a wish, or why there is none, in the cluster's panel. Changes nothing. */
  propose(cluster: string, wish: Wish): Promise<void>;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
}

const viewType = 'switchover.topology';

/** Opens panels on request, and those that were open before a restart. */
export function createTopologyPanels(options: TopologyPanelsOptions): TopologyPanels {
  const open = new Map<string, OpenPanel>();
  const ensure = (cluster: string): OpenPanel => {
    const there = open.get(cluster);
    if (there !== undefined) {
      return there;
    }
    const panel = vscode.window.createWebviewPanel(
      viewType,
      cluster,
      besideWalkthrough() ?? vscode.ViewColumn.Active,
      webviewOptions(options),
    );
    return adopt(cluster, panel, options, open);
  };
  const lifetime = vscode.Disposable.from(
    options.onChange(() => open.forEach((it) => it.session.changed())),
    vscode.window.registerWebviewPanelSerializer(viewType, restorer(options, open)),
  );
  return {
    show: (cluster, select) => {
      const { panel, session } = ensure(cluster);
      reveal(panel);
      if (select !== undefined) {
        session.select(select);
      }
    },
    propose: async (cluster, wish) => {
      const { panel, session } = ensure(cluster);
      reveal(panel);
      session.select(wish.instance);
      await session.propose(wish);
    },
    dispose: () => {
      lifetime.dispose();
      open.forEach((it) => it.panel.dispose());
    },
  };
}

/** It stays where it is, unless it would hide the walkthrough that asks for it. */
function reveal(panel: vscode.WebviewPanel): void {
  const { viewColumn } = vscode.window.tabGroups.activeTabGroup;
  const beside = panel.viewColumn === viewColumn ? besideWalkthrough() : undefined;
  panel.reveal(beside);
}

/**
 * Whoever follows the walkthrough sees the next step beside the picture: hidden behind it, the walkthrough begins at the
 * list of all walkthroughs again. To extensions it is a page of no known kind.
 */
function besideWalkthrough(): vscode.ViewColumn | undefined {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const isOwnPage = activeTab !== undefined && activeTab.input === undefined;
  return isOwnPage ? vscode.ViewColumn.Beside : undefined;
}

function restorer(
  options: TopologyPanelsOptions,
  open: Map<string, OpenPanel>,
): vscode.WebviewPanelSerializer {
  return {
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const cluster = clusterOf(state);
      if (cluster === undefined || open.has(cluster)) {
        panel.dispose();
        return;
      }
      panel.webview.options = webviewOptions(options);
      adopt(cluster, panel, options, open);
    },
  };
}

/** The page writes the cluster's name into its state. */
function clusterOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('cluster' in state)) {
    return undefined;
  }
  return typeof state.cluster === 'string' ? state.cluster : undefined;
}

function adopt(
  cluster: string,
  panel: vscode.WebviewPanel,
  options: TopologyPanelsOptions,
  open: Map<string, OpenPanel>,
): OpenPanel {
  const session = new PanelSession(cluster, options, (message) => {
    // The editor's own channel, not a window's: it has no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    void panel.webview.postMessage(message);
  });
  const lifetime = vscode.Disposable.from(
    panel.webview.onDidReceiveMessage((message: unknown) => void session.receive(message)),
    panel.onDidChangeViewState(() => session.shown(panel.visible)),
    session,
  );
  panel.onDidDispose(() => {
    lifetime.dispose();
    open.delete(cluster);
  });
  const iconOf = (theme: string): vscode.Uri =>
    vscode.Uri.joinPath(options.extensionUri, 'media', `topology-${theme}.svg`);
  panel.iconPath = { light: iconOf('light'), dark: iconOf('dark') };
  panel.webview.html = pageOf(cluster, panel.webview, options);
  const opened = { panel, session };
  open.set(cluster, opened);
  return opened;
}

function pageOf(cluster: string, webview: vscode.Webview, options: TopologyPanelsOptions): string {
  const address = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(options), file)).toString();
  return webviewHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: address('topology.js'),
    icons: address('codicon.css'),
    language: options.words.language ?? 'en',
    title: cluster,
  });
}

function webviewOptions(options: TopologyPanelsOptions): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [pageFolder(options)] };
}

function pageFolder({ extensionUri }: TopologyPanelsOptions): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}
