import * as vscode from 'vscode';
import type { Recovery } from '../../core/model/recovery.ts';
import { needsAcknowledgement } from '../../protocol/recovery-now.ts';
import { spell } from '../../protocol/localizer.ts';
import type { CommandContext } from './command-context.ts';
import { partOf } from '../engine/json-parts.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { sentences } from '../language/sentences.ts';
import { targetOf } from './target.ts';
import { whoAmI } from '../engine/who-am-i.ts';
import { showInformationMessage, showInputBox, showQuickPick } from '../ui/window.ts';

/** The recovery that a command is about: the row that was clicked, or what a message named. */
export function recoveryOf(argument: unknown): string | undefined {
  const id = partOf(argument, 'recovery');
  return typeof id === 'string' ? id : undefined;
}

/** Acknowledges one recovery: the row that was clicked, or one that is asked for. */
export async function acknowledgeRecovery(
  context: CommandContext,
  argument: unknown,
): Promise<void> {
  const id = recoveryOf(argument) ?? (await pickOpen(context, argument));
  if (id === undefined) return;
  const prompt = context.words.t(sentences.acknowledgePrompt);
  const comment = await showInputBox({ prompt, ignoreFocusOut: true });
  if (comment === undefined) return;
  await acknowledge(context, [id], comment);
}

/** Acknowledges everything that waits, of one cluster or of all, with one comment. */
export async function acknowledgeAll(context: CommandContext, argument: unknown): Promise<void> {
  const open = openRecoveries(context, argument);
  if (open.length === 0) {
    tellNothing(context);
    return;
  }
  const prompt = context.words.t(sentences.acknowledgeAllPrompt, { count: open.length });
  const comment = await showInputBox({ prompt, ignoreFocusOut: true });
  if (comment === undefined) return;
  await acknowledge(
    context,
    open.map((it) => it.id),
    comment,
  );
}

/** What waits: acknowledge it, acknowledge all, read the report, or see the servers. */
export async function recoveryActions(context: CommandContext, argument: unknown): Promise<void> {
  const { t } = context.words;
  const [newest] = openRecoveries(context, argument);
  if (newest === undefined) {
    tellNothing(context);
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
    { placeHolder: spell(newest.headline, context.words), ignoreFocusOut: true },
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
  { watch }: Pick<CommandContext, 'watch'>,
  ids: readonly string[],
  comment: string,
): Promise<void> {
  watch.store?.acknowledge(ids, whoAmI(), comment);
  await Promise.all(watch.clusters.map(lookSoon));
}

function openRecoveries({ watch }: CommandContext, argument: unknown): readonly Recovery[] {
  const { cluster } = targetOf(argument);
  return watch
    .recoveries()
    .filter((it) => cluster === undefined || it.cluster === cluster)
    .filter(needsAcknowledgement);
}

async function pickOpen(context: CommandContext, argument: unknown): Promise<string | undefined> {
  const { words } = context;
  const open = openRecoveries(context, argument);
  const [only] = open;
  if (only === undefined) {
    tellNothing(context);
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

function tellNothing({ words }: CommandContext): void {
  void showInformationMessage(words.t(sentences.nothingToAcknowledge));
}
