import type { InstanceKey } from '../../model/instance.ts';
import type { Action, Stage, Step } from '../../model/plan.ts';
import type { Phrase } from '../../model/phrase.ts';
import { memberOf } from '../../model/topology.ts';
import type { PlanningContext } from '../planning-context.ts';

/** A step before it has its number. */
export type Draft = Omit<Step, 'id'>;

export interface DraftStage {
  readonly title: Phrase;
  readonly lanes: readonly (readonly Draft[])[];
  readonly onFailure: Stage['onFailure'];
}

/** How long each kind of step may take, in milliseconds. A commit that waits can hold `set-read-only` for ever. */
const deadlinesMs: Readonly<Record<Action['do'], number>> = {
  'set-read-only': 5_000,
  'set-writable': 5_000,
  'verify-open': 2_000,
  'verify-write': 3_000,
  'verify-closable': 2_000,
  'end-writers': 5_000,
  'mark-position': 2_000,
  'wait-for-mark': 15_000,
  'check-unmoved': 2_000,
  'wait-until-applied': 300_000,
  'start-applier': 5_000,
  'stop-receiver': 5_000,
  'start-receiver': 5_000,
  'stop-replication': 15_000,
  'set-delay': 10_000,
  'start-replication': 5_000,
  'forget-source': 5_000,
  'point-at': 10_000,
  'verify-replicating': 15_000,
  'set-semi-sync': 5_000,
  'switch-event-scheduler': 2_000,
  'enable-events': 10_000,
  'create-user': 10_000,
  'verify-user': 20_000,
  'set-variable': 5_000,
  'change-source-options': 10_000,
  'make-account': 5_000,
  'end-session': 5_000,
  'look-again': 10_000,
  'hold-traffic': 1_000,
  'lead-traffic': 1_000,
  'run-program': 10_000,
};

/** Writes one step, spelled for the server it is for. */
export function draft(
  context: PlanningContext,
  on: InstanceKey,
  action: Action,
  wording: { readonly says: Phrase; readonly undo?: Action },
): Draft {
  const server = memberOf(context.topology, on)?.lastAnswer?.server;
  const { says, undo } = wording;
  return {
    on,
    action,
    says,
    sql: context.spell(action, server),
    deadlineMs: deadlinesMs[action.do],
    undo: undo === undefined ? null : { action: undo, sql: context.spell(undo, server) },
  };
}

/** Leaves out empty lanes and stages, and numbers the steps in the order of display. */
export function number(stages: readonly DraftStage[]): readonly Stage[] {
  let next = 0;
  return stages
    .map((stage) => ({ ...stage, lanes: stage.lanes.filter((lane) => lane.length > 0) }))
    .filter((stage) => stage.lanes.length > 0)
    .map((stage) => ({
      ...stage,
      lanes: stage.lanes.map((lane) =>
        lane.map((it): Step => {
          next += 1;
          return { id: String(next), ...it };
        }),
      ),
    }));
}

/** The longest a plan may take: the slowest lane of every stage, one after the other. */
export function budgetOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, stage) => sum + slowest(stage.lanes), 0);
}

function slowest(lanes: Stage['lanes']): number {
  return Math.max(...lanes.map((lane) => lane.reduce((sum, it) => sum + it.deadlineMs, 0)));
}
