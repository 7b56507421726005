import type { Instance, InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';
import type { WriteTrial } from './write-trial.ts';

/**
 * `detached`: it answers, or did, and reads from nobody of the cluster. `unknown`: it was never heard, so nothing tells
 * what it is; it may replicate, and may hold acknowledged writes.
 */
export type Role =
  'master' | 'co-master' | 'replica' | 'intermediate' | 'detached' | 'group-member' | 'unknown';

export interface Member extends Instance {
  readonly role: Role;
  /** The instance it reads from (its first channel), by the name this topology uses; null for none. */
  readonly source: InstanceKey | null;
  /** It is, or was when it last answered, a member of a group that elects its own primaries: nothing is changed on it. */
  readonly inGroup?: true;
}

/**
 * A server beside the cluster, such as a container on the seed's network, that refuses our user. It may be a replica that
 * does not replicate: no server of the cluster names such a one.
 */
export interface RefusingNeighbour {
  readonly instance: InstanceKey;
  /** The container network that it shares with the cluster; null where that is not known. */
  readonly network: string | null;
  /** What it said; never a password. */
  readonly says: Phrase;
  /** The server's own error number, e.g. 1045; null where it gave none. */
  readonly errno: number | null;
}

/**
 * A server that members name but that is not part of the cluster: nobody logs in to it, and it is never master or
 * candidate. `unconfirmed`: no person and no setting says that it belongs to the cluster. `ignored`: a person said that it
 * does not. `changed`: another server than the confirmed one answers to the name. `outside-source`: a member reads from it
 * beside the cluster. `other-cluster`: it belongs to the cluster of such a source.
 */
export interface Outsider {
  readonly key: InstanceKey;
  /** The members that name it, by key; empty where only the journal does. */
  readonly namedBy: readonly InstanceKey[];
  readonly why: 'unconfirmed' | 'ignored' | 'changed' | 'outside-source' | 'other-cluster';
}

/**
 * A program that reads the binary log of a server without being a server, such as change data capture. Nobody logs in to
 * it, and it counts for nothing.
 */
export interface BinlogReader {
  readonly source: InstanceKey;
  /** As whom it logged in; null where that is not known. */
  readonly account: string | null;
  /** Empty where it registered none. */
  readonly host: string;
  /** As it registered; null where that is not known. */
  readonly serverId: number | null;
}

/** Whether a person is to say if it belongs to the cluster. One that stands outside by its place in the tree does not. */
export function isToConfirm({ why }: Outsider): boolean {
  return why === 'unconfirmed' || why === 'changed';
}

/** Everything known of one cluster at one moment. Never changed after it was taken. */
export interface Topology {
  readonly cluster: string;
  /** Milliseconds since the epoch, when the round ended. */
  readonly at: number;
  /** The one that takes writes, dead or alive; null when nothing shows which it is. */
  readonly master: InstanceKey | null;
  /**
   * Since when its sessions wait for acknowledgements in every round and no replica receives anything new; milliseconds
   * since the epoch. Absent while that is not so.
   */
  readonly standsStillSince?: number;
  /** In a stable order: by key. */
  readonly members: readonly Member[];
  /** By name; absent where there is none. They are no members: nothing rests on them. */
  readonly refusing?: readonly RefusingNeighbour[];
  /** Whom members name and nobody asks, by key; absent where there is none. Never among the members. */
  readonly outsiders?: readonly Outsider[];
  /** Programs that read a binary log; absent where there is none. They are no members. */
  readonly readers?: readonly BinlogReader[];
  /** Members only because they replicated before there were confirmations; absent where there is none. */
  readonly toReview?: readonly InstanceKey[];
  /**
   * Present in the first rounds of a process: a server that did not answer in time may only have been too slow for a
   * busy beginning.
   */
  readonly early?: true;
  /** What trying to write on the master met; absent where nobody tries. */
  readonly writeTrial?: WriteTrial;
}

export function memberOf(topology: Topology, key: InstanceKey | null): Member | undefined {
  return key === null
    ? undefined
    : (topology.members.find((it) => it.key === key) ??
        topology.members.find((it) => it.aliases.includes(key)));
}

/** Members that were never heard, the master aside: whoever counts must count with them. */
export function unheardMembers(topology: Topology): readonly Member[] {
  return topology.members.filter((it) => it.unheard === true && it.key !== topology.master);
}

/** Direct replicas of an instance. */
export function replicasOf(topology: Topology, key: InstanceKey): readonly Member[] {
  return topology.members.filter((it) => it.source === key && it.key !== key);
}
