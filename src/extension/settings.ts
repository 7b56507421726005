import * as vscode from 'vscode';
import { settingsSchema } from '../config/settings-schema.ts';
import { readSettings } from '../config/settings.ts';
import type { Settings, SettingsProblem } from '../config/settings.ts';
import type { Words } from '../protocol/words.ts';
import { sentences } from './sentences.ts';
import {
  type Log,
  showErrorMessage,
  showInformationMessage,
  showWarningMessage,
} from './window.ts';

export interface SettingsReading {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
  /** Whether the settings name any cluster, right or wrong. */
  readonly named: boolean;
}

/** The settings as they hold now. In a folder that is not trusted the editor leaves its clusters out. */
export function currentSettings(): SettingsReading {
  const raw = Object.fromEntries(
    Object.keys(settingsSchema.shape)
      .map((name): [string, unknown] => [name, writtenValue(name)])
      .filter(([, value]) => value !== undefined && value !== null),
  );
  const clusters = raw['clusters'];
  const named = !Array.isArray(clusters) || clusters.length > 0;
  return { ...readSettings(raw), named: clusters !== undefined && named };
}

/** What somebody wrote; undefined where only the manifest's own default holds. */
function writtenValue(name: string): unknown {
  const configuration = vscode.workspace.getConfiguration('switchover');
  const found = configuration.inspect(name);
  const written = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return written.some((it) => it !== undefined) ? configuration.get<unknown>(name) : undefined;
}

/** True when a folder that is not trusted names clusters in its settings, which are therefore not read. */
export async function hasRestrictedClusters(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return false;
  const folders = vscode.workspace.workspaceFolders ?? [];
  const texts = await Promise.all(folders.map(({ uri }) => settingsTextOf(uri)));
  return texts.some((text) => text.includes('"switchover.clusters"'));
}

/** Says what is wrong with the settings, or with what they lead to, once for each change. */
export class SettingsReport {
  readonly #words: Words;
  readonly #log: Log;
  #told = '';
  #toldStore = '';

  constructor(words: Words, log: Log) {
    this.#words = words;
    this.#log = log;
  }

  tell(problems: readonly SettingsProblem[]): void {
    const texts = problems.map((it) => it.says);
    const told = texts.join('\n');
    if (told === this.#told) return;
    this.#told = told;
    for (const { severity, says } of problems) {
      if (severity === 'error') this.#log.error(says);
      else this.#log.info(says);
    }
    const errors = problems.filter((it) => it.severity === 'error');
    const [first] = errors.length > 0 ? errors : problems;
    if (first !== undefined) void this.#show(first, problems.length - 1);
  }

  /** Why nothing can be recorded, once; the engine has logged it already. */
  tellStore(problem: string | undefined): void {
    if (problem === undefined || problem === this.#toldStore) return;
    this.#toldStore = problem;
    const text = this.#words.t(sentences.storeTrouble, { says: problem });
    void showWarningMessage(text);
  }

  async #show({ severity, says }: SettingsProblem, more: number): Promise<void> {
    const { t } = this.#words;
    const sentence = more === 0 ? sentences.settingsWrong : sentences.settingsWrongMore;
    const text = t(sentence, { says, count: more });
    const open = t(sentences.openSettings);
    const chosen =
      severity === 'error'
        ? await showErrorMessage(text, open)
        : await showInformationMessage(text, open);
    if (chosen === open) await openSettings();
  }
}

/** Opens the settings file that names the clusters: the folder's where it does, else the user's. */
export async function openSettings(): Promise<void> {
  const found = vscode.workspace.getConfiguration('switchover').inspect('clusters');
  const inWorkspace = found?.workspaceValue !== undefined;
  await vscode.commands.executeCommand(
    inWorkspace
      ? 'workbench.action.openWorkspaceSettingsFile'
      : 'workbench.action.openSettingsJson',
    { revealSetting: { key: 'switchover.clusters', edit: true } },
  );
}

async function settingsTextOf(folder: vscode.Uri): Promise<string> {
  try {
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return ''; // No such file: the folder names nothing.
  }
}
