import type { ClusterState } from '../core/backend.ts';
import type { Finding } from '../core/model/finding.ts';
import { inEnglish } from '../core/model/phrase.ts';
import type { Recovery } from '../core/model/recovery.ts';
import {
  recoveryJson,
  stepRecordJson,
  type RecoveryJson,
  type StepRecordJson,
} from './plan-json.ts';
import {
  clusterJson,
  findingJson,
  type ClusterJson,
  type FindingJson,
  type InstanceJson,
} from './topology-json.ts';

/** One thing that changed. `at`: milliseconds since the epoch; `says`: lines for a person. */
export type MonitorEvent = {
  readonly at: number;
  readonly cluster: string;
  readonly says: readonly string[];
} & (
  | { readonly kind: 'topology'; readonly topology: ClusterJson }
  | { readonly kind: 'finding'; readonly state: 'appeared' | 'gone'; readonly finding: FindingJson }
  | { readonly kind: 'step'; readonly recovery: string; readonly step: StepRecordJson }
  | { readonly kind: 'recovery'; readonly recovery: RecoveryJson }
);

type Change =
  | { readonly kind: 'topology'; readonly topology: ClusterJson; readonly says: readonly string[] }
  | {
      readonly kind: 'finding';
      readonly state: 'appeared' | 'gone';
      readonly finding: FindingJson;
      readonly says: readonly string[];
    }
  | {
      readonly kind: 'step';
      readonly recovery: string;
      readonly step: StepRecordJson;
      readonly says: readonly string[];
    }
  | {
      readonly kind: 'recovery';
      readonly recovery: RecoveryJson;
      readonly says: readonly string[];
    };

/** Feed it every state of one cluster; it emits what is new since the one before. */
export function eventTeller(
  cluster: string,
  emit: (event: MonitorEvent) => void,
): (state: ClusterState, at: number) => void {
  const before: Seen = { shape: '', findings: new Map(), steps: new Map(), recoveries: undefined };
  return (state, at) => {
    const changes = [
      ...topologyChange(state, before),
      ...findingChanges(state.findings, before),
      ...stepChanges(state.running, before),
      ...recoveryChanges(state.recoveries, before),
    ];
    for (const change of changes) emit({ at, cluster, ...change });
  };
}

interface Seen {
  shape: string;
  findings: Map<string, Finding>;
  steps: Map<string, string>;
  /** Undefined before the first state: what is old then is no event. */
  recoveries: Map<string, string> | undefined;
}

/** Positions and lag change with every round; the shape does not. */
function topologyChange(state: ClusterState, before: Seen): readonly Change[] {
  const topology = clusterJson(state);
  const says = topology.instances.map(shapeOf);
  const shape = [String(topology.master), ...says].join('\n');
  if (shape === before.shape) return [];
  before.shape = shape;
  return [{ kind: 'topology', topology, says }];
}

function shapeOf({ instance, alive, role, source, readOnly, replication }: InstanceJson): string {
  const reads = source === null ? '' : ` of ${source}`;
  const threads = replication
    ? `, receiver ${replication.receiver}, applier ${replication.applier}`
    : '';
  const writable = readOnly === null ? '' : readOnly ? ', read-only' : ', writable';
  return `${instance}: ${alive ? 'alive' : 'dead'}, ${role}${reads}${writable}${threads}`;
}

function findingChanges(findings: readonly Finding[], before: Seen): readonly Change[] {
  const now = new Map(findings.map((it) => [`${it.code} ${it.instance ?? ''}`, it]));
  const appeared = [...now]
    .filter(([key]) => !before.findings.has(key))
    .map(([, it]) => findingChange(it, 'appeared'));
  const gone = [...before.findings]
    .filter(([key]) => !now.has(key))
    .map(([, it]) => findingChange(it, 'gone'));
  before.findings = now;
  return [...gone, ...appeared];
}

function findingChange(finding: Finding, state: 'appeared' | 'gone'): Change {
  const says =
    state === 'appeared'
      ? `${finding.code}: ${finding.says}`
      : `${finding.code} is over: ${finding.instance ?? 'whole cluster'}`;
  return { kind: 'finding', state, finding: findingJson(finding), says: [says] };
}

function stepChanges(running: Recovery | null, before: Seen): readonly Change[] {
  if (!running) return [];
  const changed = running.steps.filter(
    (it) => it.state !== 'waiting' && before.steps.get(it.id) !== it.state,
  );
  before.steps = new Map(running.steps.map((it) => [it.id, it.state]));
  return changed.map((step) => ({
    kind: 'step',
    recovery: running.id,
    step: stepRecordJson(step),
    says: [`${step.state} ${step.id}. ${step.on}: ${inEnglish(step.says)}`],
  }));
}

function recoveryChanges(recoveries: readonly Recovery[], before: Seen): readonly Change[] {
  const known = before.recoveries;
  before.recoveries = new Map(recoveries.map((it) => [it.id, it.state]));
  if (!known) return [];
  return recoveries
    .filter((it) => known.get(it.id) !== it.state)
    .map((recovery) => ({
      kind: 'recovery',
      recovery: recoveryJson(recovery),
      says: [`${inEnglish(recovery.headline)}: ${recovery.state}`],
    }));
}
