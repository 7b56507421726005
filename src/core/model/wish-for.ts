import { acceptsLoss, stepsOf, type Plan, type PlanKind, type Wish } from './plan.ts';

/** What a person would have to ask for to get this plan; undefined for plans that only the watch makes. */
export function wishFor(plan: Plan): Wish | undefined {
  return wishes[plan.kind](plan);
}

const wishes: Readonly<Record<PlanKind, (plan: Plan) => Wish | undefined>> = {
  rejoin: ({ subject }) => ({ kind: 'rejoin', instance: subject }),
  switchover: promotionWishFor,
  failover: promotionWishFor,
  relocate: relocateWishFor,
  'create-user': userWishFor,
  fix: fixWishFor,
  'end-session': endSessionWishFor,
  fence: () => undefined,
  restore: () => undefined,
  repair: () => undefined,
  detach: () => undefined,
};

function promotionWishFor(plan: Plan): Wish {
  return { kind: 'promote', instance: plan.subject, acceptLoss: acceptsLoss(plan) };
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

function endSessionWishFor(plan: Plan): Wish | undefined {
  const [first] = stepsOf(plan);
  return first?.action.do === 'end-session'
    ? { kind: 'end-session', instance: plan.subject, session: first.action.session }
    : undefined;
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
