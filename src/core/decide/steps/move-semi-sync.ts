import { answered, type InstanceKey, type SemiSync } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { replicasOf, type Member } from '../../model/topology.ts';
import { acknowledges } from '../acknowledgement.ts';
import { appliesWaiting } from './free-appliers.ts';
import { passed, warned, type PlanningContext } from '../planning-context.ts';
import { draft, type Draft, type DraftStage } from './steps.ts';

/** Who waits and who acknowledges after a promotion. */
export interface SemiSyncMove {
  readonly context: PlanningContext;
  /** The old master, as it was last seen. */
  readonly from: Member;
  readonly to: Member;
  /** Who will read from the new master. */
  readonly followers: readonly Member[];
}

/**
 * The new master waits as the old one did, before it opens. Who acknowledged goes on doing so; the others begin only
 * where too few would be left. A new master that nobody could acknowledge is not made to wait: it would take no writes.
 */
export function semiSyncStage(move: SemiSyncMove): readonly DraftStage[] {
  const { context, to, followers } = move;
  if (!waited(move) || !mayWait(move)) {
    return [];
  }
  const short = acknowledgingAlready(move) < waitsFor(to);
  const begin = followers.filter((it) => short && semiSyncOf(it)?.replica?.enabled === false);
  return [
    {
      title: phrase('Let {instance} wait for its replicas', { instance: to.key }),
      lanes: [becomesSource(context, to), ...begin.map((it) => source(context, it, false))],
      // Semi-sync makes writes safer; that it could not be moved must not leave a cluster without a master.
      onFailure: 'report',
    },
  ];
}

/** A demoted master acknowledges and no longer waits. Only behind the end of its sessions: they would take it for an OK. */
export function demotedStage(context: PlanningContext, demoted: Member): readonly DraftStage[] {
  return [
    {
      title: phrase('Let {instance} acknowledge instead of wait', { instance: demoted.key }),
      lanes: [demotedSteps(context, demoted)],
      onFailure: 'report',
    },
  ];
}

/** The same in the lane that ended the sessions: it is not done where they could not all be ended. */
export function demotedSteps(context: PlanningContext, demoted: Member): readonly Draft[] {
  return waits(demoted) ? source(context, demoted, false) : [];
}

/** Whoever rejoins a master that waits acknowledges; and a master whose forerunner waited does so again. */
export function rejoinedStages(
  context: PlanningContext,
  master: Member,
  member: Member,
): { readonly before: readonly DraftStage[]; readonly after: readonly DraftStage[] } {
  const due = waits(member) || waits(master);
  const acknowledging = semiSyncOf(member)?.replica !== null;
  return {
    before:
      due && acknowledging
        ? [
            {
              title: phrase('Let {instance} acknowledge instead of wait', { instance: member.key }),
              lanes: [source(context, member, false)],
              onFailure: 'report',
            },
          ]
        : [],
    after:
      due && acknowledging && !waits(master) && enough(context, master, member)
        ? [
            {
              title: phrase('Let {instance} wait for its replicas', { instance: master.key }),
              lanes: [source(context, master, true)],
              onFailure: 'report',
            },
          ]
        : [],
  };
}

function enough({ topology }: PlanningContext, master: Member, member: Member): boolean {
  const others = replicasOf(topology, master.key).filter(
    (it) => it.key !== member.key && semiSyncOf(it)?.replica?.enabled === true,
  );
  return others.length + 1 >= waitsFor(master);
}

export function semiSyncChecks(move: SemiSyncMove): readonly Check[] {
  const { from, to } = move;
  if (!waited(move)) {
    return [];
  }
  const says = phrase('{instance} can wait for its replicas as {master} did', {
    instance: to.key,
    master: from.key,
  });
  if (semiSyncOf(to)?.source === null) {
    return [warned(says, phrase('its semi-sync plugin is not there'))];
  }
  const values = { count: able(move), waits: waitsFor(to) };
  return [
    mayWait(move)
      ? passed(says, phrase('{count} of {waits} would acknowledge', values))
      : warned(
          says,
          phrase('{count} of {waits} would acknowledge: it opens without waiting', values),
        ),
    ...differences(move),
  ];
}

