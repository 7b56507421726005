import * as vscode from 'vscode';
import { objectsIn } from './json-parts.ts';
import { userValue } from './written-settings.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Puts an entry among the user's clusters, in place of an older one of its name; undefined removes it. */
export async function writeCluster(id: string, entry: Entry | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('switchover');
  const now = writtenClusters();
  const others = now.filter((it) => it['id'] !== id);
  const next = entry === undefined ? others : [...others, entry];
  if (now.length === 0 && next.length === 0) return;
  await configuration.update(
    'clusters',
    next.length === 0 ? undefined : next,
    vscode.ConfigurationTarget.Global,
  );
}

/** Changes one key of a cluster of the user's own settings. False: they do not name it, the folder's do. */
export async function changeCluster(id: string, change: Entry): Promise<boolean> {
  const configuration = vscode.workspace.getConfiguration('switchover');
  const now = writtenClusters();
  if (!now.some((it) => it['id'] === id)) return false;
  const next = now.map((it) => (it['id'] === id ? { ...it, ...change } : it));
  await configuration.update('clusters', next, vscode.ConfigurationTarget.Global);
  return true;
}

/** What is no list would be lost if it were written anew. */
function writtenClusters(): readonly Entry[] {
  const written = userValue('clusters');
  if (written !== undefined && written !== null && !Array.isArray(written)) {
    throw new Error(
      'switchover.clusters of your user settings must be a list [...]. Correct it first.',
    );
  }
  return objectsIn(written);
}
