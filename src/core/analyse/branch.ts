import { alive, answered, type Server } from '../model/instance.ts';
import { phrase, type Phrase } from '../model/phrase.ts';
import type { Policy } from '../model/policy.ts';
import { replicasOf, type Member, type Topology } from '../model/topology.ts';
import { ofReplicas, perhapsBelow, shortList, silenceOf, type MasterReplica } from './census.ts';
import type { Holding } from './problem.ts';

/** An instance with those that read from it. */
export interface Branch {
  readonly member: Member;
  /** Its answer of this round. */
  readonly server: Server | undefined;
  readonly alive: boolean;
  /** Those that were heard at least once. */
  readonly replicas: readonly MasterReplica[];
  /** How many that were never heard may read from it too. */
  readonly perhapsReplicas: number;
  readonly reachable: readonly MasterReplica[];
  /** Replicas whose receiver is connected to it. */
  readonly hearing: readonly MasterReplica[];
  readonly policy: Policy;
}

/** A master that reads from its co-master is no replica that anybody would move. */
export function takeBranch(topology: Topology, member: Member, policy: Policy): Branch {
  const replicas = replicasOf(topology, member.key)
    .filter((it) => it.key !== topology.master && it.unheard !== true)
    .map((it) => ({ member: it, channel: answered(it)?.channels[0] }));
  const reachable = replicas.filter((it) => it.channel !== undefined);
  return {
    member,
    server: answered(member),
    alive: alive(member),
    replicas,
    perhapsReplicas: perhapsBelow(topology, member.key),
    reachable,
    hearing: reachable.filter((it) => it.channel?.receiver === 'yes'),
    policy,
  };
}

/** Every replica that hears is far behind: its word is about something long gone. */
export function allLag({ hearing, policy }: Pick<Branch, 'hearing' | 'policy'>): boolean {
  return (
    hearing.length > 0 &&
    hearing.every(({ channel }) => (channel?.lagSeconds ?? 0) > policy.reasonableLagSeconds)
  );
}

export function replicates({ channel }: MasterReplica): boolean {
  return channel?.receiver === 'yes' && channel.applier === 'yes';
}

/** A finding about an instance, with the word of all who read from it. */
export function aboutSource(
  branch: Pick<Branch, 'replicas' | 'reachable' | 'hearing'>,
  source: Member,
  says: string,
): Holding {
  const { replicas, reachable, hearing } = branch;
  return {
    instance: source.key,
    says,
    evidence: [silenceOf(source), ...replicas.map(testimony)],
    facts: {
      instance: source.key,
      replicas: replicas.length,
      reachable: reachable.length,
      hearing: hearing.length,
      names: shortList(replicas.map((it) => it.member.key)),
    },
  };
}

/** "2 of 3 replicas" of those that answer. */
export function lostBy({ reachable, replicas }: Pick<Branch, 'reachable' | 'replicas'>): string {
  return `${ofReplicas(reachable.length, replicas.length)} lost it`;
}

function testimony({ member, channel }: MasterReplica): Phrase {
  if (channel === undefined) {
    return silenceOf(member);
  }
  const { receiver, applier, receiverError } = channel;
  const values = { instance: member.key, receiver, applier };
  return receiverError === null
    ? phrase('{instance}: receiver {receiver}, applier {applier}.', values)
    : phrase('{instance}: receiver {receiver}, applier {applier} ({code}: {message}).', {
        ...values,
        code: receiverError.code,
        message: receiverError.message,
      });
}
