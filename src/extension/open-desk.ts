import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { PasswordSource } from '../config/settings.ts';
import { acknowledge } from './acknowledge.ts';
import { Announcer } from './announce.ts';
import { ClusterWatch, reasonOf } from './cluster-watch.ts';
import { registerCommands } from './commands.ts';
import { confirmPlan } from './confirm-plan.ts';
import { Credentials } from './credentials.ts';
import type { Desk } from './desk.ts';
import { LabDesk } from './lab-desk.ts';
import { MissingPassword } from './missing-password.ts';
import { sentences } from './sentences.ts';
import { asksReplicationPassword } from './set-password.ts';
import {
  currentSettings,
  hasRestrictedClusters,
  openSettings,
  SettingsReport,
} from './settings.ts';
import { createTopologyPanels } from './topology-panel.ts';
import type { TopologyPanels } from './topology-panel.ts';
import { traitsOf } from './tree-nodes.ts';
import { Views } from './views.ts';
import { editorWords } from './words.ts';

type DeskWithoutPanels = Omit<Desk, 'panels'>;

/** Puts the editor's side together, and starts to watch. Disposing it ends everything. */
export function openDesk(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const words = editorWords;
  const stateDir = context.globalStorageUri.fsPath;
  const credentials = new Credentials(context.secrets);
  const passwords = passwordsOf(credentials);
  const lab = new LabDesk(stateDir);
  const watch = new ClusterWatch({ stateDir, passwords, log });
  const views = new Views({ watch, lab, words });
  const report = new SettingsReport(words, log);
  const restart = (): Promise<void> => start({ watch, lab, views, report, log });
  const ground = { watch, words, credentials, passwords, lab, log, restart };
  const panels = openPanels(context.extensionUri, ground);
  const restartSafely = (): void =>
    void restart().catch((error: unknown) => log.error(reasonOf(error)));
  restartSafely();
  return vscode.Disposable.from(
    watch,
    views,
    panels,
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

interface StartGround {
  readonly watch: ClusterWatch;
  readonly lab: LabDesk;
  readonly views: Views;
  readonly report: SettingsReport;
  readonly log: vscode.LogOutputChannel;
}

/** Reads the settings and watches what they name. */
async function start({ watch, lab, views, report, log }: StartGround): Promise<void> {
  const { settings, problems, named } = currentSettings();
  report.tell(problems);
  if (settings.clusters.length > 0) {
    views.explainEmpty('nothing');
    await lab.look().catch((error: unknown) => log.warn(reasonOf(error)));
  } else if (named) {
    views.explainEmpty('wrong');
  } else {
    views.explainEmpty((await hasRestrictedClusters()) ? 'restricted' : 'none');
  }
  try {
    await watch.restart(settings);
  } catch (error) {
    const says = reasonOf(error);
    void vscode.window.showErrorMessage(editorWords.t(sentences.engineFailed, { says }));
    throw error;
  }
  report.tellStore(watch.storeProblem);
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

function openPanels(extensionUri: vscode.Uri, desk: DeskWithoutPanels): TopologyPanels {
  const { watch, words, lab, log } = desk;
  return createTopologyPanels({
    extensionUri,
    words,
    language: vscode.env.language,
    onChange: watch.onChange,
    find: (cluster) => {
      const found = watch.cluster(cluster);
      return found && { backend: found.backend, environment: found.settings.environment };
    },
    traitsOf: (card) => traitsOf(card, lab.instances.has(card.key)),
    prepare: async (cluster) => {
      const found = watch.cluster(cluster);
      if (found === undefined) return;
      if (await asksReplicationPassword(found.settings, desk)) await desk.restart();
    },
    confirm: confirmPlan,
    during: (run) => watch.during(run),
    acknowledge: (recovery) => acknowledge(desk, recovery, ''),
    copy: async (text) => vscode.env.clipboard.writeText(text),
    openSettings,
    log: (line) => log.warn(line),
    now: () => Date.now(),
  });
}
