import { aboutSource, allLag, lostBy, replicates, type Branch } from './branch.ts';
import type { Holding, Problem } from './problem.ts';

const rejoinLater = 'Its replicas are moved below its own source; rejoin it when it is back.';

/**
 * What can be wrong with an instance between its source and its replicas; the first that holds is the finding.
 * The codes are Orchestrator's. As with a master, only receivers are witnesses.
 */
export const intermediateProblems: readonly Problem<Branch>[] = [
  {
    code: 'DeadIntermediateMasterAndReplicas',
    severity: 'error',
    advice: 'Check the network first: it and all its replicas fell silent together.',
    holds: (branch) =>
      !branch.alive && branch.reachable.length === 0
        ? said(branch, (it) => `${it} and all its replicas are silent.`)
        : undefined,
  },
  {
    code: 'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
    severity: 'error',
    advice: rejoinLater,
    holds: (branch) =>
      dead(branch) && isOnly(branch) && branch.reachable[0]?.channel?.receiver === 'connecting'
        ? said(branch, (it) => `${it} is dead, and its only replica fails to connect.`)
        : undefined,
  },
  {
    code: 'DeadIntermediateMasterWithSingleReplica',
    severity: 'error',
    advice: 'Start it again, or start replication on its replica, which somebody stopped.',
    holds: (branch) =>
      dead(branch) && isOnly(branch)
        ? said(branch, (it) => `${it} is dead, and replication on its only replica is stopped.`)
        : undefined,
  },
  {
    code: 'DeadIntermediateMasterAndSomeReplicas',
    severity: 'error',
    advice: rejoinLater,
    holds: (branch) =>
      dead(branch) && branch.reachable.length < branch.replicas.length
        ? said(branch, (it) => `${it} and some of its replicas are dead: ${lostBy(branch)}.`)
        : undefined,
  },
  {
    code: 'DeadIntermediateMaster',
    severity: 'error',
    advice: rejoinLater,
    holds: (branch) =>
      dead(branch)
        ? said(branch, (it) => `${it}, a source of others, is dead: ${lostBy(branch)}.`)
        : undefined,
  },
  {
    code: 'UnreachableIntermediateMasterWithLaggingReplicas',
    severity: 'warning',
    advice: 'Find out why its replicas lag: what they hear of it is old.',
    holds: (branch) =>
      branch.server === undefined && allLag(branch)
        ? said(branch, (it) => `${it} cannot be read from here, and all its replicas lag.`)
        : undefined,
  },
  {
    code: 'UnreachableIntermediateMaster',
    severity: 'warning',
    advice: 'Check the way from here to it, or our user: its replicas say that it lives.',
    holds: (branch) =>
      branch.server === undefined
        ? said(branch, (it) =>
            branch.hearing.length > 0
              ? `${it} cannot be read from here, but its replicas hear from it.`
              : `${it} lives but does not let us look.`,
          )
        : undefined,
  },
  {
    code: 'AllIntermediateMasterReplicasFailingToConnectOrDead',
    severity: 'error',
    advice: 'Check the way between it and its replicas, and the replication user.',
    holds: (branch) =>
      branch.replicas.length > 1 &&
      branch.perhapsReplicas === 0 &&
      branch.reachable.length > 0 &&
      branch.reachable.every((it) => it.channel?.receiver === 'connecting')
        ? said(branch, (it) => `No replica of ${it} gets through to it.`)
        : undefined,
  },
  {
    code: 'AllIntermediateMasterReplicasNotReplicating',
    severity: 'error',
    advice: 'Look at the errors of its replicas: none of them follows.',
    holds: (branch) =>
      branch.reachable.length > 0 &&
      branch.perhapsReplicas === 0 &&
      !branch.reachable.some(replicates)
        ? said(branch, (it) => `No replica of ${it} replicates.`)
        : undefined,
  },
];

function isOnly({ replicas, perhapsReplicas }: Branch): boolean {
  return replicas.length === 1 && perhapsReplicas === 0;
}

function dead(branch: Branch): boolean {
  return !branch.alive && branch.reachable.length > 0 && branch.hearing.length === 0;
}

function said(branch: Branch, says: (instance: string) => string): Holding {
  return aboutSource(branch, branch.member, says(branch.member.key));
}
