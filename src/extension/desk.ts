import type { PasswordSource } from '../config/settings.ts';
import { viewOf } from '../protocol/topology-view.ts';
import type { ClusterView } from '../protocol/panel-state.ts';
import type { Words } from '../protocol/words.ts';
import type { BackgroundMonitors } from './background-monitor.ts';
import type { ClusterWatch, WatchedCluster } from './cluster-watch.ts';
import type { Credentials } from './credentials.ts';
import type { LabDesk } from './lab-desk.ts';
import type { SettingsDesk } from './settings-desk.ts';
import { pickCluster, pickInstance } from './pick.ts';
import type { Purpose } from './choices.ts';
import { targetOf } from './target.ts';
import type { TopologyPanels } from './topology-panel.ts';
import type { WatchChoices } from './watch-choice.ts';
import type { WatchKeeper } from './watch-keeper.ts';
import type { Log } from './window.ts';

/** Everything that commands work with. */
export interface Desk {
  readonly watch: ClusterWatch;
  readonly words: Words;
  readonly settings: SettingsDesk;
  readonly credentials: Credentials;
  readonly passwords: PasswordSource;
  readonly panels: TopologyPanels;
  readonly lab: LabDesk;
  readonly keeper: WatchKeeper;
  readonly monitors: BackgroundMonitors;
  readonly choices: WatchChoices;
  readonly log: Log;
  /** Where the engine keeps its records. */
  readonly stateDir: string;
  /** Reads the settings again and watches anew. */
  readonly restart: () => Promise<void>;
}

export interface ChosenInstance {
  readonly watched: WatchedCluster;
  readonly instance: string;
}

export function viewNow(watched: WatchedCluster, words: Words): ClusterView | undefined {
  const state = watched.backend.current();
  return state === undefined ? undefined : viewOf(state, words, Date.now());
}

/** The cluster that a command is about, asked for where the argument does not say. */
export async function chooseCluster(
  { watch, words }: Desk,
  argument: unknown,
): Promise<WatchedCluster | undefined> {
  const { cluster } = targetOf(argument);
  return (cluster === undefined ? undefined : watch.cluster(cluster)) ?? pickCluster(watch, words);
}

/** The instance that a command is about, asked for where the argument does not say. */
export async function chooseInstance(
  desk: Desk,
  argument: unknown,
  purpose: Purpose,
): Promise<ChosenInstance | undefined> {
  const watched = await chooseCluster(desk, argument);
  if (watched === undefined) return undefined;
  const view = viewNow(watched, desk.words);
  const instance =
    targetOf(argument).instance ??
    (await pickInstance(view, watched.settings.id, purpose, desk.words));
  return instance === undefined ? undefined : { watched, instance };
}
