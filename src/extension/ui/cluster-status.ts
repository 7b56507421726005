import type { ClusterState } from '../../core/backend.ts';
import type { ProblemCode } from '../../core/model/finding.ts';
import { answered } from '../../core/model/instance.ts';
import { shortLabels } from '../../protocol/short-labels.ts';
import {
  endedSteps,
  needsAcknowledgement,
  runningNow,
  waitingRecovery,
} from '../../protocol/recovery-now.ts';

/** The worst first. */
export const clusterStatusKinds = [
  'no-master',
  'two-masters',
  'unreachable',
  'recovery-failed',
  'running',
  'checking',
  'settings',
  'unwatched',
  'acknowledge',
  'degraded',
  'lagging',
  'waiting',
  'manual',
  'elsewhere',
  'healthy',
] as const;

export type ClusterStatusKind = (typeof clusterStatusKinds)[number];

/** One cluster at a glance: what the status bar and the badge need to know. */
export interface ClusterStatus {
  readonly cluster: string;
  readonly kind: ClusterStatusKind;
  /** The master's short label; null when nobody knows one. */
  readonly master: string | null;
  /** Of all instances, how many are silent. */
  readonly down: number;
  readonly count: number;
  /** Findings that are more than a remark. */
  readonly problems: number;
  /** Of the worst lagging replica; 0 when none lags. */
  readonly lagSeconds: number;
  /** The step that runs, and of how many; both 0 when no plan runs. */
  readonly step: number;
  readonly steps: number;
  /** Of the replicas of a suspected master, how many no longer hear it, and of how many; both 0 without one. */
  readonly lost: number;
  readonly witnesses: number;
  /** The plan that runs replaces a dead master. */
  readonly failover: boolean;
  /** Recoveries that wait to be acknowledged. */
  readonly open: number;
  /** Who keeps the watch, and what it may do. */
  readonly watch: ClusterState['watch'];
}

const kindByCode: Partial<Record<ProblemCode, ClusterStatusKind>> = {
  DeadMaster: 'no-master',
  DeadMasterAndSomeReplicas: 'no-master',
  DeadCoMaster: 'no-master',
  DeadCoMasterAndSomeReplicas: 'no-master',
  DeadMasterWithoutReplicas: 'no-master',
  DeadMasterAndReplicas: 'no-master',
  NoWritableMaster: 'no-master',
  TwoWritableMasters: 'two-masters',
  NothingReachable: 'unreachable',
  UnreachableMaster: 'checking',
  UnreachableMasterWithLaggingReplicas: 'checking',
  UnreachableMasterWithStaleReplicas: 'checking',
  ReplicaLagging: 'lagging',
  SettingsUnusable: 'settings',
  SettingsError: 'settings',
  ClusterUnnamed: 'settings',
  FailoverUnnamed: 'settings',
  SettingUnnamed: 'settings',
  NoMonitor: 'unwatched',
};

/** `state` is undefined before the first round has ended. */
export function statusOf(cluster: string, state: ClusterState | undefined): ClusterStatus {
  if (state === undefined) {
    return { ...nothing, cluster };
  }
  const { topology, findings } = state;
  const running = runningNow(state);
  const labels = shortLabels(topology.members.map((it) => it.key));
  const ended = running === null ? 0 : endedSteps(running);
  const steps = running?.steps.length ?? 0;
  return {
    cluster,
    kind: kindOf(state),
    master: topology.master === null ? null : (labels.get(topology.master) ?? topology.master),
    down: topology.members.filter((it) => answered(it) === undefined).length,
    count: topology.members.length,
    problems: findings.filter((it) => it.severity !== 'info').length,
    lagSeconds: worstLag(state),
    step: Math.min(ended + 1, steps),
    steps,
    ...testimonyOf(state),
    failover: running?.kind === 'failover',
    open: state.recoveries.filter(needsAcknowledgement).length,
    watch: state.watch,
  };
}

/** A cluster whose settings have a mistake, and that was never read without one. */
export function faultyStatus(cluster: string): ClusterStatus {
  return { ...nothing, cluster, kind: 'settings', problems: 1 };
}

/** The worst first; among equals by name. */
export function byGravity(a: ClusterStatus, b: ClusterStatus): number {
  const difference = clusterStatusKinds.indexOf(a.kind) - clusterStatusKinds.indexOf(b.kind);
  return difference === 0 ? a.cluster.localeCompare(b.cluster) : difference;
}

const nothing: Omit<ClusterStatus, 'cluster'> = {
  kind: 'waiting',
  master: null,
  down: 0,
  count: 0,
  problems: 0,
  lagSeconds: 0,
  step: 0,
  steps: 0,
  lost: 0,
  witnesses: 0,
  failover: false,
  open: 0,
  watch: undefined,
};

function kindOf(state: ClusterState): ClusterStatusKind {
  const { findings, recoveries, topology } = state;
  if (runningNow(state) !== null) return 'running';
  const waiting = waitingRecovery(recoveries);
  const kinds: readonly ClusterStatusKind[] = [
    ...findings
      .filter((it) => it.severity !== 'info')
      .map((it) => kindByCode[it.code] ?? 'degraded'),
    ...(waiting === undefined ? [] : [waitingKind(waiting.state)]),
  ];
  const calm = topology.master === null ? 'no-master' : calmKind(state);
  return clusterStatusKinds.find((it) => kinds.includes(it)) ?? calm;
}

/** A person switched automatic failover off, or somebody else keeps the watch; most often neither. */
function calmKind({ watch }: ClusterState): ClusterStatusKind {
  if (watch?.disarmed !== undefined) return 'manual';
  return watch?.controller?.us === false ? 'elsewhere' : 'healthy';
}

function waitingKind(state: string): ClusterStatusKind {
  return state === 'failed' || state === 'interrupted' ? 'recovery-failed' : 'acknowledge';
}

function testimonyOf({ findings }: ClusterState): Pick<ClusterStatus, 'lost' | 'witnesses'> {
  const suspected = findings.find((it) => kindByCode[it.code] === 'checking');
  const witnesses = Number(suspected?.facts['replicas'] ?? 0);
  const hearing = Number(suspected?.facts['hearing'] ?? 0);
  return { witnesses, lost: witnesses - Math.min(hearing, witnesses) };
}

function worstLag({ topology, findings }: ClusterState): number {
  const lagging = new Set(
    findings.filter((it) => it.code === 'ReplicaLagging').map((it) => it.instance),
  );
  const lags = topology.members
    .filter((it) => lagging.has(it.key))
    .flatMap((it) => answered(it)?.channels ?? [])
    .map((it) => it.lagSeconds ?? 0);
  return Math.max(0, ...lags);
}
