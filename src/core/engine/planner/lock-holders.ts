import { planEndSession } from '../../decide/plans/plan-end-session.ts';
import { hold, type PlanningContext } from '../../decide/planning-context.ts';
import { answered } from '../../model/instance.ts';
import type { HeldLock, LockHolder } from '../../model/lock-answer.ts';
import { phrase } from '../../model/phrase.ts';
import type { Decision, Wish } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import type { LockReader, Store } from '../../ports.ts';
import { orUndefined } from '../or-undefined.ts';

/** What is asked about locks, and of whom. */
export interface LockNeeds {
  readonly cluster: string;
  readonly actor: string;
  readonly locks: LockReader;
  readonly store: Pick<Store, 'leaseHolder' | 'recoveries'> | undefined;
}

/** Asks every instance that answers. One that cannot be asked is left out. */
export async function heldLocks(
  { members }: Topology,
  needs: LockNeeds & { readonly policy: () => Promise<Policy> },
  signal: AbortSignal,
): Promise<readonly HeldLock[]> {
  const { monitorUser } = await needs.policy();
  const asked = members.filter((it) => answered(it) !== undefined);
  const held = await Promise.all(
    asked.map(async ({ key, address }): Promise<readonly HeldLock[]> => {
      const holder = (await needs.locks.holderOf(address, signal)) ?? null;
      return holder === null
        ? []
        : [{ instance: key, holder, process: processOf(holder, monitorUser, needs) }];
    }),
  );
  return held.flat();
}

/** The plan for ending one holder, after asking again who it is. */
export async function decideEndSession(
  { instance, session }: Extract<Wish, { readonly kind: 'end-session' }>,
  context: PlanningContext,
  needs: LockNeeds,
  signal: AbortSignal,
): Promise<Decision> {
  const { topology, policy } = context;
  const member = memberOf(topology, instance);
  if (member === undefined) {
    return hold(
      phrase('{instance} is not an instance of {cluster}.', {
        instance,
        cluster: topology.cluster,
      }),
      phrase('Name one that the topology shows.'),
    );
  }
  const holder =
    answered(member) === undefined ? undefined : await needs.locks.holderOf(member.address, signal);
  const process = holder == null ? null : processOf(holder, policy.monitorUser, needs);
  return planEndSession(context, member, session, { holder, process });
}

/** While a process of this machine changes the cluster, a session of our own user is taken for that process's. */
function processOf(
  { user }: LockHolder,
  monitorUser: string | undefined,
  { store, cluster, actor }: LockNeeds,
): string | null {
  const changing = orUndefined(() => store?.leaseHolder(`cluster:${cluster}`));
  const [newest] = orUndefined(() => store?.recoveries(cluster, 1)) ?? [];
  // The plan that ends the session is decided once more under a lease of its own, before its record begins.
  const itself = changing === actor && newest?.state !== 'running';
  return user === monitorUser && !itself ? (changing ?? null) : null;
}
