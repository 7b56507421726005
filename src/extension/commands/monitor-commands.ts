import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import { sentences } from '../language/sentences.ts';
import { showInformationMessage } from '../ui/window.ts';

export async function startMonitor(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched !== undefined) await context.keeper.startMonitor(watched.settings.id);
}

export async function stopMonitor(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched !== undefined) await context.keeper.stopMonitor(watched.settings.id);
}

/** Says who keeps the watch, and offers what can be done about it. */
export async function showMonitor(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const { t } = context.words;
  const { id } = watched.settings;
  const file = context.monitors.logFile(id);
  const show = async (): Promise<void> => {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
  };
  const runs = context.keeper.monitorOf(id) !== undefined;
  const actions = [
    runs
      ? { title: t(sentences.stopMonitor), act: () => context.keeper.stopMonitor(id) }
      : { title: t(sentences.startMonitor), act: () => context.keeper.startMonitor(id) },
    ...(existsSync(file) ? [{ title: t(sentences.showLog), act: show }] : []),
  ];
  const says = whoKeeps(context, watched);
  const chosen = await showInformationMessage(says, ...actions);
  await chosen?.act();
}

function whoKeeps(
  { words: { t }, keeper }: CommandContext,
  { settings, backend }: WatchedCluster,
): string {
  const cluster = settings.id;
  const monitor = keeper.monitorOf(cluster);
  const holder = backend.current()?.watch?.controller?.holder;
  return [
    monitor === undefined
      ? t(sentences.monitorNone, { cluster })
      : t(sentences.monitorRuns, { cluster, holder: monitor }),
    holder === undefined ? t(sentences.keptByNobody) : t(sentences.keptBy, { holder }),
  ].join(' ');
}
