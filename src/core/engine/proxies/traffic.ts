import { answered } from '../../model/instance.ts';
import {
  memberOf,
  replicasOf,
  unheardMembers,
  type Member,
  type Topology,
} from '../../model/topology.ts';
import type { Proxy } from '../../ports.ts';

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
 * Keeps proxies on the master between plans: whoever is the master, answers and takes writes is led to. While nobody
 * is, they stay where they are and let new connections wait; a plan moves them itself. While two take writes they stay
 * too: which of them is right, a person says.
 */
export function keepTraffic(proxies: readonly Proxy[], topology: Topology): void {
  const master = memberOf(topology, topology.master);
  if (master !== undefined && answered(master)?.readOnly === false && isSure(topology, master)) {
    const areTwo = writableTops(topology) > 1;
    for (const proxy of proxies) {
      if (!areTwo || proxy.show().target === null) proxy.leadTo(master.address);
    }
  }
}

function writableTops({ members }: Topology): number {
  return members.filter((it) => it.source === null && answered(it)?.readOnly === false).length;
}
