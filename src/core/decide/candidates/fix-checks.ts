import type { CheckUp } from '../../model/check-up.ts';
import type { Remedy } from '../../model/doctor.ts';
import {
  answered,
  keyOf,
  type Channel,
  type InstanceKey,
  type Server,
} from '../../model/instance.ts';
import { phrase, plain, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { memberOf, type Member } from '../../model/topology.ts';
import { modeCheck, passwordFitCheck } from './candidate-checks.ts';
import { check, failed, passed, warned, type PlanningContext } from '../planning-context.ts';
import { keptLogsCheck } from './kept-logs-check.ts';
import { plainPasswordCheck } from './plain-password-check.ts';

/** What a fix stands on beside the topology. */
export interface FixContext extends PlanningContext {
  readonly checkUps: ReadonlyMap<InstanceKey, CheckUp>;
}

/** It must be stopped and started for the change to count. */
export function stops({ options, restarts }: Remedy): boolean {
  return options !== undefined || restarts === true;
}

/** What must hold before something is mended. */
export function fixChecks(context: FixContext, member: Member, remedy: Remedy): readonly Check[] {
  const server = answered(member);
  const instance = member.key;
  if (server === undefined) {
    const says = member.probe.kind === 'silent' ? member.probe.says : plain(instance);
    return [failed(phrase('{instance} answers', { instance }), says)];
  }
  return [
    modeCheck(context),
    ...(stops(remedy) ? stoppingChecks(context, member, server, remedy) : []),
    ...(remedy.options?.credentials === true || remedy.account !== undefined
      ? passwordChecks(context, member)
      : []),
    ...(remedy.options?.credentials === true ? passwordFitCheck(context, instance) : []),
    ...(remedy.account === undefined ? [] : passwordFitCheck(context, instance)),
    ...accountChecks(context, remedy),
  ];
}

/** A receiver that is stopped forgets what it received on some releases: its source must be there to give it again. */
function stoppingChecks(
  context: FixContext,
  member: Member,
  { channels }: Server,
  { options }: Remedy,
): readonly Check[] {
  const source = memberOf(context.topology, member.source);
  const names = { instance: member.key, source: member.source ?? '?' };
  return [
    check(
      member.key !== context.topology.master && channels.length === 1,
      phrase('{instance} reads from one source and is not the master', names),
      plain(channels.map((it) => keyOf(it.source.host, it.source.port)).join(', ') || '-'),
    ),
    check(
      answered(source) !== undefined,
      phrase('{source} answers, so that nothing is lost while {instance} is stopped', names),
      source?.probe.kind === 'silent' ? source.probe.says : plain(names.source),
    ),
    ...channels.map((channel) => applierCheck(member.key, channel)),
    ...(options?.byGtid === true && source !== undefined ? keptLogsCheck(source, member) : []),
  ];
}

function applierCheck(instance: InstanceKey, { applier, applierError }: Channel): Check {
  return check(
    applier === 'yes',
    phrase('{instance} applies what it received', { instance }),
    plain(applierError?.message ?? applier),
  );
}

function passwordChecks({ policy, checkUps }: FixContext, { source }: Member): readonly Check[] {
  const login = checkUps.get(source ?? '')?.replicationLogin ?? null;
  return [
    check(
      policy.replicationUser !== null && policy.replicationPasswordKnown,
      phrase('The replication user and its password are known'),
      knownUser(policy),
    ),
    ...(login === null || source === null ? [] : [loginCheck(source, login)]),
  ];
}

function knownUser({ replicationUser: user, replicationPasswordKnown }: Policy): Phrase {
  if (user === null) {
    return phrase('the settings name no replicationUser');
  }
  return replicationPasswordKnown ? plain(user) : phrase('no password of {user} is kept', { user });
}

/** The source may let that user in from the replica and not from here. */
function loginCheck(source: InstanceKey, login: 'accepted' | 'denied'): Check {
  const says = phrase('{source} accepts that password', { source });
  return login === 'accepted'
    ? passed(says, phrase('logged in from this machine'))
    : warned(says, phrase('it does not let that user in from this machine'));
}

function accountChecks({ checkUps, topology }: FixContext, { account }: Remedy): readonly Check[] {
  if (account === undefined) {
    return [];
  }
  const may = checkUps.get(account.on)?.ourUser?.mayCreateAccounts === true;
  return [
    check(
      may,
      phrase('Our user may create accounts on {instance}', { instance: account.on }),
      may ? phrase('it may') : phrase('it may create none, or may not hand its own rights on'),
    ),
    check(
      account.alone === (account.on !== topology.master),
      phrase('What the master logs replicates, what a replica is given alone does not'),
      account.alone ? phrase('not logged') : phrase('logged'),
    ),
    ...(account.alone
      ? []
      : plainPasswordCheck(account.on, answered(memberOf(topology, account.on)))),
  ];
}
