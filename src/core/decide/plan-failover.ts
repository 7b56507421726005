import { alive, answered, type Channel } from '../model/instance.ts';
import type { Check, Decision, Effects, Place } from '../model/plan.ts';
import { replicasOf, type Member } from '../model/topology.ts';
import { candidateChecks } from './candidate-checks.ts';
import { gapsOf, lostWithMaster, type Gap } from './completeness.ts';
import {
  forgetSource,
  mark,
  openLane,
  stopReceiver,
  waitForMark,
  waitUntilApplied,
} from './drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane, placesByGtid } from './follow.ts';
import { check, failed, holdOn, passed, warned, type Ground } from './ground.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from './steps.ts';

interface Parts {
  readonly ground: Ground;
  readonly master: Member;
  readonly candidate: Member;
  /** All direct replicas of the dead master that answer, the candidate among them. */
  readonly reachable: readonly Member[];
  readonly absent: readonly Member[];
  readonly gaps: readonly Gap[];
  readonly byGtid: boolean;
  readonly acceptLoss: boolean;
}

/** The master is gone: plan its succession by a replica that holds all that any replica is known to hold. */
export function planFailover(
  ground: Ground,
  master: Member,
  candidate: Member,
  acceptLoss: boolean,
): Decision {
  const replicas = replicasOf(ground.topology, master.key);
  const reachable = replicas.filter((it) => answered(it) !== undefined);
  const parts: Parts = {
    ground,
    master,
    candidate,
    reachable,
    absent: replicas.filter((it) => answered(it) === undefined),
    gaps: gapsOf(ground.topology, candidate, ground.highWater),
    byGtid: placesByGtid(
      ground,
      reachable.map((it) => it.key),
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
      cluster: ground.topology.cluster,
      subject: candidate.key,
      oldMaster: master.key,
      newMaster: candidate.key,
      headline: `Fail over ${ground.topology.cluster} to ${candidate.key}`,
      checks,
      stages,
      effects: effectsOf(parts),
      fingerprint: fingerprintOf(ground.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function checksOf({
  ground,
  master,
  candidate,
  reachable,
  absent,
  gaps,
  acceptLoss,
}: Parts): readonly Check[] {
  const server = answered(candidate);
  const channel = server?.channels[0];
  if (server === undefined || channel === undefined || candidate.source !== master.key) {
    return [
      failed(
        `${candidate.key} is a replica of ${master.key} and answers`,
        candidate.source ?? 'it reads from nobody',
      ),
    ];
  }
  const hearing = reachable
    .filter((it) => answered(it)?.channels[0]?.receiver === 'yes')
    .map((it) => it.key);
  return [
    check(
      !alive(master),
      `${master.key} is dead`,
      master.probe.kind === 'silent' ? master.probe.says : 'it answers',
    ),
    check(
      hearing.length === 0,
      `No replica hears from ${master.key}`,
      hearing.length === 0
        ? `${String(reachable.length)} asked`
        : `${hearing.join(', ')} still connected`,
    ),
    applierCheck(candidate, channel),
    ...completenessChecks(candidate, gaps, acceptLoss),
    ...candidateChecks(ground, candidate, server),
    ...absent.map((it) => warned(`${it.key} follows`, 'it is silent and stays behind')),
  ];
}

/** Received transactions that cannot be applied would be lost with the relay log. */
function applierCheck(candidate: Member, channel: Channel): Check {
  const says = `${candidate.key} can apply what it received`;
  const { applierError } = channel;
  return applierError === null
    ? passed(says, `applier ${channel.applier}`)
    : failed(
        says,
        `its applier stopped with error ${String(applierError.code)}: ${applierError.message}`,
      );
}

function completenessChecks(
  candidate: Member,
  gaps: readonly Gap[],
  acceptLoss: boolean,
): readonly Check[] {
  const says = `${candidate.key} holds everything that any replica is known to hold`;
  if (gaps.length === 0) {
    return [passed(says, 'nothing is missing')];
  }
  return gaps.map((gap) => {
    const measured = `${gap.holder} also holds ${gap.ranges.join(', ')}`;
    return acceptLoss ? warned(says, `${measured}; the loss is accepted`) : failed(says, measured);
  });
}

function adviceFor({ gaps, master }: Parts): readonly string[] {
  return gaps.length > 0
    ? [
        `Promote ${gaps[0]?.holder ?? 'the replica'} that holds more, or wait until it is back.`,
        'Force the failover to accept the loss of what is named.',
      ]
    : [`Mend what the failed checks name, or start ${master.key} again.`];
}

function stagesOf(parts: Parts): readonly DraftStage[] {
  const { ground, master, candidate, reachable, byGtid } = parts;
  const others = reachable.filter((it) => it.key !== candidate.key);
  const source = candidate.key;
  const place: Place = byGtid ? { by: 'gtid', adopt: false } : { by: 'mark', mark: 'handover' };
  return [
    {
      title: 'Start appliers that were stopped',
      lanes: reachable.map((it) => startApplier(ground, it)),
      onFailure: 'report',
    },
    {
      title: `Cut every replica from ${master.key}`,
      lanes: reachable.map((it) => [stopReceiver(ground, it.key)]),
      onFailure: 'undo',
    },
    { title: 'Look again', lanes: [[lookAgain(parts)]], onFailure: 'undo' },
    { title: 'Apply what was received', lanes: [applyLane(parts)], onFailure: 'undo' },
    { title: `Open ${source}`, lanes: [openLane(ground, source, byGtid)], onFailure: 'undo' },
    {
      title: `Make ${source} forget its source`,
      lanes: [[forgetSource(ground, source)]],
      onFailure: 'report',
    },
    {
      title: `Let the others follow ${source}`,
      lanes: others.map((it) => [
        // Without GTID a replica can follow only if it applied exactly as much: there the one known place is.
        ...(byGtid ? [] : [waitForMark(ground, it.key, 'applied', source)]),
        ...followLane(ground, it, { source, place, withCredentials: false }),
      ]),
      onFailure: 'report',
    },
  ];
}

function lookAgain({ ground, master, candidate, acceptLoss }: Parts): Draft {
  const { key } = candidate;
  return draft(
    ground,
    key,
    {
      do: 'look-again',
      expect: { that: 'candidate-complete', master: master.key, candidate: key, acceptLoss },
    },
    { says: `Check that ${master.key} is still silent and that ${key} holds everything.` },
  );
}

function startApplier(ground: Ground, member: Member): readonly Draft[] {
  const channel = answered(member)?.channels[0];
  return channel?.applier === 'no' && channel.applierError === null
    ? [
        draft(
          ground,
          member.key,
          { do: 'start-applier' },
          { says: `Start the applier on ${member.key}.` },
        ),
      ]
    : [];
}

function applyLane({ ground, candidate, byGtid }: Parts): readonly Draft[] {
  const { key } = candidate;
  return [
    waitUntilApplied(ground, key),
    ...(byGtid ? [] : [mark(ground, key, 'applied', 'applied')]),
  ];
}

function effectsOf({ ground, master, candidate, absent, gaps }: Parts): Effects {
  const lost = lostWithMaster(candidate, master.key, ground.highWater);
  const unseen = `What ${master.key} acknowledged without sending it to any replica; it was last seen to hold nothing more.`;
  const unknown = `What ${master.key} acknowledged without sending it to any replica; how much is not known.`;
  const named = lost?.map((it) => `${it}, last seen on ${master.key} only.`) ?? [unknown];
  return {
    writeStop: `Writes are stopped already; they go on when ${candidate.key} has applied what it received.`,
    mayLose: [
      ...gaps.map((it) => `${it.ranges.join(', ')}, held by ${it.holder}.`),
      ...(named.length === 0 ? [unseen] : named),
    ],
    leftBehind: [
      ...absent.map((it) => ({ instance: it.key, because: 'it is silent' })),
      { instance: master.key, because: 'it is dead; rejoin it when it is back' },
    ],
    undo: `Taken back by itself if anything fails before ${candidate.key} opens; afterwards only by another promotion.`,
  };
}
