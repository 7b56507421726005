import { answered } from '../model/instance.ts';
import { memberOf, type Topology } from '../model/topology.ts';
import type { Proxy } from '../ports.ts';

/**
 * Keeps proxies on the master between plans: whoever is the master, answers and takes writes is led to. While nobody
 * is, they stay where they are and let new connections wait; a plan moves them itself.
 */
export function keepTraffic(proxies: readonly Proxy[], topology: Topology): void {
  const master = memberOf(topology, topology.master);
  if (master !== undefined && answered(master)?.readOnly === false) {
    proxies.forEach((it) => {
      it.leadTo(master.address);
    });
  }
}
