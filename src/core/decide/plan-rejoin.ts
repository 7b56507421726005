import { answered, type InstanceKey, type Server } from '../model/instance.ts';
import type { Check, Decision, Place } from '../model/plan.ts';
import type { Member } from '../model/topology.ts';
import { credentialCheck, modeCheck } from './candidate-checks.ts';
import { closeForGood, endWriters, forgetSource } from './drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane } from './follow.ts';
import {
  check,
  failed,
  holdOn,
  passed,
  type OwnTransactions,
  type RejoinGround,
} from './ground.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from './steps.ts';

/** Brings a server back below the master: read-only first, and only if it has nothing of its own. */
export function planRejoin(ground: RejoinGround, master: Member, member: Member): Decision {
  const checks = checksOf(ground, master, member);
  const refused = holdOn(checks, adviceFor(ground, master, member));
  const place = placeOf(ground, member);
  if (refused !== undefined || place === undefined) {
    return (
      refused ?? {
        kind: 'hold',
        refusal: { because: ['No exact place is known.'], instead: [], checks },
      }
    );
  }
  const stages = number(stagesOf(ground, master, member, place));
  return {
    kind: 'act',
    plan: {
      kind: 'rejoin',
      cluster: ground.topology.cluster,
      subject: member.key,
      oldMaster: null,
      newMaster: master.key,
      headline: `Rejoin ${member.key} as a replica of ${master.key}`,
      checks,
      stages,
      effects: {
        writeStop: `Writes on ${master.key} go on; ${member.key} becomes read-only.`,
        mayLose: [],
        leftBehind: [],
        undo: `If a step fails, ${member.key} stays read-only and outside.`,
      },
      fingerprint: fingerprintOf(ground.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function checksOf(ground: RejoinGround, master: Member, member: Member): readonly Check[] {
  const masterServer = answered(master);
  const server = answered(member);
  if (masterServer === undefined || server === undefined) {
    return [failed(`${master.key} and ${member.key} answer`, 'one of them is silent')];
  }
  return [
    modeCheck(ground),
    check(member.key !== master.key, `${member.key} is not the master`, member.role),
    check(
      !masterServer.readOnly,
      `${master.key} takes writes`,
      masterServer.readOnly ? 'read-only' : 'writable',
    ),
    check(
      masterServer.binlog,
      `${master.key} writes a binary log`,
      masterServer.binlog ? 'ON' : 'OFF',
    ),
    notYetCheck(master, member, server),
    credentialCheck(ground, member.key),
    ownCheck(master, member, ground.own),
    placeCheck(ground, member),
  ];
}

function notYetCheck(master: Member, member: Member, server: Server): Check {
  const channel = server.channels[0];
  const follows =
    member.source === master.key && channel?.receiver === 'yes' && channel.applier === 'yes';
  return check(
    !follows || !server.readOnly,
    `${member.key} is outside`,
    follows ? 'it already replicates' : `role ${member.role}`,
  );
}

function ownCheck(master: Member, member: Member, own: OwnTransactions): Check {
  const says = `${member.key} has nothing that ${master.key} lacks`;
  switch (own.kind) {
    case 'none':
      return passed(says, 'no transactions of its own');
    case 'some':
      return failed(
        says,
        `${String(own.count)} ${own.count === 1 ? 'transaction' : 'transactions'}: ${own.list.join(', ')}`,
      );
    case 'unknown':
      return failed(says, own.because);
    default:
      return own satisfies never;
  }
}

function placeCheck(ground: RejoinGround, member: Member): Check {
  const place = placeOf(ground, member);
  const says = `The place of ${member.key} in the master's log is known`;
  if (place === undefined) {
    return failed(says, 'there is no GTID, and no hand-over between the two is recorded');
  }
  return passed(
    says,
    place.by === 'gtid'
      ? 'by GTID'
      : place.by === 'file'
        ? `${place.at.file}:${String(place.at.offset)}`
        : place.mark,
  );
}

/** By GTID where both ends keep them, else the place recorded when the master took over from this very server. */
function placeOf(ground: RejoinGround, member: Member): Place | undefined {
  const { topology, handover } = ground;
  const master = topology.members.find((it) => it.key === topology.master);
  const kinds = [answered(master)?.gtid.kind, answered(member)?.gtid.kind];
  if (kinds.every((it) => it === 'mysql') || kinds.every((it) => it === 'mariadb')) {
    return { by: 'gtid', adopt: true };
  }
  return handover !== null &&
    handover.oldMaster === member.key &&
    handover.newMaster === topology.master
    ? { by: 'file', at: handover.newAt }
    : undefined;
}

function adviceFor(ground: RejoinGround, master: Member, member: Member): readonly string[] {
  return ground.own.kind === 'some'
    ? [
        `Save what matters of these transactions by hand and rebuild ${member.key} from ${master.key}.`,
        `Where their data does not matter, inject empty transactions of the same names on ${master.key} (MySQL), then rejoin.`,
        `Or keep ${member.key} apart, read-only.`,
      ]
    : [`Mend what the failed checks name, or rebuild ${member.key} from ${master.key}.`];
}

/** A promotion that was cut short leaves the new master with a stopped channel, which a restart would start. */
function forgetting(ground: RejoinGround, master: Member): readonly Draft[] {
  const channels = answered(master)?.channels ?? [];
  const stopped = channels.every((it) => it.receiver === 'no' && it.applier === 'no');
  return channels.length > 0 && stopped ? [forgetSource(ground, master.key)] : [];
}

function stagesOf(
  ground: RejoinGround,
  master: Member,
  member: Member,
  place: Place,
): readonly DraftStage[] {
  const { key } = member;
  return [
    {
      title: `Close ${key}`,
      lanes: [[closeForGood(ground, key), endWriters(ground, key)]],
      onFailure: 'undo',
    },
    { title: 'Look again', lanes: [[lookAgain(ground, key, master.key)]], onFailure: 'undo' },
    {
      title: `Make ${master.key} forget its old source`,
      lanes: [forgetting(ground, master)],
      onFailure: 'undo',
    },
    {
      title: `Let ${key} follow ${master.key}`,
      lanes: [followLane(ground, member, { source: master.key, place, withCredentials: true })],
      onFailure: 'undo',
    },
  ];
}

function lookAgain(ground: RejoinGround, instance: InstanceKey, master: InstanceKey): Draft {
  return draft(
    ground,
    instance,
    { do: 'look-again', expect: { that: 'nothing-of-its-own', instance, master } },
    { says: `Check once more that ${instance} has nothing of its own.` },
  );
}
