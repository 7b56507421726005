import { answered } from '../model/instance.ts';
import { listOmissions, unacceptedOf } from '../model/omissions.ts';
import type { Member } from '../model/topology.ts';
import type { Census } from './census.ts';
import type { Problem } from './problem.ts';

/** GTIDs tell that it is complete, and its data may not be. One that may never be promoted is left as it is. */
export const omissionProblem: Problem<{ readonly member: Member; readonly census: Census }> = {
  code: 'LeavesOutTransactions',
  severity: 'warning',
  advice:
    'Remove these settings and rebuild what lacks data, forbid its promotion (promotionRules), or accept a filter by name (acceptedReplicationFilters).',
  holds: ({ member, census: { policy } }) => {
    const server = answered(member);
    if (server === undefined || policy.promotionRules[member.key] === 'must-not') {
      return undefined;
    }
    const list = listOmissions(unacceptedOf(server, policy));
    return list === ''
      ? undefined
      : {
          instance: member.key,
          says: `${member.key} applies or logs less than its GTIDs say: ${list}.`,
          facts: { instance: member.key, list },
        };
  },
};
