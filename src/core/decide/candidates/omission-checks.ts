import { answered, type Server } from '../../model/instance.ts';
import { isAccepted, listOmissions, omissionsOf, unacceptedOf } from '../../model/omissions.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { failed, passed, warned, type PlanningContext } from '../planning-context.ts';

/** GTIDs prove that a candidate is complete only where it applies and logs everything that it counts. */
export function omissionCheck(
  { policy }: PlanningContext,
  candidate: Member,
  server: Server,
): Check {
  const says = phrase('{instance} replicates everything', { instance: candidate.key });
  const omissions = omissionsOf(server);
  if (omissions.length === 0 && server.unknownLogFilters === true) {
    return warned(
      says,
      phrase(
        'whether databases are kept out of its binary log could not be asked; the doctor names the right that our user lacks',
      ),
    );
  }
  if (omissions.length === 0) {
    return passed(says, phrase('no replication filters'));
  }
  return unacceptedOf(server, policy).length === 0
    ? warned(says, phrase('{list}: accepted in the settings', { list: listOmissions(omissions) }))
    : failed(says, leftOutBy(listOmissions(unacceptedOf(server, policy))));
}

/** What the master keeps out of its binary log no replica ever got. */
export function masterLogChecks({ policy }: PlanningContext, master: Member): readonly Check[] {
  const kept = keptOutOfLog(master);
  if (kept.length === 0) {
    return [];
  }
  const says = phrase('{master} logs everything that it writes', { master: master.key });
  return [
    kept.every((it) => isAccepted(it, policy.acceptedFilters))
      ? warned(says, phrase('{list}: accepted in the settings', { list: listOmissions(kept) }))
      : warned(says, plain(listOmissions(kept))),
  ];
}

/** What a promotion loses because somebody left it out, one sentence each. */
export function omittedLosses(master: Member, candidate: Member): readonly Phrase[] {
  const server = answered(candidate);
  const omissions = server === undefined ? [] : omissionsOf(server);
  const kept = keptOutOfLog(master);
  return [
    ...(omissions.length === 0
      ? []
      : [
          phrase('What {instance} leaves out: {list}.', {
            instance: candidate.key,
            list: listOmissions(omissions),
          }),
        ]),
    ...(kept.length === 0
      ? []
      : [
          phrase('What {instance} keeps out of its binary log: {list}.', {
            instance: master.key,
            list: listOmissions(kept),
          }),
        ]),
  ];
}

function keptOutOfLog(master: Member): Server['omissions'] {
  const server = answered(master) ?? master.lastAnswer?.server;
  return server?.omissions.filter((it) => it.kind === 'log') ?? [];
}

export function leftOutBy(list: string): Phrase {
  return phrase('it leaves out part: {list}', { list });
}

/** Servers that a follower ignores: told to follow one of them it would take nothing, and count everything. */
export function ignoringChecks(members: readonly Member[]): readonly Check[] {
  return members.flatMap((it) => {
    const ignored = answered(it)?.channels.flatMap((channel) =>
      channel.omissions.filter(({ name }) => isServerIds(name)),
    );
    return ignored === undefined || ignored.length === 0
      ? []
      : [
          warned(
            phrase('{instance} ignores no server', { instance: it.key }),
            phrase('{list}: cleared as it is pointed elsewhere; what it left out stays missing', {
              list: listOmissions(ignored),
            }),
          ),
        ];
  });
}

function isServerIds(name: string): boolean {
  return /ignore_server_ids/i.test(name);
}
