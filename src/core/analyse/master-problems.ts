import { aboutSource, allLag, lostBy, replicates } from './branch.ts';
import { ofReplicas, silenceOf, type Census } from './census.ts';
import type { Holding, Problem } from './problem.ts';
import { nothingAnswers } from './unheard-problems.ts';

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
      !nothingAnswers(census)
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
      silent(census) && census.replicas.length === 0 && census.perhapsReplicas === 0
        ? about(census, (master) => `${master} is dead and has no replicas.`)
        : undefined,
  },
  {
    code: 'DeadMasterAndReplicas',
    severity: 'error',
    advice: 'Check the network first: the master and all its replicas fell silent together.',
    holds: (census) =>
      silent(census) && census.replicas.length > 0 && census.reachable.length === 0
        ? about(census, (master) => `${master} and all its replicas are silent.`)
        : undefined,
  },
  {
    code: 'DeadCoMasterAndSomeReplicas',
    severity: 'error',
    advice: 'Promote its co-master, or start the master again.',
    holds: (census) =>
      dead(census) && hasCoMaster(census) && census.reachable.length < census.replicas.length
        ? about(
            census,
            (master) => `${master}, a co-master, and some replicas are dead: ${lostBy(census)}.`,
          )
        : undefined,
  },
  {
    code: 'DeadCoMaster',
    severity: 'error',
    advice: 'Promote its co-master, or start the master again.',
    holds: (census) =>
      dead(census) && hasCoMaster(census)
        ? about(census, (master) => `${master}, a co-master, is dead: ${lostBy(census)}.`)
        : undefined,
  },
  {
    code: 'DeadMasterAndSomeReplicas',
    severity: 'error',
    advice: 'Promote a replica that answers, or start the master again.',
    holds: (census) =>
      dead(census) && census.reachable.length < census.replicas.length
        ? about(census, (master) => `${master} and some replicas are dead: ${lostBy(census)}.`)
        : undefined,
  },
  {
    code: 'DeadMaster',
    severity: 'error',
    advice: 'Promote a replica, or start the master again.',
    holds: (census) =>
      dead(census) ? about(census, (master) => `${master} is dead: ${lostBy(census)}.`) : undefined,
  },
  {
    code: 'UnreachableMasterWithStaleReplicas',
    severity: 'warning',
    advice:
      'Start the appliers: until then no replica can be asked whether it gets through to the master.',
    holds: (census) =>
      silent(census) &&
      census.hearing.length > 0 &&
      census.hearing.every((it) => it.channel?.applier === 'no')
        ? about(
            census,
            (master) =>
              `${master} is silent, and no replica that hears from it applies what it hears.`,
          )
        : undefined,
  },
  {
    code: 'UnreachableMasterWithLaggingReplicas',
    severity: 'warning',
    advice: 'Find out why the replicas lag: what they hear of the master is old.',
    holds: (census) =>
      unreadable(census) && allLag(census)
        ? about(census, (master) => `${master} cannot be read from here, and all replicas lag.`)
        : undefined,
  },
  {
    code: 'UnreachableMaster',
    severity: 'warning',
    advice: 'Check the way from here to the master, or our user: its replicas say that it lives.',
    holds: (census) =>
      unreadable(census)
        ? about(census, (master) =>
            census.hearing.length > 0
              ? `${master} cannot be read from here, but ${ofReplicas(census.hearing.length, census.replicas.length)} still hear from it.`
              : census.masterAlive
                ? `${master} lives but does not let us look.`
                : `${master} is silent, and no replica of it was heard yet.`,
          )
        : undefined,
  },
  {
    code: 'NoWritableMaster',
    severity: 'error',
    advice: 'Promote a replica, or make the master writable again.',
    holds: (census) =>
      census.masterServer?.readOnly === true
        ? about(
            census,
            (master) => `${master} is the master but read-only: no server takes writes.`,
          )
        : undefined,
  },
  {
    code: 'MasterSingleReplicaDead',
    severity: 'error',
    advice: 'Start the replica again: nothing else could take over.',
    holds: (census) =>
      census.masterServer !== undefined && isOnly(census) && census.reachable.length === 0
        ? about(census, (master) => `The only replica of ${master} is silent.`)
        : undefined,
  },
  {
    code: 'MasterSingleReplicaNotReplicating',
    severity: 'error',
    advice: 'Look at the error of the replica: nothing else could take over.',
    holds: (census) =>
      census.masterServer !== undefined && isOnly(census) && noneReplicates(census)
        ? about(census, (master) => `The only replica of ${master} does not replicate.`)
        : undefined,
  },
  {
    code: 'AllMasterReplicasNotReplicatingOrDead',
    severity: 'error',
    advice: 'Look at the errors of the replicas that answer, and start the others.',
    holds: (census) =>
      census.masterServer !== undefined &&
      noneReplicates(census) &&
      census.reachable.length < census.replicas.length
        ? about(census, (master) => `Every replica of ${master} is silent or does not replicate.`)
        : undefined,
  },
  {
    code: 'AllMasterReplicasNotReplicating',
    severity: 'error',
    advice: 'Look at the errors of the replicas: none of them follows the master.',
    holds: (census) =>
      census.masterServer !== undefined && noneReplicates(census)
        ? about(census, (master) => `No replica of ${master} replicates.`)
        : undefined,
  },
  {
    code: 'MasterHasNoReplicas',
    severity: 'info',
    advice: 'Add a replica: without one, nothing can take over.',
    holds: (census) =>
      census.masterServer?.replicas.length === 0 &&
      census.master?.inGroup !== true &&
      census.replicas.length === 0 &&
      census.perhapsReplicas === 0
        ? about(census, (master) => `${master} has no replicas.`)
        : undefined,
  },
];

/** It does not answer, and it was heard before: else its silence says nothing. */
function silent({ master, masterAlive }: Census): boolean {
  return master !== undefined && !masterAlive && master.unheard !== true;
}

function about(census: Census, says: (master: string) => string): Holding | undefined {
  return census.master === undefined
    ? undefined
    : aboutSource(census, census.master, says(census.master.key));
}

/** Of one that was never heard, the word of replicas that lost it tells what its silence does not. */
function dead(census: Census): boolean {
  return (
    (silent(census) || lostUnheard(census)) &&
    census.reachable.length > 0 &&
    census.hearing.length === 0
  );
}

function lostUnheard({ master, masterAlive, reachable }: Census): boolean {
  const dialled = master?.probe.kind === 'silent' && master.probe.reason !== 'unknown-host';
  return (
    master?.unheard === true &&
    dialled &&
    !masterAlive &&
    reachable.some(
      ({ channel }) =>
        channel?.receiver === 'connecting' || (channel?.receiverError ?? null) !== null,
    )
  );
}

function isOnly({ replicas, perhapsReplicas }: Census): boolean {
  return replicas.length === 1 && perhapsReplicas === 0;
}

function hasCoMaster({ topology }: Census): boolean {
  return topology.members.some((it) => it.role === 'co-master');
}

function unreadable({ master, masterServer }: Census): boolean {
  return master !== undefined && masterServer === undefined && master.unheard !== true;
}

function noneReplicates({ replicas, perhapsReplicas }: Census): boolean {
  return replicas.length > 0 && perhapsReplicas === 0 && !replicas.some(replicates);
}