function differences({ from, to }: SemiSyncMove): readonly Check[] {
  const [old, fresh] = [semiSyncOf(from)?.source, semiSyncOf(to)?.source];
  return old?.waitPoint === 'after-sync' && fresh?.waitPoint === 'after-commit'
    ? [
        warned(
          phrase('{instance} waits before the commit is seen', { instance: to.key }),
          phrase('its wait point is AFTER_COMMIT, that of {master} AFTER_SYNC', {
            master: from.key,
          }),
        ),
      ]
    : [];
}

function mayWait(move: SemiSyncMove): boolean {
  const { to } = move;
  return (semiSyncOf(to)?.source ?? null) !== null && able(move) >= waitsFor(to);
}

function able(move: SemiSyncMove): number {
  const followers = move.followers.filter((it) => (semiSyncOf(it)?.replica ?? null) !== null);
  return followers.length + ownAcknowledgers(move).length;
}

/** Those that need no telling; a demoted master is told in a stage of its own. */
function acknowledgingAlready(move: SemiSyncMove): number {
  const { from, followers } = move;
  const already = followers.filter(
    (it) => it.key === from.key || semiSyncOf(it)?.replica?.enabled === true,
  );
  return already.length + ownAcknowledgers(move).length;
}

/** Replicas that the new master had before: they stay and go on acknowledging. */
function ownAcknowledgers({ context, to, followers }: SemiSyncMove): readonly Member[] {
  return replicasOf(context.topology, to.key).filter(
    (it) =>
      !followers.some((other) => other.key === it.key) &&
      answered(it)?.semiSync.replica?.active === true,
  );
}

/** Where it waited as a replica already, an earlier stage switched that off. */
function becomesSource(context: PlanningContext, to: Member): readonly Draft[] {
  const now = semiSyncOf(to);
  return appliesWaiting(to)
    ? [
        draft(
          context,
          to.key,
          { do: 'set-semi-sync', source: true, replica: false },
          {
            says: wording(to.key, true),
            undo: { do: 'set-semi-sync', source: false, replica: now?.replica?.enabled ?? false },
          },
        ),
      ]
    : source(context, to, true);
}

/** One step that makes an instance wait (and not acknowledge) or the other way round; none where it is so already. */
function source(context: PlanningContext, member: Member, waiting: boolean): readonly Draft[] {
  const before = semiSyncOf(member);
  const now = {
    source: before?.source?.enabled ?? false,
    replica: before?.replica?.enabled ?? false,
  };
  if (before === undefined || (now.source === waiting && now.replica === !waiting)) {
    return [];
  }
  return [
    draft(
      context,
      member.key,
      { do: 'set-semi-sync', source: waiting, replica: !waiting },
      { says: wording(member.key, waiting), undo: { do: 'set-semi-sync', ...now } },
    ),
  ];
}

function wording(instance: InstanceKey, waiting: boolean): Draft['says'] {
  return waiting
    ? phrase('Let commits on {instance} wait for a replica.', { instance })
    : phrase('Let {instance} acknowledge what it receives.', { instance });
}

/** An old master that this process never saw waited if somebody acknowledged. */
function waited({ from, to, followers }: SemiSyncMove): boolean {
  return waits(from) || (from.lastAnswer === null && [to, ...followers].some(acknowledges));
}

function waits(member: Member): boolean {
  return semiSyncOf(member)?.source?.enabled === true;
}

function waitsFor(member: Member): number {
  return semiSyncOf(member)?.source?.waitsFor ?? 1;
}

function semiSyncOf(member: Member): SemiSync | undefined {
  return (answered(member) ?? member.lastAnswer?.server)?.semiSync;
}
