import { isHostName } from '../model/host-name.ts';
import { keyOf, type InstanceKey, type Server } from '../model/instance.ts';

/** Who a server names: the sources it reads from, and the replicas that read from it. What is no name of a host leads nowhere. */
export function namedBy(server: Server): readonly InstanceKey[] {
  const sources = server.channels
    .filter((it) => isHostName(it.source.host))
    .map((it) => keyOf(it.source.host, it.source.port));
  // A dump thread shows the replica's host but not the port it listens on; the port of its source is the best guess.
  const replicas = server.replicas
    .filter((it) => isHostName(it.host))
    .map((it) => keyOf(it.host, it.port ?? server.port));
  return [...new Set([...sources, ...replicas])];
}
