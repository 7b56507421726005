import { answered, type InstanceKey, type Server } from '../../model/instance.ts';
import type { Check, Decision, Place } from '../../model/plan.ts';
import type { Member, Role } from '../../model/topology.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import {
  binlogCheck,
  credentialCheck,
  modeCheck,
  passwordFitCheck,
} from '../candidates/candidate-checks.ts';
import { takesWrites } from './common-parts.ts';
import { forgottenOwn } from '../candidates/completeness.ts';
import { closeForGood, endWriters, forgetSource } from '../steps/drafts.ts';
import { fingerprintOf } from './fingerprint.ts';
import { followLane } from '../steps/follow.ts';
import { sameHistoryCheck } from '../candidates/foreign-history.ts';
import {
  check,
  failed,
  hold,
  holdOn,
  passed,
  type OwnTransactions,
  type RejoinContext,
} from '../planning-context.ts';
import { keptLogsCheck } from '../candidates/kept-logs-check.ts';
import { lateEventStage, quietChecks, quietStage } from '../steps/move-events.ts';
import { rejoinedStages } from '../steps/move-semi-sync.ts';
import { restoredAdvice } from '../candidates/restored-checks.ts';
import { budgetOf, draft, number, type Draft, type DraftStage } from '../steps/steps.ts';
import { sourceNameChecks } from '../candidates/name-limit-checks.ts';
import { newcomerChecks } from '../candidates/source-demands.ts';

/** Brings a server back below the master: read-only first, and only if it has nothing of its own. */
export function planRejoin(context: RejoinContext, master: Member, member: Member): Decision {
  const needless = needlessRejoin(master, member);
  if (needless !== undefined) {
    return needless;
  }
  const checks = checksOf(context, master, member);
  const refused = holdOn(checks, adviceFor(context, master, member));
  const place = placeOf(context, member);
  if (refused !== undefined || place === undefined) {
    return (
      refused ?? {
        kind: 'hold',
        refusal: { because: [phrase('No exact place is known.')], instead: [], checks },
      }
    );
  }
  const stages = number(stagesOf(context, master, member, place));
  return {
    kind: 'act',
    plan: {
      kind: 'rejoin',
      cluster: context.topology.cluster,
      subject: member.key,
      oldMaster: null,
      newMaster: master.key,
      headline: phrase('Rejoin {instance} as a replica of {master}', {
        instance: member.key,
        master: master.key,
      }),
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes on {master} go on; {instance} becomes read-only.', {
          master: master.key,
          instance: member.key,
        }),
        mayLose: [],
        leftBehind: [],
        undo: phrase('If a step fails, {instance} stays read-only and outside.', {
          instance: member.key,
        }),
      },
      fingerprint: fingerprintOf(context.topology),
      budgetMs: budgetOf(stages),
    },
  };
}

/** The master, or a replica that is as a rejoin would leave it: nothing of it is wrong, so nothing is advised. */
function needlessRejoin(master: Member, member: Member): Decision | undefined {
  const names = { instance: member.key, master: master.key };
  if (member.key === master.key) {
    return hold(
      phrase('{instance} is the master: there is nothing to rejoin.', names),
      phrase('Name an instance that does not replicate from it.'),
    );
  }
  const server = answered(member);
  return server?.readOnly === true && follows(master, member, server)
    ? hold(
        phrase('{instance} already replicates from {master} and is read-only.', names),
        phrase('Nothing needs to be done.'),
      )
    : undefined;
}

function follows(master: Member, member: Member, { channels }: Server): boolean {
  const [channel] = channels;
  return member.source === master.key && channel?.receiver === 'yes' && channel.applier === 'yes';
}

/** The same without a person, who could tell a stranger from the former master. */
export function planRejoinAlone(context: RejoinContext, master: Member, member: Member): Decision {
  const stranger = holdOn([sameHistoryCheck(context.topology, member)], []);
  return stranger ?? planRejoin(context, master, member);
}

function checksOf(context: RejoinContext, master: Member, member: Member): readonly Check[] {
  const masterServer = answered(master);
  const server = answered(member);
  if (masterServer === undefined || server === undefined) {
    return [
      failed(
        phrase('{master} and {instance} answer', { master: master.key, instance: member.key }),
        phrase('one of them is silent'),
      ),
    ];
  }
  return [
    modeCheck(context),
    check(
      member.key !== master.key,
      phrase('{instance} is not the master', { instance: member.key }),
      roles[member.role],
    ),
    check(
      !masterServer.readOnly,
      takesWrites(master.key),
      masterServer.readOnly ? phrase('read-only') : phrase('writable'),
    ),
    binlogCheck(master.key, masterServer, plain(masterServer.binlog ? 'ON' : 'OFF')),
    notYetCheck(master, member, server),
    credentialCheck(context, member.key),
    ...passwordFitCheck(context, member.key),
    ...sourceNameChecks([member], master),
    ...newcomerChecks(context, master, member),
    ownCheck(master, member, context.own),
    forgottenCheck(master, member),
    placeCheck(context, member),
    ...keptLogsCheck(master, member),
    ...quietChecks(context, member),
  ];
}

