import { answered } from '../../model/instance.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { unappliedOf } from '../../model/unapplied.ts';
import { mark, waitUntilApplied } from '../steps/drafts.ts';
import { failed, passed, warned, type PlanningContext } from '../planning-context.ts';
import type { DraftStage } from '../steps/steps.ts';

/** Where nothing is to be waited for: what an applier needs for its last turn. Milliseconds. */
const atOnceMs = 1_000;

/** Whether a candidate's unapplied transactions forbid it now. Where they are waited for or fail the plan, the run tells. */
export function unappliedChecks({ policy }: PlanningContext, candidate: Member): readonly Check[] {
  const { delays, fails } = policy.unapplied;
  if (delays && fails) {
    return [];
  }
  const says = phrase('{instance} has applied everything that it received', {
    instance: candidate.key,
  });
  const ranges = rangesOf(candidate);
  if (ranges.length === 0) {
    return [passed(says, phrase('nothing is left'))];
  }
  const list = ranges.join(', ');
  return fails
    ? [
        failed(
          says,
          phrase('{list} is left, and delayMasterPromotionIfSqlThreadNotUpToDate is off', { list }),
        ),
      ]
    : [
        warned(
          says,
          phrase('{list} is left, and failMasterPromotionIfSqlThreadNotUpToDate is off', { list }),
        ),
      ];
}

/** What a promotion loses that does not fail over unapplied transactions; nothing where it does. */
export function lossOfUnapplied({ policy }: PlanningContext, candidate: Member): readonly Phrase[] {
  const ranges = policy.unapplied.fails ? [] : rangesOf(candidate);
  return ranges.length === 0
    ? []
    : [
        phrase('{ranges}, received by {instance}, unless it is applied within {count} s.', {
          ranges: ranges.join(', '),
          instance: candidate.key,
          count: waitMs(policy.unapplied) / 1000,
        }),
      ];
}

/**
 * A wait that may fail is told and passed over; how far the candidate came is then read all the same. Suppliers must
 * apply everything whatever the settings say: the candidate, the first of `members`, reads it from them.
 */
export function applyStages(
  context: PlanningContext,
  members: readonly Member[],
  byGtid: boolean,
): readonly DraftStage[] {
  const { unapplied } = context.policy;
  const waits = members.map(({ key }) => ({
    ...waitUntilApplied(context, key),
    deadlineMs: waitMs(unapplied),
  }));
  const marks = members.map(({ key }) =>
    byGtid ? [] : [mark(context, key, 'applied', 'applied')],
  );
  const title = phrase('Apply what was received');
  return unapplied.fails || members.length > 1
    ? [
        {
          title,
          lanes: waits.map((wait, place) => [wait, ...(marks[place] ?? [])]),
          onFailure: 'undo',
        },
      ]
    : [
        { title, lanes: [waits], onFailure: 'report' },
        { title: phrase('Read how far it was applied'), lanes: marks, onFailure: 'undo' },
      ];
}

/** Whether what it has not applied counts against it: only where nothing makes it whole before it opens. */
export function mayStayUnapplied({ policy }: PlanningContext, member: Member): boolean {
  const { delays, fails } = policy.unapplied;
  return !(delays && fails) && rangesOf(member).length > 0;
}

function waitMs({ delays, delaySeconds }: PlanningContext['policy']['unapplied']): number {
  return delays ? delaySeconds * 1000 : atOnceMs;
}

function rangesOf(member: Member): readonly string[] {
  const server = answered(member);
  return server === undefined ? [] : unappliedOf(server);
}
