import { accountName, type DatabaseUser } from '../../model/database-user.ts';
import { unfitForReplication, unwritable } from '../../model/password-shape.ts';
import { phrase, type Phrase } from '../../model/phrase.ts';
import type { Check } from '../../model/plan.ts';
import { answered } from '../../model/instance.ts';
import { check, type PlanningContext } from '../planning-context.ts';

/** Whether the password of a new user can be written, and where it replicates, be kept by every instance. */
export function newPasswordCheck(
  { topology, policy }: PlanningContext,
  user: DatabaseUser,
): readonly Check[] {
  const shape = policy.newPassword;
  if (shape === undefined) return [];
  const says = phrase('The password of {account} can be used by every instance', {
    account: accountName(user),
  });
  const unfit = topology.members.flatMap((member): readonly Phrase[] => {
    const server = answered(member);
    const because =
      server === undefined || user.task !== 'replication'
        ? undefined
        : unfitForReplication(shape, server.flavor);
    return because === undefined ? [] : [because];
  });
  const because = unwritable(shape) ?? unfit[0];
  return [check(because === undefined, says, because ?? phrase('it can'))];
}
