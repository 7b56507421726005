import { answered, type InstanceKey } from '../../model/instance.ts';
import type { Check, Decision, Effects, Place } from '../../model/plan.ts';
import { errantOf, type Errant } from '../../model/errant.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import { memberOf, replicasOf, type Member } from '../../model/topology.ts';
import { candidateChecks, lagCheck, memberServer } from '../candidates/candidate-checks.ts';
import {
  checkClosable,
  checkUnlocked,
  checkUnmoved,
  close,
  endActiveWriters,
  endTheRest,
  holdTraffic,
  mark,
  startReplication,
  waitForMark,
} from '../steps/drafts.ts';
import { leftSilent, opening, provenOpen, staysBehind, takesWrites } from './common-parts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane, placesByGtid } from '../steps/follow.ts';
import { handoverChecks, threadChecks, threadsOf } from '../candidates/follower-checks.ts';
import { applierStage } from '../steps/free-appliers.ts';
import {
  check,
  failed,
  holdOn,
  passed,
  warned,
  type PlanningContext,
} from '../planning-context.ts';
import { eventChecks, eventStage, quietStage } from '../steps/move-events.ts';
import {
  demotedStage,
  semiSyncChecks,
  semiSyncStage,
  type SemiSyncMove,
} from '../steps/move-semi-sync.ts';
import { onlineStage } from '../candidates/openness.ts';
import { catchUpStages, catchUpTime, isDelayed, readinessChecks } from '../candidates/readiness.ts';
import { hasStoppedChannel } from '../receivers-we-stopped.ts';
import { omittedLosses } from '../candidates/omission-checks.ts';
import { adviceOnOwn, restoredChecks } from '../candidates/restored-checks.ts';
import { budgetOf, number, type DraftStage } from '../steps/steps.ts';
import { followingChecks } from '../candidates/name-limit-checks.ts';

/** Nobody waits longer for writes in a planned hand-over: it is taken back instead. */
const longestWriteStopMs = 30_000;

interface Parts {
  readonly context: PlanningContext;
  readonly master: Member;
  readonly candidate: Member;
  /** Replicas of the master that are there to follow the new one. */
  readonly others: readonly Member[];
  readonly absent: readonly Member[];
  readonly byGtid: boolean;
  readonly stuck: boolean;
}

/**
 * The master lives: plan a hand-over that loses nothing and can be taken back until the new one opens. `stuck`: it cannot
 * write, and whatever waits for its storage must not be waited for before it is closed.
 */
export function planSwitchover(
  context: PlanningContext,
  master: Member,
  candidate: Member,
  stuck = false,
): Decision {
  const others = replicasOf(context.topology, master.key).filter((it) => it.key !== candidate.key);
  const present = others.filter((it) => answered(it) !== undefined);
  const parts: Parts = {
    context,
    master,
    candidate,
    others: present,
    absent: others.filter((it) => answered(it) === undefined),
    byGtid: placesByGtid(context, [master.key, candidate.key, ...present.map((it) => it.key)]),
    stuck,
  };
  const checks = checksOf(parts);
  const refused = holdOn(checks, [
    phrase('Mend what the failed checks name, then ask again.'),
    ...adviceOnOwn(candidate, master),
  ]);
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(parts));
  return {
    kind: 'act',
    plan: {
      kind: 'switchover',
      cluster: context.topology.cluster,
      subject: candidate.key,
      oldMaster: master.key,
      newMaster: candidate.key,
      headline: phrase('Promote {instance} to master of {cluster}', {
        instance: candidate.key,
        cluster: context.topology.cluster,
      }),
      checks,
      stages,
      effects: effectsOf(parts),
      fingerprint: fingerprintOf(context.topology),
      budgetMs: Math.min(budgetOf(stages), longestWriteStopMs),
      ...catchUpTime(candidate),
    },
  };
}

function checksOf({ context, master, candidate, others, absent }: Parts): readonly Check[] {
  const masterServer = memberServer(context, master.key);
  const server = memberServer(context, candidate.key);
  if (masterServer === undefined || server === undefined) {
    return [
      failed(
        phrase('Master and candidate answer'),
        phrase('{instance} or {master} is silent', {
          instance: candidate.key,
          master: master.key,
        }),
      ),
    ];
  }
  const channel = server.channels[0];
  if (channel === undefined || candidate.source !== master.key) {
    return [readsElsewhere(candidate, master)];
  }
  const instance = candidate.key;
  const errant = errantOf(server, masterServer, 5);
  return [
    passed(phrase('{instance} answers', { instance }), plain(server.version)),
    writableCheck(master.key, masterServer.readOnly),
    ...(isHandedOver(context, candidate)
      ? [warned(phrase('{instance} replicates', { instance }), cutShort)]
      : [
          check(
            channel.receiver === 'yes' && channel.applier === 'yes',
            phrase('{instance} replicates', { instance }),
            threadsOf(channel),
          ),
          ...(isDelayed(candidate) ? [] : [lagCheck(context, candidate, channel)]),
        ]),
    check(
      errant.count === 0,
      phrase('{instance} has no transactions of its own', { instance }),
      measuredErrant(errant),
    ),
    ...readinessChecks(context, candidate, master),
    ...candidateChecks(context, candidate, server),
    ...followingChecks(context, { master, others, candidate }),
    ...semiSyncChecks(moveOf({ context, master, candidate, others })),
    ...eventChecks({ context, from: master, to: candidate }),
    ...restoredChecks(candidate, server, masterServer),
    ...handoverChecks(context, { master, candidate, followers: others, demoted: master }, 'refuse'),
    ...others.flatMap(threadChecks),
    ...absent.map(staysBehind),
  ];
}

