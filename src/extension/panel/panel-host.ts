import type { ClusterBackend, ClusterState } from '../../core/backend.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { CardView, WatchView } from '../../protocol/panel-state.ts';
import type { Remedy } from '../../protocol/remedy.ts';
import type { PlanContext } from '../../protocol/plan-view.ts';
import type { Localizer } from '../../protocol/localizer.ts';

export type WatchAction = NonNullable<WatchView['action']>;

export interface PanelCluster {
  readonly backend: ClusterBackend;
  readonly environment: PlanContext['environment'];
  /** `user@host (pid)` of the cluster's background monitor; undefined where none runs. */
  readonly monitor: string | undefined;
}

/** What a panel asks of the extension around it. */
export interface PanelHost {
  readonly words: Localizer;
  /** Undefined while the settings do not hold it. Asked anew each time. */
  readonly find: (cluster: string) => PanelCluster | undefined;
  /** What the menus decide by. */
  readonly traitsOf: (card: CardView, state: ClusterState | undefined) => string;
  /** Asks for what a plan needs, such as a missing password. */
  readonly prepare: (cluster: string) => Promise<void>;
  /** The last gate before a plan runs. `typed`: what was typed in the sheet. */
  readonly confirm: (plan: Plan, context: PlanContext, typed: string) => Promise<boolean>;
  /** Keeps the engine alive until the run has ended. */
  readonly during: <Result>(run: Promise<Result>) => Promise<Result>;
  readonly acknowledge: (recovery: string) => Promise<void>;
  /** Arms, disarms, or ends the downtime, after asking what must be asked. */
  readonly changeWatch: (cluster: string, action: WatchAction) => Promise<void>;
  /** Begins what would help against a finding, such as opening a line of the settings; asks what must be asked. */
  readonly remedy: (
    cluster: string,
    what: { readonly remedy: Remedy; readonly instance: string | null },
  ) => Promise<void>;
  /** Confirms or ignores a name as a member, after asking what must be asked. */
  readonly changeMember: (
    cluster: string,
    what: { readonly action: 'confirm' | 'ignore'; readonly instance: string | null },
  ) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
  readonly openSettings: () => Promise<void>;
  readonly log: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
