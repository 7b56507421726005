import type { ClusterState } from '../../core/backend.ts';
import { memberOf } from '../../core/model/topology.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { Recovery } from '../../core/model/recovery.ts';
import { detailsOf } from '../../protocol/instance-details.ts';
import { environmentWords } from '../../protocol/labels.ts';
import type {
  CardView,
  InstanceDetails,
  PanelState,
  ProgressView,
  ResultView,
  SheetView,
} from '../../protocol/panel-state.ts';
import { endOf, progressOf } from '../../protocol/recovery-view.ts';
import { sentences } from '../../protocol/sentences.ts';
import { shortLabels } from '../../protocol/short-labels.ts';
import { needsAcknowledgement, runningNow, waitingRecovery } from '../../protocol/recovery-now.ts';
import { viewOf } from '../../protocol/topology-view.ts';
import { watchViewOf } from '../../protocol/watch-view.ts';
import type { WatchContext } from '../../protocol/watch-view.ts';
import type { Localizer } from '../../protocol/localizer.ts';

/** What the session knows beside the cluster's state. */
export interface PictureContext {
  readonly cluster: string;
  /** The settings name it. */
  readonly isKnown: boolean;
  readonly environment: PanelState['environment']['kind'];
  readonly monitor: WatchContext['monitor'];
  readonly words: Localizer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly labelOf: (key: string) => string;
  readonly traitsOf: (card: CardView, state: ClusterState | undefined) => string;
  readonly headlineOf: (recovery: Recovery) => string;
  readonly selected: string | null;
  readonly sheet: SheetView | null;
  readonly planning: boolean;
  /** The plan that runs from this panel. */
  readonly run: { readonly plan: Plan } | undefined;
  /** What came of the last one, and when, in milliseconds since the epoch. */
  readonly result: { readonly view: ResultView; readonly at: number } | null;
  /** Recoveries whose result was put away. */
  readonly dismissed: ReadonlySet<string>;
}

/** Everything the page draws, complete. `state` is undefined before the first round has ended. */
export function panelStateOf(state: ClusterState | undefined, context: PictureContext): PanelState {
  const { words, environment, sheet, planning, now } = context;
  const view = state === undefined ? null : viewOf(state, words, now);
  const cards = view?.cards ?? [];
  return {
    cluster: context.cluster,
    environment: { kind: environment, word: words.t(environmentWords[environment]) },
    view,
    watch:
      state?.watch === undefined
        ? null
        : watchViewOf(state.watch, {
            monitor: context.monitor,
            words,
            now,
            labelOf: context.labelOf,
          }),
    traits: Object.fromEntries(cards.map((it) => [it.key, context.traitsOf(it, state)])),
    details: state === undefined ? null : detailsNow(state, context),
    absent: context.isKnown ? null : words.t(sentences.clusterGone, { cluster: context.cluster }),
    sheet,
    planning,
    progress: state === undefined ? null : progressNow(state, context),
    result: resultNow(state, context),
  };
}

function detailsNow(
  state: ClusterState,
  { selected, words, now }: PictureContext,
): InstanceDetails | null {
  const member = memberOf(state.topology, selected);
  const labels = shortLabels(state.topology.members.map((it) => it.key));
  const { topology, findings, containers } = state;
  return member === undefined
    ? null
    : detailsOf(member, { topology, findings, containers, labels, words, now });
}

function progressNow(state: ClusterState, context: PictureContext): ProgressView | null {
  const running = runningNow(state);
  if (running === null) {
    return null;
  }
  const cancellable = context.run !== undefined && beforeNoReturn(running, context.run.plan);
  return progressOf(running, cancellable, recoveryContext(running, context));
}

/** While a step that can be undone has not ended, a failure or a cancel undoes everything. */
function beforeNoReturn(running: Recovery, plan: Plan): boolean {
  const undoable = plan.stages
    .filter((it) => it.onFailure === 'undo')
    .flatMap((it) => it.lanes.flat().map((step) => step.id));
  return running.steps.some(
    (it) => undoable.includes(it.id) && (it.state === 'waiting' || it.state === 'running'),
  );
}

/** Whatever ended here is old news once another master was opened since, or something waits for a person. */
function resultNow(state: ClusterState | undefined, context: PictureContext): ResultView | null {
  const { result } = context;
  const isOld = result !== null && state?.recoveries.some((it) => isNews(it, result.at)) === true;
  if (result !== null && !isOld) {
    return result.view;
  }
  return state === undefined ? null : waitingResult(state, context);
}

/** `at`: since when, in milliseconds since the epoch. */
function isNews(recovery: Recovery, at: number): boolean {
  const { openedAt, startedAt } = recovery;
  return (openedAt ?? 0) > at || (startedAt > at && needsAcknowledgement(recovery));
}

/** The end of a recovery that waits for an acknowledgement, whoever ran it. */
function waitingResult(state: ClusterState, context: PictureContext): ResultView | null {
  const waiting = waitingRecovery(state.recoveries);
  return waiting === undefined || context.dismissed.has(waiting.id) || runningNow(state) !== null
    ? null
    : endOf(waiting, recoveryContext(waiting, context));
}

function recoveryContext(
  recovery: Recovery,
  { words, labelOf, headlineOf }: PictureContext,
): Parameters<typeof endOf>[1] {
  return { words, labelOf, headline: headlineOf(recovery) };
}
