import type { AccountState, DatabaseUser } from '../../model/database-user.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import type { Topology } from '../../model/topology.ts';
import type { AccountReader } from '../../ports.ts';

/** Asks every instance that answered, side by side, whether it has the account. */
export async function accountStates(
  topology: Topology,
  user: DatabaseUser,
  reader: AccountReader | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<InstanceKey, AccountState>> {
  const states = topology.members
    .filter((it) => answered(it) !== undefined)
    .map(async ({ key, address }): Promise<readonly [InstanceKey, AccountState]> => [
      key,
      (await reader?.stateOf(address, user, signal)) ?? 'unknown',
    ]);
  return new Map(await Promise.all(states));
}
