import { keyOf, splitKey, type InstanceKey, type Server } from './instance.ts';

/**
 * How a name came to belong to a cluster, or not to. `confirmed` and `ignored`: a person said so. `kept`: it replicated
 * in the cluster before there were confirmations, and waits for a review. `found`: the container engine led there from a
 * seed's own network, or it showed a certificate of our authority. `changed`: another server than the confirmed one answered to the name.
 */
export type StandingKind = 'confirmed' | 'ignored' | 'kept' | 'found' | 'changed';

/** What is noted of one name. */
export interface Standing {
  readonly name: InstanceKey;
  readonly kind: StandingKind;
  /** Of the server that answered first after a person confirmed the name; null until then. */
  readonly identity: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
}

/** Which server it is, as far as it says itself. A rebuilt MySQL server is another one. */
export function identityOf({ serverUuid, serverId }: Server): string {
  return serverUuid ?? `server_id ${String(serverId)}`;
}

/** Names of hosts know no capitals, and a dot at their end says nothing. */
export function normalName(name: InstanceKey): InstanceKey {
  const { host, port } = splitKey(name.toLowerCase());
  return keyOf(host.endsWith('.') ? host.slice(0, -1) : host, port);
}
