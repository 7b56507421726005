import { accountStates } from './account-states.ts';
import { decideFix } from './check-cluster.ts';
import { decide } from './decide/decide.ts';
import { spareGroups } from './decide/spare-groups.ts';
import { sparingSeveralSources } from './decide/several-sources.ts';
import type { RejoinGround } from './decide/ground.ts';
import { decideEndSession } from './lock-holders.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Decision, Wish } from './model/plan.ts';

/** Answers a wish; asks the servers first for what only some wishes need. */
export async function decideWish(
  wish: Wish,
  ground: RejoinGround,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Decision> {
  const { topology } = ground;
  const decision = spareGroups(await answer(wish, ground, parts, signal), topology, false);
  return sparingSeveralSources(decision, topology);
}

async function answer(
  wish: Wish,
  ground: RejoinGround,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Decision> {
  if (wish.kind === 'fix') return decideFix(wish, ground, parts, signal);
  if (wish.kind === 'end-session') return decideEndSession(wish, ground, parts, signal);
  if (wish.kind !== 'create-user') return decide(wish, ground);
  const accounts = await accountStates(ground.topology, wish.user, parts.accounts, signal);
  return decide(wish, { ...ground, accounts });
}
