import { alive, answered, type Channel, type InstanceKey, type Server } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import {
  memberOf,
  replicasOf,
  unheardMembers,
  type Member,
  type Topology,
} from '../model/topology.ts';

/** One direct replica of the master, with the channel that leads to the master. */
export interface MasterReplica {
  readonly member: Member;
  /** Undefined when the replica is silent. */
  readonly channel: Channel | undefined;
}

/** The head-counts that the tables reason about. */
export interface Census {
  readonly topology: Topology;
  readonly policy: Policy;
  readonly master: Member | undefined;
  /** The master's answer of this round. */
  readonly masterServer: Server | undefined;
  /** The master answered or at least refused us in person. */
  readonly masterAlive: boolean;
  /** Those that were heard at least once: of others nothing is known. */
  readonly replicas: readonly MasterReplica[];
  /** Members that were never heard, the master too where it was not. */
  readonly neverHeard: readonly Member[];
  /** How many of them may be replicas of the master, for all that is known. */
  readonly perhapsReplicas: number;
  /** Replicas that answered. */
  readonly reachable: readonly MasterReplica[];
  /** Replicas whose receiver is connected to the master: witnesses that it lives. */
  readonly hearing: readonly MasterReplica[];
  /** Answered, writable, reading from nobody. */
  readonly writableTops: readonly Member[];
}

export function takeCensus(topology: Topology, policy: Policy): Census {
  const master = memberOf(topology, topology.master);
  const replicas = (master === undefined ? [] : replicasOf(topology, master.key))
    .filter((it) => it.unheard !== true)
    .map((member) => ({ member, channel: answered(member)?.channels[0] }));
  const reachable = replicas.filter((it) => answered(it.member) !== undefined);
  return {
    topology,
    policy,
    master,
    masterServer: answered(master),
    masterAlive: master !== undefined && alive(master),
    replicas,
    neverHeard: topology.members.filter((it) => it.unheard === true),
    perhapsReplicas: perhapsBelow(topology, topology.master),
    reachable,
    hearing: reachable.filter((it) => it.channel?.receiver === 'yes'),
    writableTops: topology.members.filter(
      (it) => it.source === null && it.role !== 'group-member' && answered(it)?.readOnly === false,
    ),
  };
}

/** How many of those that were never heard may read from an instance: told so by it, or by nobody told otherwise. */
export function perhapsBelow(topology: Topology, key: InstanceKey | null): number {
  return unheardMembers(topology).filter((it) => it.source === null || it.source === key).length;
}

/** "2 of 3 replicas". */
export function ofReplicas(count: number, all: number): string {
  return `${String(count)} of ${String(all)} ${all === 1 ? 'replica' : 'replicas'}`;
}

/** What the last attempt to ask an instance met; for evidence. */
export function silenceOf(member: Member): Phrase {
  return member.probe.kind === 'silent'
    ? member.probe.says
    : phrase('{instance} answers.', { instance: member.key });
}

export function shortList(keys: readonly InstanceKey[]): string {
  return keys.join(', ');
}
