import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { ofUser, restored, type KeptSettings } from '../config/kept-settings.ts';
import type { ClusterSettings, PasswordSource } from '../config/settings.ts';
import type { ClusterState } from '../core/backend.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Remedy } from '../protocol/remedy.ts';
import { acknowledge } from './commands/acknowledge.ts';
import { Notifications } from './notifications/notifications.ts';
import { ClusterWatch, reasonOf, type WatchedCluster } from './engine/cluster-watch.ts';
import { registerCommands } from './commands/commands.ts';
import { confirmPlan } from './commands/confirm-plan.ts';
import { Credentials } from './users/credentials.ts';
import type { CommandContext } from './commands/command-context.ts';
import { partOf } from './engine/json-parts.ts';
import { LazyLab } from './engine/lazy-lab.ts';
import { MissingPassword } from './users/missing-password.ts';
import { BackgroundMonitors } from './monitor/background-monitor.ts';
import { ContainerLogs } from './engine/container-logs.ts';
import { Reports } from './commands/report.ts';
import type { WatchAction } from './panel/panel-host.ts';
import { sentences } from './language/sentences.ts';
import { asksReplicationPassword } from './users/set-password.ts';
import { askForFolder, RemovalNotices } from './commands/settings-commands.ts';
import { ExtensionSettings } from './engine/extension-settings.ts';
import { findingOf, isUnwatched, noMonitor } from './engine/settings-findings.ts';
import { hasRestrictedClusters, openSettings, SettingsReport } from './engine/settings.ts';
import { editorSshQuestions } from './engine/ssh-questions.ts';
import { createTopologyPanels } from './panel/topology-panel.ts';
import type { TopologyPanels } from './panel/topology-panel.ts';
import { traitsOf } from './tree/tree-nodes.ts';
import { Views } from './ui/views.ts';
import { windowKeeps, WatchChoices } from './monitor/watch-choice.ts';
import { isReadable, monitorOf, WatchKeeper } from './monitor/watch-keeper.ts';
import { EditorLocalizer } from './language/localizer.ts';
import { type Log, showErrorMessage } from './ui/window.ts';
import { chosenLanguage } from './engine/written-settings.ts';

type ContextWithoutPanels = Omit<CommandContext, 'panels'>;

/** Puts the editor's side together, and starts to watch. Disposing it ends everything but background monitors. */
export function startExtension(context: vscode.ExtensionContext, log: Log): vscode.Disposable {
  const words = new EditorLocalizer(context.extensionUri);
  words.speak(chosenLanguage());
  const parts = partsOf(context, log, words);
  const { watch, lab, keeper, credentials, settings } = parts;
  const views = new Views({ watch, lab, words, settings });
  const report = new SettingsReport(words, log);
  const removals = new RemovalNotices(words);
  const asked = new Set<string>();
  const restart = (): Promise<void> => start({ ...parts, views, report, removals, asked, restart });
  const given = { ...parts, restart };
  const panels = openPanels(context.extensionUri, given);
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
    new Notifications(watch, words),
    new MissingPassword({ ...given }),
    watch.onChange(() => views.draw()),
    credentials.onForeignChange(restartSafely),
    vscode.workspace.onDidGrantWorkspaceTrust(restartSafely),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('switchover')) restartSafely();
    }),
    ...registerCommands({ ...given, panels }),
  );
}

type Parts = Omit<ContextWithoutPanels, 'restart' | 'words'> & { readonly words: EditorLocalizer };

/** What remembers, watches, and keeps the watch. */
function partsOf(context: vscode.ExtensionContext, log: Log, words: EditorLocalizer): Parts {
  const stateDir = context.globalStorageUri.fsPath;
  const tell = oncePerSentence((says) => {
    log.error(says);
    void showErrorMessage(words.t(sentences.settingsWrong, { says }));
  });
  const choices = new WatchChoices(stateDir, tell);
  const isMonitored = (cluster: string): boolean => choices.of(cluster) === 'background';
  const settings = new ExtensionSettings(stateDir, isMonitored, tell);
  const credentials = new Credentials(context.secrets, (cluster) => settings.originOf(cluster));
  const passwords = passwordsOf(credentials);
  const keeps = (watched: WatchedCluster): boolean =>
    windowKeeps(watched, choices.of(watched.settings.id));
  const watch = new ClusterWatch({
    stateDir,
    passwords,
    log,
    keeps,
    remarks: remarksOf(settings),
    ssh: () => editorSshQuestions(credentials, words),
  });
  const monitors = new BackgroundMonitors({
    stateDir,
    program: vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath,
    version: String(partOf(context.extension.packageJSON, 'version')),
    credentials,
    holder: (cluster) => monitorOf(watch, cluster),
    isReadable: () => isReadable(watch),
  });
  const keeper = new WatchKeeper({ watch, choices, monitors, words, log });
  const lab = new LazyLab(stateDir);
  const remembered = { settings, credentials, passwords, choices, stateDir };
  return { ...remembered, watch, words, lab, log, keeper, monitors };
}

/** Files are looked at all the time; what is wrong with one is said once in a window. */
function oncePerSentence(say: (says: string) => void): (says: string) => void {
  const told = new Set<string>();
  return (says) => {
    if (told.has(says)) return;
    told.add(says);
    say(says);
  };
}

