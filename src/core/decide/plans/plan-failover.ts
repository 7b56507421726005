import { alive, answered } from '../../model/instance.ts';
import type { Check, Decision, Effects } from '../../model/plan.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import { replicasOf, type Member } from '../../model/topology.ts';
import { acknowledgementChecks } from '../acknowledgement.ts';
import { candidateChecks } from '../candidates/candidate-checks.ts';
import { errantAmong, gapsOf, type Gap } from '../candidates/completeness.ts';
import {
  keepsReading,
  leftSilent,
  opening,
  provenOpen,
  severalSources,
  staysBehind,
} from './common-parts.ts';
import { stopReceiver, holdTraffic } from '../steps/drafts.ts';
import { lookAgain, startApplier } from '../steps/failover-drafts.ts';
import { lossesOf } from '../candidates/failover-losses.ts';
import { fetchStages } from '../steps/fetch-missing.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followerLane, placesByGtid } from '../steps/follow.ts';
import { handoverChecks } from '../candidates/follower-checks.ts';
import { applierStage } from '../steps/free-appliers.ts';
import {
  check,
  failed,
  holdOn,
  passed,
  warned,
  type PlanningContext,
} from '../planning-context.ts';
import { eventChecks, eventStage } from '../steps/move-events.ts';
import { hasSeveralSources } from '../several-sources.ts';
import { semiSyncChecks, semiSyncStage } from '../steps/move-semi-sync.ts';
import { readinessChecks, delayStage } from '../candidates/readiness.ts';
import { onlineStage, passedOverChecks } from '../candidates/openness.ts';
import { programsAfter, programsBefore } from '../steps/programs.ts';
import { applierCheck } from '../candidates/applier-check.ts';
import { budgetOf, number, type DraftStage } from '../steps/steps.ts';
import { supplyFor } from '../steps/supply.ts';
import { applyStages, lossOfUnapplied, unappliedChecks } from '../candidates/unapplied.ts';
import { exposureChecks } from '../unfenced-master.ts';

interface Parts {
  readonly context: PlanningContext;
  readonly master: Member;
  readonly candidate: Member;
  /** All direct replicas of the dead master that answer, the candidate among them. */
  readonly reachable: readonly Member[];
  /** Those among them whose replication a plan may change. */
  readonly touched: readonly Member[];
  readonly absent: readonly Member[];
  readonly gaps: readonly Gap[];
  /** Whom the candidate reads the rest from before it opens. */
  readonly suppliers: readonly Member[];
  readonly byGtid: boolean;
  readonly acceptLoss: boolean;
}

