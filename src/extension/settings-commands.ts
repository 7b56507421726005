import * as vscode from 'vscode';
import type { SettingsFault } from '../config/kept-settings.ts';
import type { Desk } from './desk.ts';
import { forgetCluster } from './forget-cluster.ts';
import { sentences } from './sentences.ts';
import { openSettings, openSettingsAt } from './settings.ts';
import { targetOf } from './target.ts';
import { showInformationMessage, showWarningMessage } from './window.ts';

/** Opens the settings where the mistake of a cluster stands; of any, where none is meant. */
export async function openSettingsLine({ settings }: Desk, argument: unknown): Promise<void> {
  const { cluster } = targetOf(argument);
  const faults = cluster === undefined ? settings.inForce.faults : settings.faultsOf(cluster);
  const [first] = faults;
  await (first === undefined ? openSettings() : openSettingsAt(first));
}

/** A person says whether a cluster, or its automatic failover, that the settings no longer name is to end. */
export async function confirmSettings(desk: Desk, argument: unknown): Promise<void> {
  const { settings, words, restart } = desk;
  const { cluster } = targetOf(argument);
  const fault = settings.inForce.faults.find(
    (it) => it.kind !== 'wrong' && (cluster === undefined || it.cluster === cluster),
  );
  if (fault === undefined || fault.cluster === null) {
    const text = words.t(sentences.nothingToConfirm, { cluster: cluster ?? '' });
    void showInformationMessage(text);
    return;
  }
  if (!(await confirms(desk, fault, fault.cluster))) return;
  if (fault.kind === 'removed') {
    await forgetCluster(desk, fault.cluster);
  } else {
    settings.forget(fault.cluster, 'arming');
  }
  await restart();
}

async function confirms(
  { words: { t } }: Desk,
  { kind }: SettingsFault,
  cluster: string,
): Promise<boolean> {
  const isGone = kind === 'removed';
  const question = t(isGone ? sentences.stopWatchingAsk : sentences.switchOffAsk, { cluster });
  const detail = t(isGone ? sentences.stopWatchingDetail : sentences.switchOffDetail);
  const end = t(isGone ? sentences.stopWatching : sentences.switchOff);
  return (await showWarningMessage(question, { modal: true, detail }, end)) === end;
}

/** Says once for each that the settings no longer name it, with the way to confirm it. */
export class RemovalNotices {
  readonly #words: Desk['words'];
  #told: ReadonlySet<string> = new Set();

  constructor(words: Desk['words']) {
    this.#words = words;
  }

  tell(faults: readonly SettingsFault[]): void {
    const removals = faults.filter((it) => it.kind !== 'wrong');
    const before = this.#told;
    this.#told = new Set(removals.map((it) => it.says));
    for (const it of removals) if (!before.has(it.says)) void this.#offer(it);
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
}

/** Asks once for each folder whether the clusters that its settings name are used. */
export async function askForFolder(
  { settings, words: { t } }: Pick<Desk, 'settings' | 'words'>,
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