function notYetCheck(master: Member, member: Member, server: Server): Check {
  const isFollowing = follows(master, member, server);
  return check(
    !isFollowing || !server.readOnly,
    phrase('{instance} is outside', { instance: member.key }),
    isFollowing
      ? phrase('it already replicates')
      : phrase('role {role}', { role: roles[member.role] }),
  );
}

function ownCheck(master: Member, member: Member, own: OwnTransactions): Check {
  const says = phrase('{instance} has nothing that {master} lacks', {
    instance: member.key,
    master: master.key,
  });
  switch (own.kind) {
    case 'none':
      return passed(says, phrase('no transactions of its own'));
    case 'some':
      return failed(says, listOf(own));
    case 'unknown':
      return failed(says, own.because);
    default:
      return own satisfies never;
  }
}

/** It came back with older data, as after a loss of power or from a backup. */
function forgottenCheck(master: Member, member: Member): Check {
  const ranges = forgottenOwn(member, master);
  return check(
    ranges.length === 0,
    phrase('{instance} still holds everything that it wrote itself', { instance: member.key }),
    ranges.length === 0
      ? phrase('nothing is missing')
      : phrase('{ranges} is missing, and it would skip that as a replica', {
          ranges: ranges.join(', '),
        }),
  );
}

function listOf({ count, list }: Extract<OwnTransactions, { kind: 'some' }>): Phrase {
  const names = list.join(', ');
  return count === 1
    ? phrase('1 transaction: {list}', { list: names })
    : phrase('{count} transactions: {list}', { count, list: names });
}

const roles: Readonly<Record<Role, Phrase>> = {
  master: phrase('master'),
  'co-master': phrase('co-master'),
  replica: phrase('replica'),
  intermediate: phrase('intermediate'),
  detached: phrase('detached'),
  'group-member': phrase('group member'),
  unknown: phrase('unknown'),
};

function placeCheck(context: RejoinContext, member: Member): Check {
  const place = placeOf(context, member);
  const says = phrase("The place of {instance} in the master's log is known", {
    instance: member.key,
  });
  if (place === undefined) {
    return failed(says, phrase('there is no GTID, and no hand-over between the two is recorded'));
  }
  return passed(
    says,
    place.by === 'gtid'
      ? phrase('by GTID')
      : plain(place.by === 'file' ? `${place.at.file}:${String(place.at.offset)}` : place.mark),
  );
}

/** By GTID where both ends keep them, else the place recorded when the master took over from this very server. */
function placeOf(context: RejoinContext, member: Member): Place | undefined {
  const { topology, handover } = context;
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

function adviceFor(context: RejoinContext, master: Member, member: Member): readonly Phrase[] {
  const names = { instance: member.key, master: master.key };
  return context.own.kind === 'some'
    ? [
        phrase(
          'Save what matters of these transactions by hand and rebuild {instance} from {master}.',
          names,
        ),
        phrase(
          'Where their data does not matter, inject empty transactions of the same names on {master} (MySQL), then rejoin.',
          { master: master.key },
        ),
        ...restoredAdvice(answered(member), answered(master)),
        phrase('Or keep {instance} apart, read-only.', { instance: member.key }),
      ]
    : [phrase('Mend what the failed checks name, or rebuild {instance} from {master}.', names)];
}

/** A promotion that was cut short leaves the new master with a stopped channel, which a restart would start. */
function forgetting(context: RejoinContext, master: Member): readonly Draft[] {
  const channels = answered(master)?.channels ?? [];
  const stopped = channels.every((it) => it.receiver === 'no' && it.applier === 'no');
  return channels.length > 0 && stopped ? [forgetSource(context, master.key)] : [];
}

function stagesOf(
  context: RejoinContext,
  master: Member,
  member: Member,
  place: Place,
): readonly DraftStage[] {
  const { key } = member;
  const semiSync = rejoinedStages(context, master, member);
  const title = phrase('Look again');
  return [
    ...quietStage(context, member, 'for-good'),
    {
      title: phrase('Close {instance}', { instance: key }),
      lanes: [[closeForGood(context, key), endWriters(context, key)]],
      onFailure: 'undo',
    },
    { title, lanes: [[lookAgain(context, key, master.key)]], onFailure: 'undo' },
    {
      title: phrase('Make {instance} forget its old source', { instance: master.key }),
      lanes: [forgetting(context, master)],
      onFailure: 'undo',
    },
    ...semiSync.before,
    {
      title: phrase('Let {instance} follow {source}', { instance: key, source: master.key }),
      lanes: [followLane(context, member, { source: master.key, place, withCredentials: true })],
      onFailure: 'undo',
    },
    ...semiSync.after,
    ...lateEventStage({ context, from: member, to: master }),
  ];
}

function lookAgain(context: RejoinContext, instance: InstanceKey, master: InstanceKey): Draft {
  return draft(
    context,
    instance,
    { do: 'look-again', expect: { that: 'nothing-of-its-own', instance, master } },
    { says: phrase('Check once more that {instance} has nothing of its own.', { instance }) },
  );
}
