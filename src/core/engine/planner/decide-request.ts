import { accountStates } from './account-states.ts';
import { decideFix } from './check-cluster.ts';
import { decide } from '../../decide/decide.ts';
import { spareGroups } from '../../decide/spare-groups.ts';
import { sparingSeveralSources } from '../../decide/several-sources.ts';
import type { RejoinContext } from '../../decide/planning-context.ts';
import { decideEndSession } from './lock-holders.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { Decision, Wish } from '../../model/plan.ts';

/** Answers a wish; asks the servers first for what only some wishes need. */
export async function decideRequest(
  wish: Wish,
  context: RejoinContext,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Decision> {
  const { topology } = context;
  const decision = spareGroups(await answer(wish, context, parts, signal), topology, false);
  return sparingSeveralSources(decision, topology);
}

async function answer(
  wish: Wish,
  context: RejoinContext,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Decision> {
  if (wish.kind === 'fix') return decideFix(wish, context, parts, signal);
  if (wish.kind === 'end-session') return decideEndSession(wish, context, parts, signal);
  if (wish.kind !== 'create-user') return decide(wish, context);
  const accounts = await accountStates(context.topology, wish.user, parts.accounts, signal);
  return decide(wish, { ...context, accounts });
}
