import { isHostName } from '../model/host-name.ts';
import { keyOf, splitKey, type InstanceKey, type Server } from '../model/instance.ts';

/**
 * Who a server names: the source it reads from, the replicas that read from it, and the members of its group. Of several
 * sources those that were met already, or else the first: the others lead out of the cluster. What is no name of a host
 * leads nowhere.
 */
export function namedBy(server: Server, met: ReadonlySet<InstanceKey>): readonly InstanceKey[] {
  const all = server.channels
    .filter((it) => isHostName(it.source.host))
    .map((it) => keyOf(it.source.host, it.source.port));
  const within = all.filter((it) => met.has(it));
  const sources = within.length > 0 ? within : all.slice(0, 1);
  // A dump thread shows the replica's host but not the port it listens on; the port of its source is the best guess.
  const replicas = server.replicas
    .filter((it) => isHostName(it.host))
    .map((it) => keyOf(it.host, it.port ?? server.port));
  const group = (server.group?.members ?? []).filter((it) => isHostName(splitKey(it).host));
  return [...new Set([...sources, ...replicas, ...group])];
}
