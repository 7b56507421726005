import type { DatabaseAccount } from '../../model/check-up.ts';
import { answered, type InstanceKey } from '../../model/instance.ts';
import { memberOf, replicasOf, type Topology } from '../../model/topology.ts';
import type { DemandReader } from '../../ports.ts';

/**
 * The accounts that replicas log in with, as those know them that may become a source: the instances of a wish, and the
 * replicas of a silent master.
 */
export async function sourceAccounts(
  topology: Topology,
  {
    demands,
    wished,
    replicationUser,
  }: {
    readonly demands: DemandReader | undefined;
    readonly wished: readonly InstanceKey[];
    readonly replicationUser: string | null;
  },
): Promise<ReadonlyMap<InstanceKey, readonly DatabaseAccount[]> | undefined> {
  if (demands === undefined) return undefined;
  const master = memberOf(topology, topology.master);
  const silent = master !== undefined && answered(master) === undefined;
  const members = new Set([
    ...wished.map((it) => memberOf(topology, it)),
    ...(silent ? replicasOf(topology, master.key) : []),
  ]);
  const asked = [...members].flatMap((it) => {
    const server = answered(it);
    return it === undefined || server === undefined ? [] : [{ ...it, server }];
  });
  const named = topology.members.flatMap((it) => answered(it)?.channels.map(({ user }) => user));
  const users = [...new Set([...named, replicationUser])].flatMap((it) =>
    it === undefined || it === null || it === '' ? [] : [it],
  );
  if (users.length === 0) return new Map();
  const told = await Promise.all(
    asked.map(async ({ key, address, server }) => {
      const accounts = await demands.accountsOf(address, { server, users });
      return accounts === undefined ? [] : [[key, accounts] as const];
    }),
  );
  return new Map(told.flat());
}
