import { answered } from '../model/instance.ts';
import { problemCodes, type Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { takeBranch } from './branch.ts';
import { takeCensus, type Census } from './census.ts';
import { intermediateProblems } from './intermediate-problems.ts';
import { masterProblems } from './master-problems.ts';
import { membershipProblems } from './membership-problems.ts';
import { findingOf, type Problem } from './problem.ts';
import { refusingNeighbours } from './refusing-neighbours.ts';
import { replicaProblems, replicaWarnings } from './replica-problems.ts';
import type { ReplicaView } from './replica-view.ts';
import { semiSyncProblems } from './semi-sync-problems.ts';
import { memberProblems, structureProblems } from './structure-problems.ts';
import { unheardProblems } from './unheard-problems.ts';
import { writeProblems } from './write-problems.ts';

/** What is wrong with a cluster, gravest first. */
export function analyse(topology: Topology, policy: Policy): readonly Finding[] {
  const census = takeCensus(topology, policy);
  const found = [
    ...every(structureProblems, census),
    ...first(masterProblems, census),
    ...first(semiSyncProblems, census),
    ...first(writeProblems, census),
    ...every(unheardProblems, census),
    ...topology.members.flatMap((member) => analyseMember(member, census)),
    ...refusingNeighbours(topology, policy),
    ...membershipProblems(topology),
  ];
  return found.toSorted((a, b) => problemCodes.indexOf(a.code) - problemCodes.indexOf(b.code));
}

function analyseMember(member: Member, census: Census): readonly Finding[] {
  if (member.unheard === true) {
    return [];
  }
  const own = every(memberProblems, { member, census });
  if (member.source === null || member.role === 'master') {
    return own;
  }
  const branch = takeBranch(census.topology, member, census.policy);
  const broken = branch.replicas.length === 0 ? [] : first(intermediateProblems, branch);
  const server = answered(member);
  const view: ReplicaView = {
    member,
    server,
    channel: server?.channels[0],
    source: answered(memberOf(census.topology, member.source)),
    policy: census.policy,
  };
  // That a source of others is silent is said once, and more of it than that a replica is unreachable.
  const asReplica = server === undefined && broken.length > 0 ? [] : first(replicaProblems, view);
  return [...broken, ...asReplica, ...every(replicaWarnings, view), ...own];
}

function first<View>(table: readonly Problem<View>[], view: View): readonly Finding[] {
  return every(table, view).slice(0, 1);
}

function every<View>(table: readonly Problem<View>[], view: View): readonly Finding[] {
  return table.flatMap((problem) => {
    const holding = problem.holds(view);
    return holding === undefined ? [] : [findingOf(problem, holding)];
  });
}
