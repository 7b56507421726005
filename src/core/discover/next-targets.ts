import { isHostName } from '../model/host-name.ts';
import { keyOf, splitKey, type InstanceKey, type Server } from '../model/instance.ts';

/**
 * Who a server names: the sources it reads from, the replicas that read from it, and the members of its group. What is no
 * name of a host leads nowhere.
 */
export function namedBy(server: Server): readonly InstanceKey[] {
  const sources = server.channels
    .filter((it) => isHostName(it.source.host))
    .map((it) => keyOf(it.source.host, it.source.port));
  // A dump thread shows the replica's host but not the port it listens on; the port of its source is the best guess.
  const replicas = server.replicas
    .filter((it) => isHostName(it.host))
    .map((it) => keyOf(it.host, it.port ?? server.port));
  const group = (server.group?.members ?? []).filter((it) => isHostName(splitKey(it).host));
  return [...new Set([...sources, ...replicas, ...group])];
}
