import { hostname, userInfo } from 'node:os';
import * as vscode from 'vscode';
import { waitingRecovery } from '../protocol/summary-view.ts';
import { spell } from '../protocol/words.ts';
import type { Desk } from './desk.ts';
import { partOf } from './json-parts.ts';
import { sentences } from './sentences.ts';

/** Acknowledges one recovery: the row that was clicked, or one that is asked for. */
export async function acknowledgeRecovery(desk: Desk, argument: unknown): Promise<void> {
  const clicked = partOf(partOf(argument, 'recovery'), 'id');
  const id = typeof clicked === 'string' ? clicked : await pickOpen(desk);
  if (id === undefined) return;
  const prompt = desk.words.t(sentences.acknowledgePrompt);
  const comment = await vscode.window.showInputBox({ prompt });
  if (comment === undefined) return;
  await acknowledge(desk, id, comment);
}

/** Writes it down, and looks again so that every view shows it. */
export async function acknowledge(
  { watch }: Pick<Desk, 'watch'>,
  id: string,
  comment: string,
): Promise<void> {
  watch.acknowledge([id], `${userInfo().username}@${hostname()}`, comment);
  const signal = AbortSignal.timeout(10_000);
  await Promise.all(watch.clusters.map((it) => it.backend.refresh(signal)));
}

async function pickOpen({ watch, words }: Desk): Promise<string | undefined> {
  const open = watch.recoveries().filter((it) => waitingRecovery([it]) !== undefined);
  if (open.length === 0) {
    void vscode.window.showInformationMessage(words.t(sentences.nothingToAcknowledge));
    return undefined;
  }
  const items = open.map((it) => ({
    id: it.id,
    label: spell(it.headline, words),
    description: it.cluster,
  }));
  const placeHolder = words.t(sentences.pickRecovery);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.id;
}
