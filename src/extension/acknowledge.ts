import * as vscode from 'vscode';
import type { Recovery } from '../core/model/recovery.ts';
import { needsAcknowledgement } from '../protocol/recovery-now.ts';
import { spell } from '../protocol/words.ts';
import type { Desk } from './desk.ts';
import { partOf } from './json-parts.ts';
import { lookSoon } from './look-soon.ts';
import { sentences } from './sentences.ts';
import { targetOf } from './target.ts';
import { whoAmI } from './who-am-i.ts';
import { showInformationMessage, showInputBox, showQuickPick } from './window.ts';

/** The recovery that a command is about: the row that was clicked, or what a message named. */
export function recoveryOf(argument: unknown): string | undefined {
  const id = partOf(argument, 'recovery');
  return typeof id === 'string' ? id : undefined;
}

/** Acknowledges one recovery: the row that was clicked, or one that is asked for. */
export async function acknowledgeRecovery(desk: Desk, argument: unknown): Promise<void> {
  const id = recoveryOf(argument) ?? (await pickOpen(desk, argument));
  if (id === undefined) return;
  const prompt = desk.words.t(sentences.acknowledgePrompt);
  const comment = await showInputBox({ prompt, ignoreFocusOut: true });
  if (comment === undefined) return;
  await acknowledge(desk, [id], comment);
}

/** Acknowledges everything that waits, of one cluster or of all, with one comment. */
export async function acknowledgeAll(desk: Desk, argument: unknown): Promise<void> {
  const open = openRecoveries(desk, argument);
  if (open.length === 0) {
    tellNothing(desk);
    return;
  }
  const prompt = desk.words.t(sentences.acknowledgeAllPrompt, { count: open.length });
  const comment = await showInputBox({ prompt, ignoreFocusOut: true });
  if (comment === undefined) return;
  await acknowledge(
    desk,
    open.map((it) => it.id),
    comment,
  );
}

/** What waits: acknowledge it, acknowledge all, read the report, or see the servers. */
export async function recoveryActions(desk: Desk, argument: unknown): Promise<void> {
  const { t } = desk.words;
  const [newest] = openRecoveries(desk, argument);
  if (newest === undefined) {
    tellNothing(desk);
    return;
  }
  const chosen = await showQuickPick(
    [
      { icon: 'check', label: t(sentences.acknowledge), command: 'switchover.acknowledgeRecovery' },
      {
        icon: 'check-all',
        label: t(sentences.acknowledgeAll),
        command: 'switchover.acknowledgeAll',
      },
      { icon: 'book', label: t(sentences.showReport), command: 'switchover.showReport' },
      {
        icon: 'type-hierarchy',
        label: t(sentences.showTopology),
        command: 'switchover.openTopology',
      },
    ],
    { placeHolder: spell(newest.headline, desk.words), ignoreFocusOut: true },
  );
  if (chosen === undefined) return;
  const { cluster, id } = newest;
  const all = chosen.command === 'switchover.acknowledgeAll';
  await vscode.commands.executeCommand(
    chosen.command,
    all ? { cluster } : { cluster, recovery: id },
  );
}

/** Writes it down, and looks again so that every view shows it. */
export async function acknowledge(
  { watch }: Pick<Desk, 'watch'>,
  ids: readonly string[],
  comment: string,
): Promise<void> {
  watch.store?.acknowledge(ids, whoAmI(), comment);
  await Promise.all(watch.clusters.map(lookSoon));
}

function openRecoveries({ watch }: Desk, argument: unknown): readonly Recovery[] {
  const { cluster } = targetOf(argument);
  return watch
    .recoveries()
    .filter((it) => cluster === undefined || it.cluster === cluster)
    .filter(needsAcknowledgement);
}

async function pickOpen(desk: Desk, argument: unknown): Promise<string | undefined> {
  const { words } = desk;
  const open = openRecoveries(desk, argument);
  const [only] = open;
  if (only === undefined) {
    tellNothing(desk);
    return undefined;
  }
  if (open.length === 1) return only.id;
  const items = open.map((it) => ({
    id: it.id,
    label: spell(it.headline, words),
    description: it.cluster,
  }));
  const placeHolder = words.t(sentences.pickRecovery);
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.id;
}

function tellNothing({ words }: Desk): void {
  void showInformationMessage(words.t(sentences.nothingToAcknowledge));
}
