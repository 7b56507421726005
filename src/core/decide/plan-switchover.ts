import { answered } from '../model/instance.ts';
import type { Check, Decision, Effects, Place } from '../model/plan.ts';
import { errantOf } from '../model/errant.ts';
import { replicasOf, type Member } from '../model/topology.ts';
import { candidateChecks, credentialCheck, lagCheck, memberServer } from './candidate-checks.ts';
import {
  checkUnmoved,
  close,
  endWriters,
  forgetSource,
  mark,
  openLane,
  waitForMark,
} from './drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane, placesByGtid } from './follow.ts';
import { check, failed, holdOn, passed, warned, type Ground } from './ground.ts';
import { budgetOf, number, type DraftStage } from './steps.ts';

/** Nobody waits longer for writes in a planned hand-over: it is taken back instead. */
const longestWriteStopMs = 30_000;

interface Parts {
  readonly ground: Ground;
  readonly master: Member;
  readonly candidate: Member;
  /** Replicas of the master that are there to follow the new one. */
  readonly others: readonly Member[];
  readonly absent: readonly Member[];
  readonly byGtid: boolean;
}

/** The master lives: plan a hand-over that loses nothing and can be taken back until the new one opens. */
export function planSwitchover(ground: Ground, master: Member, candidate: Member): Decision {
  const others = replicasOf(ground.topology, master.key).filter((it) => it.key !== candidate.key);
  const present = others.filter((it) => answered(it) !== undefined);
  const parts: Parts = {
    ground,
    master,
    candidate,
    others: present,
    absent: others.filter((it) => answered(it) === undefined),
    byGtid: placesByGtid(ground, [master.key, candidate.key, ...present.map((it) => it.key)]),
  };
  const checks = checksOf(parts);
  const refused = holdOn(checks, ['Mend what the failed checks name, then ask again.']);
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(parts));
  return {
    kind: 'act',
    plan: {
      kind: 'switchover',
      cluster: ground.topology.cluster,
      subject: candidate.key,
      oldMaster: master.key,
      newMaster: candidate.key,
      headline: `Promote ${candidate.key} to master of ${ground.topology.cluster}`,
      checks,
      stages,
      effects: effectsOf(parts),
      fingerprint: fingerprintOf(ground.topology),
      budgetMs: Math.min(budgetOf(stages), longestWriteStopMs),
    },
  };
}

function checksOf({ ground, master, candidate, others, absent }: Parts): readonly Check[] {
  const masterServer = memberServer(ground, master.key);
  const server = memberServer(ground, candidate.key);
  if (masterServer === undefined || server === undefined) {
    return [failed('Master and candidate answer', `${candidate.key} or ${master.key} is silent`)];
  }
  const channel = server.channels[0];
  if (channel === undefined || candidate.source !== master.key) {
    return [
      failed(
        `${candidate.key} replicates from ${master.key}`,
        `it reads from ${candidate.source ?? 'nobody'}`,
      ),
    ];
  }
  const errant = errantOf(server, masterServer, 5);
  return [
    passed(`${candidate.key} answers`, server.version),
    masterServer.readOnly
      ? warned(`${master.key} takes writes`, 'read-only: nobody takes writes now')
      : passed(`${master.key} takes writes`, 'writable'),
    check(
      channel.receiver === 'yes' && channel.applier === 'yes',
      `${candidate.key} replicates`,
      `receiver ${channel.receiver}, applier ${channel.applier}`,
    ),
    lagCheck(ground, candidate, channel),
    check(
      errant.count === 0,
      `${candidate.key} has no transactions of its own`,
      errant.count === 0 ? 'none' : `${String(errant.count)}: ${errant.list.join(', ')}`,
    ),
    ...candidateChecks(ground, candidate, server),
    credentialCheck(ground, master.key),
    ...others.flatMap((it) => followerCheck(it)),
    ...absent.map((it) => warned(`${it.key} follows`, 'it is silent and stays behind')),
  ];
}

function followerCheck(member: Member): readonly Check[] {
  const channel = answered(member)?.channels[0];
  return channel?.receiver === 'yes' && channel.applier === 'yes'
    ? []
    : [
        warned(
          `${member.key} replicates`,
          `receiver ${channel?.receiver ?? 'no'}, applier ${channel?.applier ?? 'no'}`,
        ),
      ];
}

function stagesOf(parts: Parts): readonly DraftStage[] {
  const { ground, master, others } = parts;
  const place: Place = parts.byGtid
    ? { by: 'gtid', adopt: false }
    : { by: 'mark', mark: 'handover' };
  const adopting: Place = parts.byGtid ? { by: 'gtid', adopt: true } : place;
  const source = parts.candidate.key;
  return [
    ...handOver(parts),
    {
      title: `Let the others follow ${source}`,
      lanes: others.map((it) => followLane(ground, it, { source, place, withCredentials: false })),
      onFailure: 'report',
    },
    {
      title: `Make ${master.key} a replica`,
      lanes: [followLane(ground, master, { source, place: adopting, withCredentials: true })],
      onFailure: 'report',
    },
  ];
}

/** From the first closed door to the first open one. */
function handOver({ ground, master, candidate, others, byGtid }: Parts): readonly DraftStage[] {
  const reads = byGtid ? 'executed' : 'own-binlog';
  const { key } = candidate;
  // With files and offsets all must stand at the same place, since only that place is known on the new master.
  const waiting = byGtid ? [key] : [key, ...others.map((it) => it.key)];
  return [
    {
      title: `Stop writes on ${master.key}`,
      lanes: [
        [
          close(ground, master.key),
          endWriters(ground, master.key),
          mark(ground, master.key, 'final', reads),
        ],
      ],
      onFailure: 'undo',
    },
    {
      title: 'Catch up',
      lanes: waiting.map((it) => [waitForMark(ground, it, 'final', master.key)]),
      onFailure: 'undo',
    },
    {
      title: `Look at ${master.key} once more`,
      lanes: [[checkUnmoved(ground, master.key, 'final', reads)]],
      onFailure: 'undo',
    },
    { title: `Open ${key}`, lanes: [openLane(ground, key, byGtid)], onFailure: 'undo' },
    {
      title: `Make ${key} forget its source`,
      lanes: [[forgetSource(ground, key)]],
      onFailure: 'report',
    },
  ];
}

function effectsOf({ master, candidate, absent }: Parts): Effects {
  return {
    writeStop: `Writes stop from the moment ${master.key} is read-only until ${candidate.key} opens, usually well under a second.`,
    mayLose: [],
    leftBehind: absent.map((it) => ({ instance: it.key, because: 'it is silent' })),
    undo: `Taken back by itself if anything fails before ${candidate.key} opens.`,
  };
}
