import type { PlanningContext } from '../../decide/planning-context.ts';
import type { EngineParts } from '../engine-parts.ts';
import { lockedCandidates } from './locked-candidates.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { Wish } from '../../model/plan.ts';
import type { Topology } from '../../model/topology.ts';
import { sourceAccounts } from './source-accounts.ts';

/** What only a decision needs, and no round asks. `wished`: who may become the source of others. */
export async function askedBeside(
  topology: Topology,
  parts: Pick<EngineParts, 'demands' | 'hindrances' | 'policy'>,
  wished: readonly InstanceKey[],
): Promise<Pick<PlanningContext, 'policy' | 'locked' | 'sourceAccounts'>> {
  const { demands, hindrances } = parts;
  const policy = await parts.policy();
  const [locked, accounts] = await Promise.all([
    lockedCandidates(topology, hindrances),
    sourceAccounts(topology, {
      demands,
      wished: [...wished, ...masterOf(topology)],
      replicationUser: policy.replicationUser,
    }),
  ]);
  return { policy, locked, sourceAccounts: accounts };
}

function masterOf({ master }: Topology): readonly InstanceKey[] {
  return master === null ? [] : [master];
}

/** Who becomes the source of others where it comes true. */
export function sourcesIn(wish: Wish): readonly InstanceKey[] {
  return wish.kind === 'relocate' ? [wish.below] : [];
}
