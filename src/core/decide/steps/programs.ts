import { splitKey } from '../../model/instance.ts';
import { inEnglish, phrase } from '../../model/phrase.ts';
import { fillPlaceholders, type PlannedValues } from '../../model/placeholder.ts';
import type { Member } from '../../model/topology.ts';
import { matchesCluster } from '../filters.ts';
import type { PlanningContext } from '../planning-context.ts';
import { draft, type Draft, type DraftStage } from './steps.ts';

/** Whom a failover is about. */
export interface Succession {
  readonly context: PlanningContext;
  readonly master: Member;
  readonly candidate: Member;
  /** Direct replicas of the master that answer, and those that do not. */
  readonly reachable: readonly Member[];
  readonly absent: readonly Member[];
}

/** The first that fails takes the plan back before anything was changed. `look`: they may have taken long. */
export function programsBefore(succession: Succession, look: Draft): readonly DraftStage[] {
  const { before } = succession.context.policy.programs;
  return before.length === 0
    ? []
    : [
        {
          title: phrase('Run programs before the failover'),
          lanes: [[...before.map((it) => programStep(succession, it)), look]],
          onFailure: 'undo',
        },
      ];
}

/** One after the other, each whatever became of the one before. */
export function programsAfter(succession: Succession): readonly DraftStage[] {
  return succession.context.policy.programs.after.map((it) => ({
    title: phrase('Run a program after the failover'),
    lanes: [[programStep(succession, it)]],
    onFailure: 'report',
  }));
}

function programStep(succession: Succession, program: readonly string[]): Draft {
  const { context, candidate } = succession;
  const values = valuesOf(succession);
  const says = phrase('Run the program {program}.', { program: spelled(program, values) });
  return {
    ...draft(context, candidate.key, { do: 'run-program', program, values }, { says }),
    deadlineMs: context.policy.programs.timeoutSeconds * 1000,
  };
}

function valuesOf({ context, master, candidate, reachable, absent }: Succession): PlannedValues {
  const { topology, policy } = context;
  const failed = splitKey(master.key);
  const successor = splitKey(candidate.key);
  const replicas = [...reachable, ...absent].map((it) => it.key).toSorted();
  const co = topology.members.some((it) => it.role === 'co-master') ? 'Co' : '';
  return {
    failureType: `Dead${co}Master${absent.length === 0 ? '' : 'AndSomeReplicas'}`,
    failureDescription: master.probe.kind === 'silent' ? inEnglish(master.probe.says) : '',
    failedHost: failed.host,
    failedPort: String(failed.port),
    failureCluster: topology.cluster,
    failureClusterAlias: topology.cluster,
    successorHost: successor.host,
    successorPort: String(successor.port),
    successorAlias: candidate.key,
    countReplicas: String(replicas.length),
    replicaHosts: replicas.join(','),
    autoMasterRecovery: String(matchesCluster(policy.cluster, policy.recoverMasterFilters)),
  };
}

/** For people: what only the run can know stands in angle brackets, and words are told apart. */
function spelled(program: readonly string[], values: PlannedValues): string {
  return program
    .map((it) => fillPlaceholders(it, values, (name) => `<${name}>`))
    .map((it) => (/^[^\s"'\\]+$/.test(it) ? it : JSON.stringify(it)))
    .join(' ');
}
