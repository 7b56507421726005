import { answered } from '../../model/instance.ts';
import type { Topology } from '../../model/topology.ts';

/**
 * What a plan stands on, as text that differs when it changed: who is there, who reads from whom,
 * who is writable, who hears its source. Positions and lag move all the time and are checked by steps.
 */
export function fingerprintOf(topology: Topology): string {
  const members = topology.members.map((it) => {
    const server = answered(it);
    const channel = server?.channels[0];
    return [
      it.key,
      it.role,
      it.source,
      server === undefined ? 'silent' : server.readOnly ? 'read-only' : 'writable',
      server?.version,
      channel?.receiver === 'yes',
      channel?.applier,
    ];
  });
  return JSON.stringify([topology.cluster, topology.master, members]);
}
