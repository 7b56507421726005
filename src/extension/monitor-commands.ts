import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { WatchedCluster } from './cluster-watch.ts';
import { chooseCluster, type Desk } from './desk.ts';
import { sentences } from './sentences.ts';
import { showInformationMessage } from './window.ts';

export async function startMonitor(desk: Desk, argument: unknown): Promise<void> {
  const watched = await chooseCluster(desk, argument);
  if (watched !== undefined) await desk.keeper.startMonitor(watched.settings.id);
}

export async function stopMonitor(desk: Desk, argument: unknown): Promise<void> {
  const watched = await chooseCluster(desk, argument);
  if (watched !== undefined) await desk.keeper.stopMonitor(watched.settings.id);
}

/** Says who keeps the watch, and offers what can be done about it. */
export async function showMonitor(desk: Desk, argument: unknown): Promise<void> {
  const watched = await chooseCluster(desk, argument);
  if (watched === undefined) return;
  const { t } = desk.words;
  const { id } = watched.settings;
  const file = desk.monitors.logFile(id);
  const show = async (): Promise<void> => {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
  };
  const runs = desk.keeper.monitorOf(id) !== undefined;
  const actions = [
    runs
      ? { title: t(sentences.stopMonitor), act: () => desk.keeper.stopMonitor(id) }
      : { title: t(sentences.startMonitor), act: () => desk.keeper.startMonitor(id) },
    ...(existsSync(file) ? [{ title: t(sentences.showLog), act: show }] : []),
  ];
  const says = whoKeeps(desk, watched);
  const chosen = await showInformationMessage(says, ...actions);
  await chosen?.act();
}

function whoKeeps({ words: { t }, keeper }: Desk, { settings, backend }: WatchedCluster): string {
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
