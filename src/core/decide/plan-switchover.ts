import { answered, type InstanceKey } from '../model/instance.ts';
import type { Check, Decision, Effects, Place } from '../model/plan.ts';
import { errantOf } from '../model/errant.ts';
import { replicasOf, type Member } from '../model/topology.ts';
import { candidateChecks, credentialCheck, lagCheck, memberServer } from './candidate-checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane, placesByGtid } from './follow.ts';
import { check, failed, holdOn, passed, warned, type Ground } from './ground.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from './steps.ts';

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
      budgetMs: budgetOf(stages),
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
    return [failed(`${candidate.key} replicates from ${master.key}`, `it reads from ${candidate.source ?? 'nobody'}`)];
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
    : [warned(`${member.key} replicates`, `receiver ${channel?.receiver ?? 'no'}, applier ${channel?.applier ?? 'no'}`)];
}

function stagesOf(parts: Parts): readonly DraftStage[] {
  const { ground, master, others } = parts;
  const place: Place = parts.byGtid ? { by: 'gtid', adopt: false } : { by: 'mark', mark: 'handover' };
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
function handOver(parts: Parts): readonly DraftStage[] {
  const { ground, master, candidate, others, byGtid } = parts;
  const reads = byGtid ? 'executed' : 'own-binlog';
  const catchUp = (key: InstanceKey) => [
    draft(
      ground,
      key,
      { do: 'wait-for-mark', mark: 'final', of: master.key },
      { says: `Wait until ${key} has everything that ${master.key} wrote.` },
    ),
  ];
  return [
    {
      title: `Stop writes on ${master.key}`,
      lanes: [
        [
          closing(ground, master.key),
          draft(ground, master.key, { do: 'end-writers' }, { says: `End the sessions on ${master.key} that could still write.` }),
          draft(ground, master.key, { do: 'mark-position', mark: 'final', reads }, { says: `Read how far ${master.key} is.` }),
        ],
      ],
      onFailure: 'undo',
    },
    {
      title: 'Catch up',
      // With files and offsets all must stand at the same place, since only that place is known on the new master.
      lanes: [catchUp(candidate.key), ...(byGtid ? [] : others.map((it) => catchUp(it.key)))],
      onFailure: 'undo',
    },
    {
      title: `Look at ${master.key} once more`,
      lanes: [
        [draft(ground, master.key, { do: 'check-unmoved', mark: 'final', reads }, { says: `Check that nothing was written on ${master.key} meanwhile.` })],
      ],
      onFailure: 'undo',
    },
    { title: `Open ${candidate.key}`, lanes: [openLane(ground, candidate.key, byGtid)], onFailure: 'undo' },
    {
      title: `Make ${candidate.key} forget its source`,
      lanes: [[draft(ground, candidate.key, { do: 'forget-source' }, { says: `Forget the old source on ${candidate.key}.` })]],
      onFailure: 'report',
    },
  ];
}

/** What was closed already, by a switchover that was cut short, is not opened again when this one is taken back. */
function closing(ground: Ground, key: InstanceKey): Draft {
  const says = `Make ${key} read-only.`;
  return memberServer(ground, key)?.readOnly === true
    ? draft(ground, key, { do: 'set-read-only' }, { says })
    : draft(ground, key, { do: 'set-read-only' }, { says, undo: { do: 'set-writable' } });
}

/** The candidate lets go of its source and opens. Its source is forgotten only later, so that it can be taken back. */
export function openLane(ground: Ground, key: InstanceKey, byGtid: boolean): DraftStage['lanes'][number] {
  return [
    draft(ground, key, { do: 'stop-replication' }, { says: `Stop replication on ${key}.`, undo: { do: 'start-replication' } }),
    ...(byGtid
      ? []
      : [
          draft(ground, key, { do: 'mark-position', mark: 'handover', reads: 'own-binlog' }, { says: `Read where the binary log of ${key} ends.` }),
        ]),
    draft(ground, key, { do: 'set-writable' }, { says: `Open ${key} for writes.`, undo: { do: 'set-read-only' } }),
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
