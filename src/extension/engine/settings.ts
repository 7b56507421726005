import * as vscode from 'vscode';
import type { SettingsFault } from '../../config/kept-settings.ts';
import { offsetOf } from '../../config/place-in-text.ts';
import type { SettingsProblem } from '../../config/settings.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import { sentences } from '../language/sentences.ts';
import {
  type Log,
  showErrorMessage,
  showInformationMessage,
  showWarningMessage,
} from '../ui/window.ts';
import { folderValue, userValue } from './written-settings.ts';

/** True when a folder that is not trusted names clusters in its settings, which are therefore not read. */
export async function hasRestrictedClusters(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return false;
  const folders = vscode.workspace.workspaceFolders ?? [];
  const texts = await Promise.all(folders.map(({ uri }) => settingsTextOf(uri)));
  return texts.some((text) => text.includes('"switchover.clusters"'));
}

/** Says what is wrong with the settings, or with what they lead to, once for each change. */
export class SettingsReport {
  readonly #words: Localizer;
  readonly #log: Log;
  #told = '';
  #toldStore = '';

  constructor(words: Localizer, log: Log) {
    this.#words = words;
    this.#log = log;
  }

  /** `faults`: those of the problems that stay on the screen, and whether the last good settings are in force. */
  tell(problems: readonly SettingsProblem[], faults: readonly SettingsFault[]): void {
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
    const kept = faults.some((it) => it.kept && it.says === first?.says);
    if (first !== undefined) void this.#show(first, problems.length - 1, kept);
  }

  /** Why nothing can be recorded, once; the engine has logged it already. */
  tellStore(problem: string | undefined): void {
    if (problem === undefined || problem === this.#toldStore) return;
    this.#toldStore = problem;
    const text = this.#words.t(sentences.storeTrouble, { says: problem });
    void showWarningMessage(text);
  }

  async #show(
    { severity, says, path }: SettingsProblem,
    more: number,
    kept: boolean,
  ): Promise<void> {
    const { t } = this.#words;
    const values = { says, count: more };
    if (severity === 'notice') {
      const open = t(sentences.openSettings);
      const text = t(more === 0 ? sentences.settingsWrong : sentences.settingsWrongMore, values);
      if ((await showInformationMessage(text, open)) === open) await openSettings();
      return;
    }
    const [one, many] = kept
      ? [sentences.settingsKept, sentences.settingsKeptMore]
      : [sentences.settingsWrong, sentences.settingsWrongMore];
    const open = t(sentences.openLine);
    const text = t(more === 0 ? one : many, values);
    if ((await showErrorMessage(text, open)) !== open) return;
    await openSettingsAt({ path, file: says.includes("this folder's") ? 'folder' : 'user' });
  }
}

/** Opens the settings file that names the clusters: the user's where it does, else the folder's. */
export async function openSettings(): Promise<void> {
  const inFolder = userValue('clusters') === undefined && folderValue('clusters') !== undefined;
  await vscode.commands.executeCommand(inFolder ? openers.folder : openers.user, {
    revealSetting: { key: 'switchover.clusters', edit: true },
  });
}

const openers = {
  folder: 'workbench.action.openWorkspaceSettingsFile',
  user: 'workbench.action.openSettingsJson',
} as const;

/** Opens the settings file at the line that a path names. */
export async function openSettingsAt({
  path,
  file,
}: Pick<SettingsFault, 'path' | 'file'>): Promise<void> {
  await vscode.commands.executeCommand(openers[file]);
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const at = editor.document.positionAt(offsetOf(editor.document.getText(), path));
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
}

async function settingsTextOf(folder: vscode.Uri): Promise<string> {
  try {
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return ''; // No such file: the folder names nothing.
  }
}
