import type { PasswordSource } from '../../config/settings.ts';
import { viewOf } from '../../protocol/topology-view.ts';
import type { ClusterView } from '../../protocol/panel-state.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import type { BackgroundMonitors } from '../monitor/background-monitor.ts';
import type { ClusterWatch, WatchedCluster } from '../engine/cluster-watch.ts';
import type { Credentials } from '../users/credentials.ts';
import type { LazyLab } from '../engine/lazy-lab.ts';
import type { ExtensionSettings } from '../engine/extension-settings.ts';
import { pickCluster, pickInstance } from './pick.ts';
import type { Purpose } from './choices.ts';
import { targetOf } from './target.ts';
import type { TopologyPanels } from '../panel/topology-panel.ts';
import type { WatchChoices } from '../monitor/watch-choice.ts';
import type { WatchKeeper } from '../monitor/watch-keeper.ts';
import type { Log } from '../ui/window.ts';

/** Everything that commands work with. */
export interface CommandContext {
  readonly watch: ClusterWatch;
  readonly words: Localizer;
  readonly settings: ExtensionSettings;
  readonly credentials: Credentials;
  readonly passwords: PasswordSource;
  readonly panels: TopologyPanels;
  readonly lab: LazyLab;
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

export function viewNow(watched: WatchedCluster, words: Localizer): ClusterView | undefined {
  const state = watched.backend.current();
  return state === undefined ? undefined : viewOf(state, words, Date.now());
}

/** The cluster that a command is about, asked for where the argument does not say. */
export async function chooseCluster(
  { watch, words }: CommandContext,
  argument: unknown,
): Promise<WatchedCluster | undefined> {
  const { cluster } = targetOf(argument);
  return (cluster === undefined ? undefined : watch.cluster(cluster)) ?? pickCluster(watch, words);
}

/** The instance that a command is about, asked for where the argument does not say. */
export async function chooseInstance(
  context: CommandContext,
  argument: unknown,
  purpose: Purpose,
): Promise<ChosenInstance | undefined> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return undefined;
  const view = viewNow(watched, context.words);
  const instance =
    targetOf(argument).instance ??
    (await pickInstance(view, watched.settings.id, purpose, context.words));
  return instance === undefined ? undefined : { watched, instance };
}