/** The master is gone: plan its succession by a replica that holds all that any replica is known to hold. */
export function planFailover(
  context: PlanningContext,
  master: Member,
  candidate: Member,
  acceptLoss: boolean,
): Decision {
  const replicas = replicasOf(context.topology, master.key);
  const reachable = replicas.filter((it) => answered(it) !== undefined);
  const parts: Parts = {
    context,
    master,
    candidate,
    reachable,
    touched: reachable.filter((it) => it.key === candidate.key || !hasSeveralSources(it)),
    absent: replicas.filter((it) => answered(it) === undefined),
    ...supplyFor(context, candidate),
    byGtid: placesByGtid(
      context,
      reachable.filter((it) => !hasSeveralSources(it)).map((it) => it.key),
    ),
    acceptLoss,
  };
  const checks = checksOf(parts);
  const refused = holdOn(checks, adviceFor(parts));
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(parts));
  return {
    kind: 'act',
    plan: {
      kind: 'failover',
      cluster: context.topology.cluster,
      subject: candidate.key,
      oldMaster: master.key,
      newMaster: candidate.key,
      headline: phrase('Fail over {cluster} to {instance}', {
        cluster: context.topology.cluster,
        instance: candidate.key,
      }),
      checks,
      stages,
      effects: effectsOf(parts),
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function checksOf(parts: Parts): readonly Check[] {
  const { context, master, candidate, touched, absent, acceptLoss } = parts;
  const server = answered(candidate);
  const channel = server?.channels[0];
  if (server === undefined || channel === undefined || candidate.source !== master.key) {
    return [
      failed(
        phrase('{instance} is a replica of {master} and answers', {
          instance: candidate.key,
          master: master.key,
        }),
        candidate.source === null
          ? phrase('it reads from nobody')
          : phrase('it reads from {source}', { source: candidate.source }),
      ),
    ];
  }
  return [
    check(
      !alive(master),
      phrase('{instance} is dead', { instance: master.key }),
      master.probe.kind === 'silent' ? master.probe.says : phrase('it answers'),
    ),
    hearingCheck(parts),
    ...exposureChecks(context, master),
    applierCheck(candidate, channel),
    ...[unappliedChecks, readinessChecks].flatMap((it) => it(context, candidate)),
    errantCheck(context, candidate),
    ...completenessChecks(parts),
    ...acknowledgementChecks(context.topology, master, acceptLoss),
    ...candidateChecks(context, candidate, server),
    ...semiSyncChecks({
      context,
      from: master,
      to: candidate,
      followers: others(touched, candidate),
    }),
    ...eventChecks({ context, from: master, to: candidate }),
    ...handoverChecks(
      context,
      { master, candidate, followers: others(touched, candidate) },
      'warn',
    ),
    ...passedOverChecks(context, candidate, others(touched, candidate)),
    ...absent.map((it) => staysBehind(it)),
    ...untouched(parts).map(keepsReading),
  ];
}

function hearingCheck({ master, reachable }: Parts): Check {
  const hearing = reachable
    .filter((it) => answered(it)?.channels[0]?.receiver === 'yes')
    .map((it) => it.key);
  return check(
    hearing.length === 0,
    phrase('No replica hears from {master}', { master: master.key }),
    hearing.length === 0
      ? phrase('{count} asked', { count: reachable.length })
      : phrase('{list} still connected', { list: hearing.join(', ') }),
  );
}

function errantCheck({ topology }: PlanningContext, candidate: Member): Check {
  const ranges = errantAmong(topology, candidate);
  return check(
    ranges.length === 0,
    phrase('{instance} has no transactions of its own', { instance: candidate.key }),
    ranges.length === 0 ? phrase('none') : plain(ranges.join(', ')),
  );
}

function completenessChecks(parts: Parts): readonly Check[] {
  const { context, candidate, gaps, suppliers, acceptLoss } = parts;
  const says = phrase('{instance} holds everything that any replica is known to hold', {
    instance: candidate.key,
  });
  if (suppliers.length > 0) {
    return gapsOf(context.topology, candidate, context.highWater).map((gap) =>
      passed(
        says,
        phrase('{holder} also holds {ranges}; {instance} reads it from there before it opens', {
          holder: gap.holder,
          ranges: gap.ranges.join(', '),
          instance: candidate.key,
        }),
      ),
    );
  }
  if (gaps.length === 0) {
    return [passed(says, phrase('nothing is missing'))];
  }
  return gaps.map((gap) => {
    const values = { holder: gap.holder, ranges: gap.ranges.join(', ') };
    return acceptLoss
      ? warned(says, phrase('{holder} also holds {ranges}; the loss is accepted', values))
      : failed(says, phrase('{holder} also holds {ranges}', values));
  });
}

function adviceFor({ gaps: [gap], master }: Parts): readonly Phrase[] {
  return gap === undefined
    ? [
        phrase('Mend what the failed checks name, or start {instance} again.', {
          instance: master.key,
        }),
      ]
    : [
        phrase('Promote {instance} that holds more, or wait until it is back.', {
          instance: gap.holder,
        }),
        phrase('Force the failover to accept the loss of what is named.'),
      ];
}

function stagesOf(parts: Parts): readonly DraftStage[] {
  const { context, master, candidate, touched, suppliers, byGtid } = parts;
  const followers = others(touched, candidate);
  const source = candidate.key;
  return [
    ...programsBefore(parts, lookAgain(parts, suppliers)),
    {
      title: phrase('Start appliers that were stopped'),
      lanes: touched.map((it) => startApplier(context, it)),
      onFailure: 'report',
    },
    ...onlineStage(context, candidate),
    ...delayStage(context, candidate),
    {
      title: phrase('Let the applications wait'),
      lanes: [holdTraffic(context, source, false)],
      onFailure: 'report',
    },
    {
      title: phrase('Cut every replica from {master}', { master: master.key }),
      lanes: touched.map((it) => [stopReceiver(context, it.key)]),
      onFailure: 'undo',
    },
    ...applierStage(context, touched),
    { title: phrase('Look again'), lanes: [[lookAgain(parts, suppliers)]], onFailure: 'undo' },
    ...applyStages(context, [candidate, ...suppliers], byGtid),
    ...fetchStages(parts),
    // Applying may have taken minutes, in which the master may have come back.
    { title: phrase('Look once more'), lanes: [[lookAgain(parts, [])]], onFailure: 'undo' },
    ...semiSyncStage({ context, from: master, to: candidate, followers }),
    ...opening(context, source, byGtid),
    {
      title: phrase('Let the others follow {source}', { source }),
      lanes: followers.map((it) => followerLane(context, it, source)),
      onFailure: 'report',
    },
    ...eventStage({ context, from: master, to: candidate }),
    provenOpen(context, source),
    ...programsAfter(parts),
  ];
}

/** Replicas of the dead master that read from other sources too: they are pointed at the new one by hand. */
function untouched({ reachable, touched }: Parts): readonly Member[] {
  return reachable.filter((it) => !touched.includes(it));
}

function others(reachable: readonly Member[], candidate: Member): readonly Member[] {
  return reachable.filter((it) => it.key !== candidate.key);
}

function effectsOf(parts: Parts): Effects {
  const { context, master, candidate, absent, gaps, acceptLoss } = parts;
  const { topology, highWater } = context;
  return {
    writeStop: phrase(
      'Writes are stopped already; they go on when {instance} has applied what it received.',
      { instance: candidate.key },
    ),
    // A loss that is accepted is named even where the plan means to fetch it.
    mayLose: [
      ...lossesOf(
        context,
        master,
        candidate,
        acceptLoss ? gapsOf(topology, candidate, highWater) : gaps,
      ),
      ...lossOfUnapplied(context, candidate),
    ],
    leftBehind: [
      ...leftSilent(absent),
      ...untouched(parts).map((it) => ({ instance: it.key, because: severalSources })),
      { instance: master.key, because: phrase('it is dead; rejoin it when it is back') },
    ],
    undo: phrase(
      'Taken back by itself if anything fails before {instance} opens; afterwards only by another promotion.',
      { instance: candidate.key },
    ),
  };
}
