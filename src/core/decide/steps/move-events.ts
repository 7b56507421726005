import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Action, Check } from '../../model/plan.ts';
import { isSameEvent, type ScheduledEvent } from '../../model/scheduled-events.ts';
import type { Member } from '../../model/topology.ts';
import { passed, warned, type PlanningContext } from '../planning-context.ts';
import { draft, type Draft, type DraftStage } from './steps.ts';

/** Whose scheduled events run where after a promotion. */
export interface EventMove {
  readonly context: PlanningContext;
  /** The old master, as it was last seen. */
  readonly from: Member;
  readonly to: Member;
}

/**
 * Events of a master that is to be closed write past whoever ends its sessions, and those of a privileged definer even
 * past read-only. None begins any more; that this could not be done never keeps a master open.
 */
export function quietStage(
  context: PlanningContext,
  { key }: Member,
  fate: 'for-good' | 'until-taken-back',
): readonly DraftStage[] {
  const server = serverIn(context, key);
  if (server === undefined || !mayWrite(server) || !server.events.maySwitch) {
    return [];
  }
  const says = phrase('Let no event begin on {instance}.', { instance: key });
  const action = { do: 'switch-event-scheduler', on: false } as const;
  const undo = { do: 'switch-event-scheduler', on: true } as const;
  return [
    {
      title: phrase('Stop the events of {instance}', { instance: key }),
      lanes: [[draft(context, key, action, fate === 'for-good' ? { says } : { says, undo })]],
      onFailure: 'report',
    },
  ];
}

/** What stopped the events of a master is started again. */
export function resumeEvents(context: PlanningContext, key: InstanceKey): Draft {
  return schedulerStep(context, key, true);
}

/**
 * What ran on the old master runs on the new one, which is open by then. It goes into the binary log, so it comes after
 * everybody follows: a commit may wait for whoever acknowledges, and replicas note by it that the event is not theirs.
 */
export function eventStage({ context, from, to }: EventMove): readonly DraftStage[] {
  const events = dueOn(from, to);
  const scheduler = schedulerDueOn(from, to, events);
  return stageWith(to.key, [
    ...(scheduler === null ? [] : [schedulerStep(context, to.key, scheduler)]),
    ...(events.length === 0 ? [] : [enableStep(context, to.key, events)]),
  ]);
}

/**
 * A former master that is back tells what ran there, which whoever promoted may not have known. What somebody dropped or
 * switched off on the new master since then stays so.
 */
export function lateEventStage({ context, from, to }: EventMove): readonly DraftStage[] {
  const asleep = serverOf(to)?.events.asleep ?? [];
  const events = dueOn(from, to).filter((it) => asleep.some((other) => isSameEvent(it, other)));
  return stageWith(to.key, events.length === 0 ? [] : [enableStep(context, to.key, events)]);
}

function stageWith(instance: InstanceKey, steps: readonly Draft[]): readonly DraftStage[] {
  const title = phrase('Let the events run on {instance}', { instance });
  return [{ title, lanes: [steps], onFailure: 'report' }];
}

/** What keeps events from moving is said before, with what would mend it; it never forbids a promotion. */
export function eventChecks({ context, from, to }: EventMove): readonly Check[] {
  const old = serverOf(from);
  const fresh = serverOf(to);
  if (fresh === undefined) {
    return [];
  }
  if (old === undefined) {
    return unseenChecks(from, to, fresh);
  }
  if (!mayWrite(old)) {
    return [];
  }
  const says = phrase('The events of {master} go on running on {instance}', {
    master: from.key,
    instance: to.key,
  });
  return [
    ...quietChecks(context, from),
    old.events.enabled === null
      ? warned(says, lacking(phrase('which ones run is not known'), old))
      : moveCheck(says, old.events.enabled, fresh),
  ];
}

/** Whether a former or an old master can be kept from writing by its own events. */
export function quietChecks(context: PlanningContext, { key }: Member): readonly Check[] {
  const server = serverIn(context, key);
  return server === undefined || !mayWrite(server) || server.events.maySwitch
    ? []
    : [
        warned(
          phrase('No event writes on {instance} while it is closed', { instance: key }),
          lacking(phrase('its event scheduler may not be switched by us'), server),
        ),
      ];
}

/** A process that never saw the old master does not know what ran there. */
function unseenChecks(from: Member, to: Member, fresh: Server): readonly Check[] {
  const { asleep } = fresh.events;
  return asleep === null || asleep.length === 0
    ? []
    : [
        warned(
          phrase('The events of {master} go on running on {instance}', {
            master: from.key,
            instance: to.key,
          }),
          phrase('which ones ran is not known; not enabled there: {count}', {
            count: asleep.length,
          }),
        ),
      ];
}

function moveCheck(says: Phrase, enabled: readonly ScheduledEvent[], fresh: Server): Check {
  const { events } = fresh;
  return events.enabled === null || !events.mayEnable || !events.maySwitch
    ? warned(says, lacking(phrase('not enabled there: {count}', { count: enabled.length }), fresh))
    : // Who lacks a right that only some events need, learns of it in time.
      (events.missingGrant === null ? passed : warned)(
        says,
        lacking(phrase('{count} enabled', { count: enabled.length }), fresh),
      );
}

function lacking(measured: Phrase, { events }: Server): Phrase {
  return events.missingGrant === null
    ? measured
    : phrase('{measured}; our user lacks a right: {grant}', {
        measured,
        grant: plain(events.missingGrant),
      });
}

/** Events to enable on the new master. */
function dueOn(from: Member, to: Member): readonly ScheduledEvent[] {
  const running = serverOf(from)?.events.enabled ?? [];
  const there = serverOf(to)?.events;
  return there === undefined || there.enabled === null || !there.mayEnable
    ? []
    : running.filter((it) => !there.enabled?.some((other) => isSameEvent(it, other)));
}

/** How the scheduler of the new master must be switched; null where it is as it was on the old one, or may not be. */
function schedulerDueOn(
  from: Member,
  to: Member,
  events: readonly ScheduledEvent[],
): boolean | null {
  const [old, fresh] = [serverOf(from), serverOf(to)];
  if (old === undefined || fresh === undefined || !fresh.events.maySwitch) {
    return null;
  }
  // Where nothing ran on the old one, a scheduler that runs nothing on the new one may stay on.
  const due = old.eventScheduler || events.length > 0;
  return due && old.eventScheduler !== fresh.eventScheduler ? old.eventScheduler : null;
}

/** Not where nothing is enabled; where that may not be seen, it is possible. */
function mayWrite({ eventScheduler, events }: Server): boolean {
  return eventScheduler && (events.enabled === null || events.enabled.length > 0);
}

function schedulerStep(context: PlanningContext, key: InstanceKey, on: boolean): Draft {
  const action: Action = { do: 'switch-event-scheduler', on };
  const says = on
    ? phrase('Let events begin on {instance}.', { instance: key })
    : phrase('Let no event begin on {instance}.', { instance: key });
  return draft(context, key, action, { says });
}

function enableStep(
  context: PlanningContext,
  key: InstanceKey,
  events: readonly ScheduledEvent[],
): Draft {
  const says =
    events.length === 1
      ? phrase('Enable 1 event on {instance}.', { instance: key })
      : phrase('Enable {count} events on {instance}.', { count: events.length, instance: key });
  return draft(context, key, { do: 'enable-events', events }, { says });
}

function serverIn({ topology }: PlanningContext, key: InstanceKey): Server | undefined {
  return answered(topology.members.find((it) => it.key === key));
}

function serverOf(member: Member): Server | undefined {
  return answered(member) ?? member.lastAnswer?.server;
}