function writableCheck(master: InstanceKey, readOnly: boolean): Check {
  return readOnly
    ? warned(takesWrites(master), phrase('read-only: nobody takes writes now'))
    : passed(takesWrites(master), phrase('writable'));
}

const cutShort = phrase('a switchover that was cut short stopped it; it is started again first');

/**
 * Its replication stands because a switchover to it stopped it, whose process is gone, and nobody was opened. Once the
 * master takes writes again it may be far behind.
 */
function isHandedOver({ topology, handingOverTo }: PlanningContext, candidate: Member): boolean {
  const begun = memberOf(topology, handingOverTo ?? null);
  const ends = [candidate, memberOf(topology, topology.master)];
  return (
    begun?.key === candidate.key &&
    ends.every((it) => answered(it)?.readOnly === true) &&
    hasStoppedChannel(candidate)
  );
}

function readsElsewhere({ key, source }: Member, master: Member): Check {
  return failed(
    phrase('{instance} replicates from {source}', { instance: key, source: master.key }),
    source === null ? phrase('it reads from nobody') : phrase('it reads from {source}', { source }),
  );
}

function measuredErrant({ count, list }: Errant): Phrase {
  return count === 0 ? phrase('none') : phrase('{count}: {list}', { count, list: list.join(', ') });
}

function stagesOf(parts: Parts): readonly DraftStage[] {
  const { context, master, candidate, others, stuck } = parts;
  const source = candidate.key;
  // One that finds its place by file does not make the others do so.
  const placeOf = (key: string, adopt: boolean): Place =>
    placesByGtid(context, [source, key]) ? { by: 'gtid', adopt } : { by: 'mark', mark: 'handover' };
  return [
    {
      title: phrase('Let replication run again'),
      lanes: isHandedOver(context, candidate) ? [[startReplication(context, source)]] : [],
      onFailure: 'undo',
    },
    ...applierStage(context, [candidate, ...others]),
    ...onlineStage(context, candidate),
    ...catchUpStages(context, { candidate, living: master, byGtid: parts.byGtid }),
    // Its scheduler may wait for the storage too.
    ...(stuck ? [] : quietStage(context, master, 'until-taken-back')),
    ...handOver(parts),
    {
      title: phrase('End what is left on {instance}', { instance: master.key }),
      lanes: [[endTheRest(context, master.key)]],
      onFailure: 'report',
    },
    {
      title: phrase('Let the others follow {source}', { source }),
      lanes: others.map((it) =>
        followLane(context, it, { source, place: placeOf(it.key, false), withCredentials: false }),
      ),
      onFailure: 'report',
    },
    ...(stuck ? quietStage(context, master, 'for-good') : []),
    ...demotedStage(context, master),
    {
      title: phrase('Make {instance} a replica', { instance: master.key }),
      lanes: [
        followLane(context, master, {
          source,
          place: placeOf(master.key, true),
          withCredentials: true,
        }),
      ],
      onFailure: 'report',
    },
    ...eventStage({ context, from: master, to: candidate }),
    provenOpen(context, source),
  ];
}

/** The old master follows too, so it acknowledges. */
function moveOf(parts: Pick<Parts, 'context' | 'master' | 'candidate' | 'others'>): SemiSyncMove {
  const { context, master, candidate, others } = parts;
  return { context, from: master, to: candidate, followers: [...others, master] };
}

/** From the first closed door to the first open one. */
function handOver({
  context,
  master,
  candidate,
  others,
  byGtid,
  stuck,
}: Parts): readonly DraftStage[] {
  const reads = byGtid ? 'executed' : 'own-binlog';
  const { key } = candidate;
  // With files and offsets all must stand at the same place, since only that place is known on the new master.
  const waiting = byGtid ? [key] : [key, ...others.map((it) => it.key)];
  return [
    {
      title: phrase('Stop writes on {instance}', { instance: master.key }),
      lanes: [
        [
          checkUnlocked(context, key),
          // On a master whose storage hangs every statement is a long one.
          ...(stuck ? [] : [checkClosable(context, master.key)]),
          ...holdTraffic(context, master.key, true),
          close(context, master.key),
          endActiveWriters(context, master.key),
          mark(context, master.key, 'final', reads),
        ],
      ],
      onFailure: 'undo',
    },
    {
      title: phrase('Catch up'),
      lanes: waiting.map((it) => [waitForMark(context, it, 'final', master.key)]),
      onFailure: 'undo',
    },
    {
      title: phrase('Look at {instance} once more', { instance: master.key }),
      lanes: [[checkUnmoved(context, master.key, 'final', reads)]],
      onFailure: 'undo',
    },
    ...semiSyncStage(moveOf({ context, master, candidate, others })),
    ...opening(context, key, byGtid),
  ];
}

function effectsOf({ master, candidate, absent }: Parts): Effects {
  return {
    writeStop: phrase(
      'Writes stop from the moment {master} is read-only until {candidate} opens, usually well under a second.',
      { master: master.key, candidate: candidate.key },
    ),
    mayLose: omittedLosses(master, candidate),
    leftBehind: leftSilent(absent),
    undo: phrase('Taken back by itself if anything fails before {instance} opens.', {
      instance: candidate.key,
    }),
  };
}
