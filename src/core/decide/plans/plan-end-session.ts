import { answered, type InstanceKey } from '../../model/instance.ts';
import { statementWords, type LockHolder } from '../../model/lock-answer.ts';
import { phrase } from '../../model/phrase.ts';
import type { Check, Decision, Plan } from '../../model/plan.ts';
import type { Member } from '../../model/topology.ts';
import { modeCheck } from '../candidates/candidate-checks.ts';
import { fingerprintOf } from './fingerprint.ts';
import { check, hold, holdOn, passed, warned, type PlanningContext } from '../planning-context.ts';
import { budgetOf, draft, number } from '../steps/steps.ts';

/** What was found where a session is to be ended. */
export interface LockGround {
  /** null: nobody holds the lock; undefined: it could not be asked. */
  readonly holder: LockHolder | null | undefined;
  /** `user@host (pid)` of the process on this machine whose session it is; null for none. */
  readonly process: string | null;
}

/** Ends the session that holds the recovery lock of one instance, because a person says that it may be ended. */
export function planEndSession(
  context: PlanningContext,
  member: Member,
  session: number,
  { holder, process }: LockGround,
): Decision {
  const instance = member.key;
  if (holder === undefined || answered(member) === undefined) {
    return hold(
      phrase('{instance} cannot be asked who holds its recovery lock.', { instance }),
      phrase('Bring it back, then try again.'),
    );
  }
  if (holder?.session !== session) {
    return hold(
      phrase('Session {session} does not hold the recovery lock of {instance}.', {
        session,
        instance,
      }),
      holder === null
        ? phrase('No session holds it: nothing needs to be ended.')
        : phrase('Session {session} holds it now.', { session: holder.session }),
    );
  }
  const checks = [modeCheck(context), processCheck(process), rightsCheck(holder), ...facts(holder)];
  const refused = holdOn(checks, [
    process === null
      ? phrase('Fix the failed checks, then try again.')
      : phrase('Wait until that recovery has ended.'),
  ]);
  if (refused !== undefined) {
    return refused;
  }
  return { kind: 'act', plan: planFor(context, instance, holder, checks) };
}

function planFor(
  context: PlanningContext,
  instance: InstanceKey,
  { session, user, client }: LockHolder,
  checks: readonly Check[],
): Plan {
  const { topology } = context;
  const says = phrase("End session {session} of '{user}' from {client} on {instance}", {
    session,
    user,
    client,
    instance,
  });
  const stages = number([
    {
      title: phrase('End the session that holds the recovery lock'),
      lanes: [[draft(context, instance, { do: 'end-session', session, user }, { says })]],
      onFailure: 'report',
    },
  ]);
  return {
    kind: 'end-session',
    cluster: topology.cluster,
    subject: instance,
    oldMaster: null,
    newMaster: topology.master ?? instance,
    headline: says,
    checks,
    stages,
    effects: {
      writeStop: phrase('Not affected: only that session is ended.'),
      mayLose: [],
      leftBehind: [],
      undo: phrase('Not possible: what that session did not commit is rolled back.'),
    },
    fingerprint: fingerprintOf(topology),
    budgetMs: budgetOf(stages),
  };
}

function processCheck(process: string | null): Check {
  return check(
    process === null,
    phrase('The session belongs to no Switchover at work on this machine'),
    process === null
      ? phrase('no process on this machine changes the cluster now')
      : phrase('it is the session of {holder}, which changes the cluster now', { holder: process }),
  );
}

function rightsCheck({ mayChangeReplication, user }: LockHolder): Check {
  const says = phrase('The session belongs to no Switchover at work on another machine');
  if (mayChangeReplication === false) {
    return passed(says, phrase("'{user}' may not change replication", { user }));
  }
  return warned(
    says,
    mayChangeReplication === true
      ? phrase("'{user}' may change replication: make sure that no other monitor works now", {
          user,
        })
      : phrase("the rights of '{user}' are not known: make sure that no other monitor works now", {
          user,
        }),
  );
}

/** For a person to judge by. */
function facts({ user, client, sameForSeconds, runs }: LockHolder): readonly Check[] {
  return [
    passed(phrase('Account and host'), phrase("'{user}' from {client}", { user, client })),
    passed(phrase('Age'), phrase('for at least {seconds} s', { seconds: sameForSeconds })),
    passed(phrase('Statement'), statementWords(runs)),
  ];
}
