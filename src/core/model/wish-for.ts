import { acceptsLoss, stepsOf, type Plan, type Wish } from './plan.ts';

/** What a person would have to ask for to get this plan; undefined for plans that only the watch makes. */
export function wishFor(plan: Plan): Wish | undefined {
  switch (plan.kind) {
    case 'rejoin':
      return { kind: 'rejoin', instance: plan.subject };
    case 'switchover':
    case 'failover':
      return { kind: 'promote', instance: plan.subject, acceptLoss: acceptsLoss(plan) };
    case 'relocate':
      return relocateWishFor(plan);
    case 'create-user':
      return userWishFor(plan);
    case 'fix':
      return fixWishFor(plan);
    case 'fence':
    case 'restore':
    case 'repair':
    case 'detach':
      return undefined;
    default:
      return plan.kind satisfies never;
  }
}

/** The watch moves those below a dead source, which is no step of its own. */
function relocateWishFor(plan: Plan): Wish | undefined {
  return stepsOf(plan).some((it) => it.on === plan.subject)
    ? { kind: 'relocate', instance: plan.subject, below: plan.newMaster }
    : undefined;
}

function fixWishFor({ subject, fixes }: Plan): Wish | undefined {
  return fixes === undefined ? undefined : { kind: 'fix', instance: subject, item: fixes };
}

function userWishFor(plan: Plan): Wish | undefined {
  const [first] = stepsOf(plan);
  return first?.action.do === 'create-user'
    ? {
        kind: 'create-user',
        instance: plan.subject,
        user: first.action.user,
        anew: first.action.how === 'alter',
      }
    : undefined;
}
