import { phrase, type Phrase } from '../model/phrase.ts';
import { ofReplicas, shortList, silenceOf, type Census, type MasterReplica } from './census.ts';
import type { Holding, Problem } from './problem.ts';

/**
 * What can be wrong with a master. The first that holds is the finding, so the gravest stands first.
 * The codes are Orchestrator's. A receiver that is connected is a witness that the master lives;
 * the applier has no say in that: Orchestrator counted it, and has promoted beside a living master for it.
 */
export const masterProblems: readonly Problem<Census>[] = [
  {
    code: 'NothingReachable',
    severity: 'error',
    advice: 'Check the network, the addresses and the user; nothing is done while nobody answers.',
    holds: (census) =>
      census.topology.members.some((it) => it.probe.kind === 'answered')
        ? undefined
        : {
            instance: null,
            says: `No instance of ${census.topology.cluster} can be reached.`,
            evidence: census.topology.members.map(silenceOf),
            facts: { cluster: census.topology.cluster, instances: census.topology.members.length },
          },
  },
  {
    code: 'DeadMasterWithoutReplicas',
    severity: 'error',
    advice: 'Start it again; there is no replica to promote.',
    holds: (census) =>
      silent(census) && census.replicas.length === 0
        ? aboutMaster(census, (master) => `${master} is dead and has no replicas.`)
        : undefined,
  },
  {
    code: 'DeadMasterAndReplicas',
    severity: 'error',
    advice: 'Check the network first: the master and all its replicas fell silent together.',
    holds: (census) =>
      silent(census) && census.replicas.length > 0 && census.reachable.length === 0
        ? aboutMaster(census, (master) => `${master} and all its replicas are silent.`)
        : undefined,
  },
  {
    code: 'DeadMaster',
    severity: 'error',
    advice: 'Promote a replica, or start the master again.',
    holds: (census) =>
      silent(census) && census.reachable.length > 0 && census.hearing.length === 0
        ? aboutMaster(
            census,
            (master) =>
              `${master} is dead: ${ofReplicas(census.reachable.length, census.replicas.length)} lost it.`,
          )
        : undefined,
  },
  {
    code: 'UnreachableMaster',
    severity: 'warning',
    advice: 'Check the way from here to the master, or our user: its replicas say that it lives.',
    holds: (census) =>
      census.master !== undefined && census.masterServer === undefined
        ? aboutMaster(census, (master) =>
            census.hearing.length > 0
              ? `${master} cannot be read from here, but ${ofReplicas(census.hearing.length, census.replicas.length)} still hear from it.`
              : `${master} lives but does not let us look.`,
          )
        : undefined,
  },
  {
    code: 'NoWritableMaster',
    severity: 'error',
    advice: 'Promote a replica, or make the master writable again.',
    holds: (census) =>
      census.masterServer?.readOnly === true
        ? aboutMaster(
            census,
            (master) => `${master} is the master but read-only: no server takes writes.`,
          )
        : undefined,
  },
  {
    code: 'AllMasterReplicasNotReplicating',
    severity: 'error',
    advice: 'Look at the errors of the replicas: none of them follows the master.',
    holds: (census) =>
      census.masterServer !== undefined &&
      census.replicas.length > 0 &&
      census.replicas.every(notReplicating)
        ? aboutMaster(census, (master) => `No replica of ${master} replicates.`)
        : undefined,
  },
  {
    code: 'MasterHasNoReplicas',
    severity: 'info',
    advice: 'Add a replica: without one, nothing can take over.',
    holds: (census) =>
      census.masterServer !== undefined && census.replicas.length === 0
        ? aboutMaster(census, (master) => `${master} has no replicas.`)
        : undefined,
  },
];

function silent(census: Census): boolean {
  return census.master !== undefined && !census.masterAlive;
}

function notReplicating({ channel }: MasterReplica): boolean {
  return channel === undefined || channel.receiver !== 'yes' || channel.applier !== 'yes';
}

function aboutMaster(census: Census, says: (master: string) => string): Holding | undefined {
  const { master } = census;
  if (master === undefined) {
    return undefined;
  }
  const { replicas, reachable, hearing } = census;
  return {
    instance: master.key,
    says: says(master.key),
    evidence: [silenceOf(master), ...replicas.map(testimony)],
    facts: {
      instance: master.key,
      replicas: replicas.length,
      reachable: reachable.length,
      hearing: hearing.length,
      names: shortList(replicas.map((it) => it.member.key)),
    },
  };
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
