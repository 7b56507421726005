import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Member } from '../../model/topology.ts';
import type { PlanningContext } from '../planning-context.ts';
import { draft, type Draft, type DraftStage } from './steps.ts';

/**
 * Replicas whose own commits would wait for an acknowledgement apply nothing: the candidate could not apply what it
 * received. They stop waiting before anything is applied. Read-only ones only: there all commits are those of the
 * applier, and no client is told that one is safe.
 */
export function applierStage(
  context: PlanningContext,
  members: readonly Member[],
): readonly DraftStage[] {
  return [
    {
      title: phrase('Let replicas apply without waiting for an acknowledgement'),
      lanes: members.filter(appliesWaiting).map((it) => stopsWaiting(context, it)),
      // Where it fails they apply as late as they do today; the wait for them has its own deadline.
      onFailure: 'report',
    },
  ];
}

/** Its own commits wait for replicas, although it is one itself. */
export function appliesWaiting(member: Member): boolean {
  const server = answered(member);
  return server?.semiSync.source?.enabled === true && member.source !== null && server.readOnly;
}

function stopsWaiting(context: PlanningContext, member: Member): readonly Draft[] {
  const { key } = member;
  const replica = answered(member)?.semiSync.replica?.enabled ?? false;
  return [
    draft(
      context,
      key,
      { do: 'set-semi-sync', source: false, replica },
      {
        says: phrase('Let commits on {instance} no longer wait for a replica.', { instance: key }),
        undo: { do: 'set-semi-sync', source: true, replica },
      },
    ),
  ];
}
