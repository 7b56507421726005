import { answered, type InstanceKey } from '../../model/instance.ts';
import {
  memberOf,
  replicasOf,
  unheardMembers,
  type Member,
  type Topology,
} from '../../model/topology.ts';
import type { ProxiedServer, ProxyTargets } from '../../ports.ts';

/**
 * In the first rounds, while somebody was not heard yet, one that nobody reads from may be a former master that answered
 * first.
 */
function isSure(topology: Topology, master: Member): boolean {
  return (
    topology.early !== true ||
    unheardMembers(topology).length === 0 ||
    replicasOf(topology, master.key).some((it) => answered(it) !== undefined)
  );
}

/**
 * Where a proxy belongs between plans: whoever is the master, answers and takes writes is led to. While nobody is, it
 * stays where it leads and lets new connections wait; a plan moves it itself. While two take writes it stays too: which
 * of them is right, a person says. `target`: where it leads now. Undefined: it is left as it is.
 */
export function targetsNow(topology: Topology, target: string | null): ProxyTargets | undefined {
  const master = memberOf(topology, topology.master);
  const isOpen = master !== undefined && answered(master)?.readOnly === false;
  if (!isOpen || !isSure(topology, master)) return undefined;
  return writableTops(topology) > 1 && target !== null
    ? undefined
    : targetsOf(topology, master.key, master.address);
}

/** A master, and those of its replicas that answer. `address`: where it is reached, should the picture not know it. */
export function targetsOf(topology: Topology, key: InstanceKey, address: string): ProxyTargets {
  const replicas = replicasOf(topology, key).filter((it) => answered(it) !== undefined);
  return { master: { key, address }, replicas: replicas.map(asProxied) };
}

function asProxied({ key, address }: Member): ProxiedServer {
  return { key, address };
}

function writableTops({ members }: Topology): number {
  return members.filter((it) => it.source === null && answered(it)?.readOnly === false).length;
}
