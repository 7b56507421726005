import type { ClusterBackend } from '../core/backend.ts';
import type { Plan } from '../core/model/plan.ts';
import type { CardView } from '../protocol/panel-state.ts';
import type { PlanGround } from '../protocol/plan-view.ts';
import type { Words } from '../protocol/words.ts';

export interface PanelCluster {
  readonly backend: ClusterBackend;
  readonly environment: PlanGround['environment'];
}

/** What a panel asks of the extension around it. */
export interface PanelHands {
  readonly words: Words;
  /** e.g. `ko`. */
  readonly language: string;
  /** Undefined while the settings do not hold it. Asked anew each time. */
  readonly find: (cluster: string) => PanelCluster | undefined;
  /** What the menus decide by. */
  readonly traitsOf: (card: CardView) => string;
  /** Asks for what a plan needs, such as a missing password. */
  readonly prepare: (cluster: string) => Promise<void>;
  /** The last gate before a plan runs. `typed`: what was typed in the sheet. */
  readonly confirm: (plan: Plan, ground: PlanGround, typed: string) => Promise<boolean>;
  /** Keeps the engine alive until the run has ended. */
  readonly during: <Result>(run: Promise<Result>) => Promise<Result>;
  readonly acknowledge: (recovery: string) => Promise<void>;
  readonly copy: (text: string) => Promise<void>;
  readonly openSettings: () => Promise<void>;
  readonly log: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
