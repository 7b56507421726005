import { answered } from '../model/instance.ts';
import { problemCodes, type Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import { memberOf, type Member, type Topology } from '../model/topology.ts';
import { takeCensus, type Census } from './census.ts';
import { masterProblems } from './master-problems.ts';
import { findingOf, type Problem } from './problem.ts';
import { replicaProblems, writableReplica, type ReplicaView } from './replica-problems.ts';
import { memberProblems, structureProblems } from './structure-problems.ts';

/** What is wrong with a cluster, gravest first. */
export function analyse(topology: Topology, policy: Policy): readonly Finding[] {
  const census = takeCensus(topology, policy);
  const found = [
    ...every(structureProblems, census),
    ...first(masterProblems, census),
    ...topology.members.flatMap((member) => analyseMember(member, census)),
  ];
  return found.toSorted((a, b) => problemCodes.indexOf(a.code) - problemCodes.indexOf(b.code));
}

function analyseMember(member: Member, census: Census): readonly Finding[] {
  const own = every(memberProblems, { member, census });
  if (member.source === null || member.role === 'master') {
    return own;
  }
  const server = answered(member);
  const view: ReplicaView = {
    member,
    server,
    channel: server?.channels[0],
    sourceAnswers: answered(memberOf(census.topology, member.source)) !== undefined,
    policy: census.policy,
  };
  return [...first(replicaProblems, view), ...every([writableReplica], view), ...own];
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
