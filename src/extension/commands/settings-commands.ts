import * as vscode from 'vscode';
import { ofUser, type KeptSettings, type SettingsFault } from '../../config/kept-settings.ts';
import type { CommandContext } from './command-context.ts';
import { forgetCluster } from './forget-cluster.ts';
import { partOf } from '../engine/json-parts.ts';
import { sentences } from '../language/sentences.ts';
import { openSettings, openSettingsAt } from '../engine/settings.ts';
import { targetOf } from './target.ts';
import { showInformationMessage, showWarningMessage } from '../ui/window.ts';

/** Opens the settings where the mistake of a cluster stands; of any, where none is meant. */
export async function openSettingsLine(
  { settings }: CommandContext,
  argument: unknown,
): Promise<void> {
  const { cluster } = targetOf(argument);
  const faults = cluster === undefined ? settings.inForce.faults : settings.faultsOf(cluster);
  const [first] = faults;
  await (first === undefined ? openSettings() : openSettingsAt(first));
}

/**
 * A person says whether a cluster, its automatic failover, or a setting that automatic failover goes by, which the settings
 * no longer name, is to end.
 */
export async function confirmSettings(context: CommandContext, argument: unknown): Promise<void> {
  const { settings, words, restart } = context;
  const { cluster } = targetOf(argument);
  const { faults } = settings.inForce;
  const fault = faults.find(
    ({ kind, cluster: its }) =>
      (kind === 'removed' || kind === 'disarmed') && (cluster === undefined || its === cluster),
  );
  const dropped = faults.filter((it) => it.kind === 'dropped').map((it) => it.path);
  if (fault !== undefined && partOf(argument, 'what') !== 'dropped') {
    if (await endAsConfirmed(context, fault)) await restart();
  } else if (dropped.length > 0) {
    if (!(await confirmsDropped(context, dropped))) return;
    settings.drop(dropped);
    await restart();
  } else {
    const text = words.t(sentences.nothingToConfirm, { cluster: cluster ?? '' });
    void showInformationMessage(text);
  }
}

/** False: the person did not confirm it. */
async function endAsConfirmed(
  context: CommandContext,
  { kind, cluster }: SettingsFault,
): Promise<boolean> {
  if (cluster === null || !(await confirms(context, kind, cluster))) return false;
  if (kind === 'removed') await forgetCluster(context, cluster);
  else context.settings.forget(cluster, 'arming');
  return true;
}

async function confirms(
  { words: { t } }: CommandContext,
  kind: SettingsFault['kind'],
  cluster: string,
): Promise<boolean> {
  const isGone = kind === 'removed';
  const question = t(isGone ? sentences.stopWatchingAsk : sentences.switchOffAsk, { cluster });
  const detail = t(isGone ? sentences.stopWatchingDetail : sentences.switchOffDetail);
  const end = t(isGone ? sentences.stopWatching : sentences.switchOff);
  return (await showWarningMessage(question, { modal: true, detail }, end)) === end;
}

async function confirmsDropped(
  { words: { t } }: CommandContext,
  names: readonly string[],
): Promise<boolean> {
  const question = t(sentences.useDefaultsAsk, { names: names.join(', ') });
  const detail = t(sentences.useDefaultsDetail);
  const use = t(sentences.useDefaults);
  return (await showWarningMessage(question, { modal: true, detail }, use)) === use;
}

/** Says once for each that the settings no longer name it, with the way to confirm it. */
export class RemovalNotices {
  readonly #words: CommandContext['words'];
  #told: ReadonlySet<string> = new Set();

  constructor(words: CommandContext['words']) {
    this.#words = words;
  }

  tell(faults: readonly SettingsFault[]): void {
    const removals = faults.filter((it) => it.kind !== 'wrong');
    const before = this.#told;
    this.#told = new Set(removals.map((it) => it.says));
    const fresh = removals.filter((it) => !before.has(it.says));
    for (const it of fresh) if (it.kind !== 'dropped') void this.#offer(it);
    const dropped = fresh.filter((it) => it.kind === 'dropped').map((it) => it.path);
    if (dropped.length > 0) void this.#offerDefaults(dropped);
  }

  /** Of clusters that the user's settings named `before` and name no longer, and that need no watching. */
  offerPasswords(
    { settings, credentials }: Pick<CommandContext, 'settings' | 'credentials'>,
    before: KeptSettings,
  ): void {
    const named = settings.takenIds;
    const gone = Object.entries(before.clusters)
      .filter(([id, { origin }]) => origin === ofUser && !named.includes(id))
      .map(([id]) => id);
    for (const cluster of gone) void this.#offerForgetting(credentials, cluster);
  }

  async #offerForgetting(
    credentials: CommandContext['credentials'],
    cluster: string,
  ): Promise<void> {
    if (!(await credentials.has(cluster))) return;
    const { t } = this.#words;
    const remove = t(sentences.deletePasswords);
    const text = t(sentences.passwordsLeft, { cluster });
    if ((await showInformationMessage(text, remove)) === remove) await credentials.forget(cluster);
  }

  async #offer({ kind, cluster }: SettingsFault): Promise<void> {
    const { t } = this.#words;
    const isGone = kind === 'removed';
    const sentence = isGone ? sentences.clusterUnnamed : sentences.failoverUnnamed;
    const confirm = t(isGone ? sentences.stopWatchingMore : sentences.switchOffMore);
    const text = t(sentence, { cluster: cluster ?? '' });
    const chosen = await showWarningMessage(text, confirm);
    if (chosen === confirm) {
      await vscode.commands.executeCommand('switchover.confirmSettings', { cluster });
    }
  }

  async #offerDefaults(names: readonly string[]): Promise<void> {
    const { t } = this.#words;
    const use = t(sentences.useDefaultsMore);
    const text = t(sentences.settingsDropped, { names: names.join(', ') });
    if ((await showWarningMessage(text, use)) === use) {
      await vscode.commands.executeCommand('switchover.confirmSettings', { what: 'dropped' });
    }
  }
}

/** Asks once for each folder whether the clusters that its settings name are used. */
export async function askForFolder(
  { settings, words: { t } }: Pick<CommandContext, 'settings' | 'words'>,
  restart: () => Promise<void>,
): Promise<void> {
  const { awaiting } = settings.inForce;
  const text = t(sentences.folderAsk, { clusters: awaiting.join(', ') });
  const use = t(sentences.folderUse);
  const chosen = await showWarningMessage(text, use, t(sentences.notNow));
  if (chosen !== use) return;
  settings.agree();
  await restart();
}
