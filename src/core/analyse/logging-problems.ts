import { answered, type Server } from '../model/instance.ts';
import { shortList, type Census } from './census.ts';
import type { Holding, Problem } from './problem.ts';

interface Logging {
  readonly key: string;
  readonly server: Server;
}

/** What makes a promotion of one replica bad for another. The codes and the idea are Orchestrator's; nothing acts on them. */
export const loggingProblems: readonly Problem<Census>[] = [
  {
    code: 'NoLoggingReplicasStructureWarning',
    severity: 'warning',
    advice: 'Switch on log_bin and log_replica_updates on at least one replica.',
    holds: (census) =>
      census.reachable.length > 0 &&
      census.perhapsReplicas === 0 &&
      loggingReplicas(census).length === 0
        ? cluster(census, `No replica logs what it replicates, so none can be promoted.`)
        : undefined,
  },
  {
    code: 'NoFailoverSupportStructureWarning',
    severity: 'info',
    advice:
      'Switch on GTID: without it, replicas that stand at different places cannot all follow.',
    holds: (census) =>
      loggingReplicas(census).length > 1 &&
      loggingReplicas(census).every((it) => it.server.gtid.kind === 'off')
        ? cluster(census, `No GTID: after a failover some replicas may not be able to follow.`)
        : undefined,
  },
  {
    code: 'DifferentGTIDModesStructureWarning',
    severity: 'warning',
    advice: 'Switch GTID on everywhere.',
    holds: (census) => {
      const kinds = new Set(loggingReplicas(census).map((it) => it.server.gtid.kind));
      return kinds.size > 1
        ? cluster(census, 'Some replicas use GTID and others do not.')
        : undefined;
    },
  },
  {
    code: 'MultipleMajorVersionsLoggingReplicasStructureWarning',
    severity: 'warning',
    advice: 'Bring all to one release; until then only the oldest should be promoted.',
    holds: (census) => {
      const series = new Set(
        loggingReplicas(census).map((it) => it.server.release.slice(0, 2).join('.')),
      );
      return series.size > 1
        ? cluster(census, `Replicas are of different releases: ${[...series].join(', ')}.`, {
            list: [...series].join(', '),
          })
        : undefined;
    },
  },
  mixture('StatementAndMixedLoggingReplicasStructureWarning', 'STATEMENT', 'MIXED'),
  mixture('StatementAndRowLoggingReplicasStructureWarning', 'STATEMENT', 'ROW'),
  mixture('MixedAndRowLoggingReplicasStructureWarning', 'MIXED', 'ROW'),
];

/** Who logs statements cannot read from who logs rows: the error would come after the promotion. */
function mixture(code: Problem<Census>['code'], one: string, other: string): Problem<Census> {
  return {
    code,
    severity: 'warning',
    advice: 'Set one binlog_format everywhere, best ROW.',
    holds: (census) => {
      const [a, b] = [one, other].map((format) =>
        loggingReplicas(census).filter((it) => it.server.binlogFormat === format),
      );
      return a !== undefined && b !== undefined && a.length > 0 && b.length > 0
        ? cluster(
            census,
            `Replicas log in different formats: ${one} (${shortList(a.map((it) => it.key))}) and ${other} (${shortList(b.map((it) => it.key))}).`,
            { one, other },
          )
        : undefined;
    },
  };
}

function loggingReplicas({ reachable }: Census): readonly Logging[] {
  return reachable.flatMap(({ member }) => {
    const server = answered(member);
    return server !== undefined && server.binlog && server.logsReplicaUpdates
      ? [{ key: member.key, server }]
      : [];
  });
}

function cluster(
  { topology }: Census,
  says: string,
  facts: Readonly<Record<string, string>> = {},
): Holding {
  return { instance: null, says, facts: { cluster: topology.cluster, ...facts } };
}
