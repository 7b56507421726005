import { alive, answered, type Channel, type InstanceKey, type Server } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import { memberOf, replicasOf, type Member, type Topology } from '../model/topology.ts';

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
  readonly replicas: readonly MasterReplica[];
  /** Replicas that answered. */
  readonly reachable: readonly MasterReplica[];
  /** Replicas whose receiver is connected to the master: witnesses that it lives. */
  readonly hearing: readonly MasterReplica[];
  /** Answered, writable, reading from nobody. */
  readonly writableTops: readonly Member[];
}

export function takeCensus(topology: Topology, policy: Policy): Census {
  const master = memberOf(topology, topology.master);
  const replicas = (master === undefined ? [] : replicasOf(topology, master.key)).map((member) => ({
    member,
    channel: answered(member)?.channels[0],
  }));
  const reachable = replicas.filter((it) => answered(it.member) !== undefined);
  return {
    topology,
    policy,
    master,
    masterServer: answered(master),
    masterAlive: master !== undefined && alive(master),
    replicas,
    reachable,
    hearing: reachable.filter((it) => it.channel?.receiver === 'yes'),
    writableTops: topology.members.filter(
      (it) => it.source === null && it.role !== 'group-member' && answered(it)?.readOnly === false,
    ),
  };
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
