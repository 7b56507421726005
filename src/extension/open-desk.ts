import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { PasswordSource } from '../config/settings.ts';
import { acknowledge } from './acknowledge.ts';
import { Announcer } from './announce.ts';
import { ClusterWatch, reasonOf, type WatchedCluster } from './cluster-watch.ts';
import { registerCommands } from './commands.ts';
import { confirmPlan } from './confirm-plan.ts';
import { Credentials } from './credentials.ts';
import type { Desk } from './desk.ts';
import { partOf } from './json-parts.ts';
import { LabDesk } from './lab-desk.ts';
import { MissingPassword } from './missing-password.ts';
import { BackgroundMonitors } from './background-monitor.ts';
import { ContainerLogs } from './container-logs.ts';
import { Reports } from './report.ts';
import type { WatchAction } from './panel-hands.ts';
import { sentences } from './sentences.ts';
import { asksReplicationPassword } from './set-password.ts';
import {
  currentSettings,
  hasRestrictedClusters,
  openSettings,
  SettingsReport,
} from './settings.ts';
import { editorSshQuestions } from './ssh-questions.ts';
import { createTopologyPanels } from './topology-panel.ts';
import type { TopologyPanels } from './topology-panel.ts';
import { traitsOf } from './tree-nodes.ts';
import { Views } from './views.ts';
import { windowKeeps, WatchChoices } from './watch-choice.ts';
import { monitorOf, WatchKeeper } from './watch-keeper.ts';
import { EditorWords } from './words.ts';
import { type Log, showErrorMessage } from './window.ts';

type DeskWithoutPanels = Omit<Desk, 'panels'>;

/** Puts the editor's side together, and starts to watch. Disposing it ends everything but background monitors. */
export function openDesk(context: vscode.ExtensionContext, log: Log): vscode.Disposable {
  const words = new EditorWords(context.extensionUri);
  words.speak(currentSettings().settings.language);
  const parts = partsOf(context, log, words);
  const { watch, lab, keeper, credentials } = parts;
  const views = new Views({ watch, lab, words });
  const report = new SettingsReport(words, log);
  const restart = (): Promise<void> => start({ ...parts, views, report });
  const ground = { ...parts, restart };
  const panels = openPanels(context.extensionUri, ground);
  const restartSafely = (): void =>
    void restart().catch((error: unknown) => log.error(reasonOf(error)));
  restartSafely();
  return vscode.Disposable.from(
    watch,
    views,
    panels,
    keeper,
    new Reports(watch, words),
    new ContainerLogs(watch, words),
    new Announcer(watch, words),
    new MissingPassword({ ...ground }),
    watch.onChange(() => views.draw()),
    credentials.onForeignChange(restartSafely),
    vscode.workspace.onDidGrantWorkspaceTrust(restartSafely),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('switchover')) restartSafely();
    }),
    ...registerCommands({ ...ground, panels }),
  );
}

type Parts = Omit<DeskWithoutPanels, 'restart' | 'words'> & { readonly words: EditorWords };

/** What remembers, watches, and keeps the watch. */
function partsOf(context: vscode.ExtensionContext, log: Log, words: EditorWords): Parts {
  const stateDir = context.globalStorageUri.fsPath;
  const credentials = new Credentials(context.secrets);
  const passwords = passwordsOf(credentials);
  const choices = new WatchChoices(stateDir);
  const keeps = (watched: WatchedCluster): boolean =>
    windowKeeps(watched, choices.of(watched.settings.id));
  const watch = new ClusterWatch({
    stateDir,
    passwords,
    log,
    keeps,
    ssh: () => editorSshQuestions(credentials, words),
  });
  const monitors = new BackgroundMonitors({
    stateDir,
    program: vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath,
    version: String(partOf(context.extension.packageJSON, 'version')),
    credentials,
    holder: (cluster) => monitorOf(watch, cluster),
  });
  const keeper = new WatchKeeper({ watch, choices, monitors, words, log });
  const lab = new LabDesk(stateDir);
  return { watch, words, credentials, passwords, lab, log, keeper, monitors, choices, stateDir };
}

interface StartGround extends Parts {
  readonly views: Views;
  readonly report: SettingsReport;
}

/** Reads the settings and watches what they name. */
async function start(ground: StartGround): Promise<void> {
  const { watch, lab, views, report, log, words, keeper } = ground;
  const { settings, problems, named } = currentSettings();
  words.speak(settings.language);
  report.tell(problems);
  if (settings.clusters.length > 0) {
    views.explainEmpty('nothing');
    await lab.look().catch((error: unknown) => log.warn(reasonOf(error)));
  } else if (named) {
    views.explainEmpty('wrong');
  } else {
    views.explainEmpty((await hasRestrictedClusters()) ? 'restricted' : 'none');
  }
  const before = watch.clusters.map((it) => it.settings.id);
  try {
    await watch.restart(settings);
  } catch (error) {
    const says = reasonOf(error);
    void showErrorMessage(words.t(sentences.engineFailed, { says }));
    throw error;
  }
  report.tellStore(watch.storeProblem);
  keeper.settled(before);
}

/** The editor's safe first, then the program or file that the settings name. */
function passwordsOf(credentials: Credentials): PasswordSource {
  return async (cluster, which) => {
    const kept = await credentials.read(cluster.id, which);
    if (kept !== undefined) return kept;
    const { composePasswords } = await import('../compose.ts');
    return composePasswords({}, homedir())(cluster, which);
  };
}

const watchCommands: Record<WatchAction, string> = {
  arm: 'switchover.armFailover',
  disarm: 'switchover.disarmFailover',
  'end-downtime': 'switchover.endDowntime',
};

function openPanels(extensionUri: vscode.Uri, desk: DeskWithoutPanels): TopologyPanels {
  const { watch, words, lab, log, keeper } = desk;
  return createTopologyPanels({
    extensionUri,
    words,
    onChange: watch.onChange,
    find: (cluster) => {
      const found = watch.cluster(cluster);
      return (
        found && {
          backend: found.backend,
          environment: found.settings.environment,
          monitor: keeper.monitorOf(cluster),
        }
      );
    },
    traitsOf: (card, state) => traitsOf(card, { lab: lab.instances, watch: state?.watch }),
    prepare: async (cluster) => {
      const found = watch.cluster(cluster);
      if (found === undefined) return;
      if (await asksReplicationPassword(found.settings, desk)) await desk.restart();
    },
    confirm: confirmPlan,
    during: (run) => watch.during(run),
    acknowledge: (recovery) => acknowledge(desk, [recovery], ''),
    changeWatch: async (cluster, action) => {
      await vscode.commands.executeCommand(watchCommands[action], { cluster });
    },
    copy: async (text) => vscode.env.clipboard.writeText(text),
    openSettings,
    log: (line) => log.warn(line),
    now: () => Date.now(),
  });
}
