import { answered } from '../model/instance.ts';
import { memberOf, type Topology } from '../model/topology.ts';
import type { Proxy } from '../ports.ts';

/**
 * Keeps proxies on the master between plans: whoever is the master, answers and takes writes is led to. While nobody
 * is, they stay where they are and let new connections wait; a plan moves them itself. While two take writes they stay
 * too: which of them is right, a person says.
 */
export function keepTraffic(proxies: readonly Proxy[], topology: Topology): void {
  const master = memberOf(topology, topology.master);
  if (master !== undefined && answered(master)?.readOnly === false) {
    const areTwo = writableTops(topology) > 1;
    for (const proxy of proxies) {
      if (!areTwo || proxy.show().target === null) proxy.leadTo(master.address);
    }
  }
}

function writableTops({ members }: Topology): number {
  return members.filter((it) => it.source === null && answered(it)?.readOnly === false).length;
}