interface StartContext extends Parts {
  readonly views: Views;
  readonly report: SettingsReport;
  readonly removals: RemovalNotices;
  /** Clusters of folders that this window has asked about. */
  readonly asked: Set<string>;
  readonly restart: () => Promise<void>;
}

/** A monitor that just begins, or takes over, is no news. */
const unwatchedMs = 10_000;

/** What the settings, and the lack of a monitor, add to the findings of a cluster. */
function remarksOf(
  settings: ExtensionSettings,
): (cluster: string, state: ClusterState) => readonly Finding[] {
  const since = new Map<string, number>();
  return (cluster, state) => {
    const now = Date.now();
    if (isUnwatched(state)) since.set(cluster, since.get(cluster) ?? now);
    else since.delete(cluster);
    const isLong = now - (since.get(cluster) ?? now) >= unwatchedMs;
    const faults = settings.faultsOf(cluster).map((it) => findingOf(it, cluster));
    return isLong ? [...faults, noMonitor(cluster)] : faults;
  };
}

/** Reads the settings and watches what they name. */
async function start(given: StartContext): Promise<void> {
  const { watch, lab, views, report, log, words, keeper, removals } = given;
  const before = given.settings.kept;
  const { settings, problems, faults } = given.settings.read();
  words.speak(chosenLanguage());
  report.tell(problems, faults);
  removals.tell(faults);
  await followClusters(given, before, settings.clusters);
  removals.offerPasswords(given, before);
  askOnce(given);
  if (settings.clusters.length > 0) {
    views.explainEmpty('nothing');
    await lab.look().catch((error: unknown) => log.warn(reasonOf(error)));
  } else if (faults.length > 0) {
    views.explainEmpty('wrong');
  } else {
    views.explainEmpty((await hasRestrictedClusters()) ? 'restricted' : 'none');
  }
  try {
    await watch.restart(settings);
  } catch (error) {
    const says = reasonOf(error);
    void showErrorMessage(words.t(sentences.engineFailed, { says }));
    throw error;
  }
  report.tellStore(watch.storeProblem);
  keeper.settled();
}

/** Where the user changed where a cluster is or how it is reached, its passwords go with it. */
async function followClusters(
  { credentials, settings }: Parts,
  before: KeptSettings,
  clusters: readonly ClusterSettings[],
): Promise<void> {
  const ofFolders = Object.entries(before.clusters).flatMap(([id, { origin }]) =>
    origin === ofUser ? [] : restored(before, id, origin),
  );
  await credentials.settleFolders(ofFolders);
  for (const cluster of clusters.filter((it) => settings.originOf(it.id) === ofUser)) {
    const [was] = restored(before, cluster.id, ofUser);
    if (was !== undefined) await credentials.follow(was, cluster);
  }
}

/** A window asks once about the clusters of its folder, and again about new ones. */
function askOnce({ settings, words, asked, restart }: StartContext): void {
  const fresh = settings.inForce.awaiting.filter((it) => !asked.has(it));
  if (fresh.length === 0) return;
  fresh.forEach((it) => asked.add(it));
  void askForFolder({ settings, words }, restart);
}

/** The editor's safe first, then the program or file that the settings name. */
function passwordsOf(credentials: Credentials): PasswordSource {
  return async (cluster, which) => {
    const kept = await credentials.read(cluster, which);
    if (kept !== undefined) return kept;
    const { createPasswords } = await import('../wiring/engine.ts');
    return createPasswords({}, homedir())(cluster, which);
  };
}

const watchCommands: Record<WatchAction, string> = {
  arm: 'switchover.armFailover',
  disarm: 'switchover.disarmFailover',
  'end-downtime': 'switchover.endDowntime',
  'start-monitor': 'switchover.startMonitor',
};

const remedyCommands: Record<Remedy, string> = {
  'open-line': 'switchover.openSettingsLine',
  'confirm-settings': 'switchover.confirmSettings',
  'start-monitor': 'switchover.startMonitor',
  'create-monitor-user': 'switchover.createMonitorUser',
  'map-addresses': 'switchover.mapAddresses',
  'end-lock-holder': 'switchover.endLockHolder',
  'accept-key': 'switchover.acceptKey',
};

function openPanels(
  extensionUri: vscode.Uri,
  commandContext: ContextWithoutPanels,
): TopologyPanels {
  const { watch, words, lab, log, keeper } = commandContext;
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
      if (await asksReplicationPassword(found.settings, commandContext))
        await commandContext.restart();
    },
    confirm: confirmPlan,
    during: (run) => watch.during(run),
    acknowledge: (recovery) => acknowledge(commandContext, [recovery], ''),
    changeWatch: async (cluster, action) => {
      await vscode.commands.executeCommand(watchCommands[action], { cluster });
    },
    remedy: async (cluster, { remedy, instance }) => {
      await vscode.commands.executeCommand(remedyCommands[remedy], { cluster, instance });
    },
    changeMember: async (cluster, { action, instance }) => {
      await vscode.commands.executeCommand(`switchover.${action}Member`, { cluster, instance });
    },
    copy: async (text) => vscode.env.clipboard.writeText(text),
    openSettings,
    log: (line) => log.warn(line),
    now: () => Date.now(),
  });
}
