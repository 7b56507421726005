import { accountName } from '../../model/database-user.ts';
import { answered } from '../../model/instance.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import { holdOn, type PlanningContext } from '../planning-context.ts';
import {
  creation,
  existenceCheck,
  isThere,
  silentCheck,
  verification,
  type UserWish,
} from './plan-create-user.ts';
import { newPasswordCheck } from '../candidates/new-password-check.ts';
import { plainPasswordCheck } from '../candidates/plain-password-check.ts';
import { budgetOf, number, type DraftStage } from '../steps/steps.ts';
import { userNameChecks } from '../candidates/name-limit-checks.ts';

/**
 * Makes a user on one instance that replication does not bring it to, outside the binary log: a replica that does not
 * replicate refuses a user that was made on the master.
 */
export function planCreateUserAlone(
  context: PlanningContext,
  member: Member,
  wish: UserWish,
): Decision {
  const { topology } = context;
  const server = answered(member);
  const values = { account: accountName(wish.user), instance: member.key };
  const checks = [
    modeCheck(context),
    ...(server === undefined ? [silentCheck(member)] : []),
    ...plainPasswordCheck(member.key, server),
    ...newPasswordCheck(context, wish.user),
    ...userNameChecks(member.key, server, wish.user),
    existenceCheck(context, member.key, wish),
  ];
  const refused = holdOn(
    checks,
    isThere(context, member.key) && !wish.anew
      ? [phrase('Use the user that exists, or ask for its password to be set anew.')]
      : [phrase('Fix the failed checks, then try again.')],
  );
  if (refused !== undefined) {
    return refused;
  }
  const stages = number(stagesOf(context, member, wish));
  return {
    kind: 'act',
    plan: {
      kind: 'create-user',
      cluster: topology.cluster,
      subject: member.key,
      oldMaster: null,
      newMaster: topology.master ?? member.key,
      headline: isThere(context, member.key)
        ? phrase('Give {account} on {instance} its password and rights anew', values)
        : phrase('Create {account} on {instance} alone', values),
      checks,
      stages,
      effects: {
        writeStop: phrase('Writes go on: only an account is changed.'),
        mayLose: [],
        leftBehind: [],
        undo: phrase('By hand: remove {account} on {instance}.', values),
      },
      fingerprint: fingerprintOf(topology),
      budgetMs: budgetOf(stages),
    },
  };
}

function stagesOf(context: PlanningContext, member: Member, wish: UserWish): readonly DraftStage[] {
  return [
    {
      title: phrase('On {instance} alone, outside the binary log', { instance: member.key }),
      lanes: [[creation(context, member.key, wish, true)]],
      onFailure: 'undo',
    },
    {
      title: phrase('Look for it there'),
      lanes: [[verification(context, member.key, wish.user)]],
      onFailure: 'report',
    },
  ];
}
