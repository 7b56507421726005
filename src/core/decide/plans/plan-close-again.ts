import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Action, Decision, Stage } from '../../model/plan.ts';
import type { Recovery, StepRecord } from '../../model/recovery.ts';
import type { Member } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import { sameHistoryCheck } from '../candidates/foreign-history.ts';
import { check, holdOn, type PlanningContext } from '../planning-context.ts';
import { budgetOf, draft, number } from '../steps/steps.ts';

/** Whose plans lift `super_read_only` for a moment. */
const lifting: ReadonlySet<Recovery['kind']> = new Set<Recovery['kind']>(['create-user', 'fix']);

/**
 * Replicas that a plan let administrators write to, for an account, and that nobody closed since: its process is gone.
 * `recoveries`: newest first; asked only where it matters. One that somebody else opened is not among them.
 */
export function leftOpen(
  context: PlanningContext,
  recoveries: () => readonly Recovery[],
): readonly Member[] {
  const half = context.topology.members.filter((it) => {
    const server = answered(it);
    return server !== undefined && isHalfClosed(server);
  });
  // Most rounds see none, and need not read the journal.
  const past = half.length === 0 ? [] : recoveries();
  return half.filter((it) => openedBy(context, it, past) !== undefined);
}

/** Closes it as it was. `recoveries`: newest first. */
export function planCloseAgain(
  context: PlanningContext,
  member: Member,
  recoveries: readonly Recovery[],
): Decision {
  const { topology } = context;
  const { key } = member;
  const opener = openedBy(context, member, recoveries);
  const checks = [
    modeCheck(context),
    sameHistoryCheck(topology, member),
    check(
      opener !== undefined,
      phrase('A plan that was cut short left {instance} open to administrators', { instance: key }),
      opener?.headline ?? phrase('The finding is gone.'),
    ),
  ];
  const refused = holdOn(checks, []);
  if (refused !== undefined) {
    return refused;
  }
  const stages = stagesOf(context, key);
  return {
    kind: 'act',
    plan: {
      kind: 'fix',
      cluster: topology.cluster,
      subject: key,
      oldMaster: null,
      newMaster: topology.master ?? key,
      headline: phrase('Close {instance} to administrators again: a plan was cut short', {
        instance: key,
      }),
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes go on: no master is closed.'),
        mayLose: [],
        leftBehind: [],
        undo: phrase('Not needed: this takes back.'),
      },
      fingerprint: fingerprintOf(topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function stagesOf(context: PlanningContext, key: InstanceKey): readonly Stage[] {
  const values = { name: 'super_read_only', value: 'ON', instance: key };
  const says = phrase('Set {name} to {value} on {instance}.', values);
  return number([
    {
      title: phrase('Close {instance}', { instance: key }),
      lanes: [[draft(context, key, set('ON', false), { says })]],
      onFailure: 'report',
    },
  ]);
}

/** The plan that was cut short while it was open; undefined where it is closed, or somebody else opened it. */
function openedBy(
  { topology, spell }: PlanningContext,
  member: Member,
  recoveries: readonly Recovery[],
): Recovery | undefined {
  const server = answered(member);
  if (server === undefined || !isHalfClosed(server) || member.key === topology.master) {
    return undefined;
  }
  const open = spell(set('OFF', false), server);
  const closed = [false, true].flatMap((keep) => spell(set('ON', keep), server));
  const newest = recoveries.find((it) => tellsOf(it, member.key, open, closed));
  return newest !== undefined && cutShort(newest) && !isClosed(newest, member.key, open, closed)
    ? newest
    : undefined;
}

/** Whether a record says how open the server was left: an attempt to close it that failed says nothing of that. */
function tellsOf(
  recovery: Recovery,
  on: InstanceKey,
  open: readonly string[],
  closed: readonly string[],
): boolean {
  return (
    lastBegun(recovery, on, open) !== undefined || lastBegun(recovery, on, closed)?.state === 'done'
  );
}

function isClosed(
  recovery: Recovery,
  on: InstanceKey,
  open: readonly string[],
  closed: readonly string[],
): boolean {
  const last = lastBegun(recovery, on, [...open, ...closed]);
  const closes = last?.sql.some((it) => closed.includes(it)) === true;
  return last?.state === 'undone' || (last?.state === 'done' && closes);
}

/** Only administrators may write. */
function isHalfClosed({ readOnly, superReadOnly }: Server): boolean {
  return readOnly && superReadOnly === false;
}

/** Whoever acknowledged it has taken over. */
function cutShort({ state, kind, acknowledgement }: Recovery): boolean {
  return state === 'interrupted' && lifting.has(kind) && acknowledgement === null;
}

function lastBegun(
  { steps }: Recovery,
  on: InstanceKey,
  statements: readonly string[],
): StepRecord | undefined {
  return steps.findLast(
    (it) =>
      it.on === on && it.startedAt !== null && it.sql.some((line) => statements.includes(line)),
  );
}

function set(value: 'ON' | 'OFF', keep: boolean): Action {
  return { do: 'set-variable', name: 'super_read_only', value, keep };
}
