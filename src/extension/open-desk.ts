import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { ofUser, restored, type KeptSettings } from '../config/kept-settings.ts';
import type { ClusterSettings, PasswordSource } from '../config/settings.ts';
import type { ClusterState } from '../core/backend.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Remedy } from '../protocol/remedy.ts';
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
import { askForFolder, RemovalNotices } from './settings-commands.ts';
import { SettingsDesk } from './settings-desk.ts';
import { findingOf, isUnwatched, noMonitor } from './settings-findings.ts';
import { hasRestrictedClusters, openSettings, SettingsReport } from './settings.ts';
import { editorSshQuestions } from './ssh-questions.ts';
import { createTopologyPanels } from './topology-panel.ts';
import type { TopologyPanels } from './topology-panel.ts';
import { traitsOf } from './tree-nodes.ts';
import { Views } from './views.ts';
import { windowKeeps, WatchChoices } from './watch-choice.ts';
import { isReadable, monitorOf, WatchKeeper } from './watch-keeper.ts';
import { EditorWords } from './words.ts';
import { type Log, showErrorMessage } from './window.ts';
import { chosenLanguage } from './written-settings.ts';

type DeskWithoutPanels = Omit<Desk, 'panels'>;

/** Puts the editor's side together, and starts to watch. Disposing it ends everything but background monitors. */
export function openDesk(context: vscode.ExtensionContext, log: Log): vscode.Disposable {
  const words = new EditorWords(context.extensionUri);
  words.speak(chosenLanguage());
  const parts = partsOf(context, log, words);
  const { watch, lab, keeper, credentials, settings } = parts;
  const views = new Views({ watch, lab, words, settings });
  const report = new SettingsReport(words, log);
  const removals = new RemovalNotices(words);
  const asked = new Set<string>();
  const restart = (): Promise<void> => start({ ...parts, views, report, removals, asked, restart });
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
  const tell = oncePerSentence((says) => {
    log.error(says);
    void showErrorMessage(words.t(sentences.settingsWrong, { says }));
  });
  const choices = new WatchChoices(stateDir, tell);
  const isMonitored = (cluster: string): boolean => choices.of(cluster) === 'background';
  const settings = new SettingsDesk(stateDir, isMonitored, tell);
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
  const lab = new LabDesk(stateDir);
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

interface StartGround extends Parts {
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
  settings: SettingsDesk,
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
async function start(ground: StartGround): Promise<void> {
  const { watch, lab, views, report, log, words, keeper, removals } = ground;
  const before = ground.settings.kept;
  const { settings, problems, faults } = ground.settings.read();
  words.speak(chosenLanguage());
  report.tell(problems, faults);
  removals.tell(faults);
  await followClusters(ground, before, settings.clusters);
  removals.offerPasswords(ground, before);
  askOnce(ground);
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
function askOnce({ settings, words, asked, restart }: StartGround): void {
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
    const { composePasswords } = await import('../compose.ts');
    return composePasswords({}, homedir())(cluster, which);
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
