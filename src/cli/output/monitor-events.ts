import type { ClusterState, WatchState } from '../../core/backend.ts';
import type { Finding } from '../../core/model/finding.ts';
import { inEnglish } from '../../core/model/phrase.ts';
import type { Recovery } from '../../core/model/recovery.ts';
import type { Controller, Detection } from '../../core/model/watch.ts';
import {
  detectionJson,
  recoveryJson,
  stepRecordJson,
  type DetectionJson,
  type RecoveryJson,
  type StepRecordJson,
} from '../../protocol/record-json.ts';
import {
  clusterJson,
  findingJson,
  type ClusterJson,
  type FindingJson,
  type InstanceJson,
} from './topology-json.ts';

type ProxyPicture = WatchState['proxies'][number];

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
  | { readonly kind: 'decision'; readonly decision: DetectionJson }
  | { readonly kind: 'proxy'; readonly proxy: ProxyPicture }
  | { readonly kind: 'lease'; readonly controller: Controller | null; readonly armed: boolean }
);

type Change = MonitorEvent extends infer Event
  ? Event extends MonitorEvent
    ? Omit<Event, 'at' | 'cluster'>
    : never
  : never;

/** Feed it every state of one cluster; it emits what is new since the one before. */
export function eventTeller(
  cluster: string,
  emit: (event: MonitorEvent) => void,
): (state: ClusterState, at: number) => void {
  const before: Seen = {
    shape: '',
    findings: new Map(),
    steps: new Map(),
    recoveries: undefined,
    watch: { lease: '', proxies: '', detections: undefined },
  };
  return (state, at) => {
    const changes = [
      ...topologyChange(state, before),
      ...findingChanges(state.findings, before),
      ...stepChanges(state.running, before),
      ...recoveryChanges(state.recoveries, before),
      ...watchChanges(state.watch, before),
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
  readonly watch: {
    lease: string;
    proxies: string;
    /** Undefined before the first state. */
    detections: Set<string> | undefined;
  };
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

function watchChanges(watch: WatchState | undefined, { watch: before }: Seen): readonly Change[] {
  if (watch === undefined) return [];
  return [
    ...leaseChange(watch, before),
    ...proxyChanges(watch.proxies, before),
    ...decisionChanges(watch.detections, before),
  ];
}

function leaseChange({ controller, armed }: WatchState, before: Seen['watch']): readonly Change[] {
  const now = JSON.stringify([controller, armed]);
  if (now === before.lease) return [];
  before.lease = now;
  const keeper =
    controller === null ? 'nobody' : controller.us ? 'this process' : controller.holder;
  const says = `The watch is kept by ${keeper}; automatic failover is ${armed ? 'armed' : 'not armed'}.`;
  return [{ kind: 'lease', controller, armed, says: [says] }];
}

/** The number of connections changes all the time and is no event. */
function proxyChanges(proxies: readonly ProxyPicture[], before: Seen['watch']): readonly Change[] {
  const now = JSON.stringify(proxies.map(({ listen, state, target }) => [listen, state, target]));
  if (now === before.proxies) return [];
  before.proxies = now;
  return proxies.map((proxy) => ({
    kind: 'proxy',
    proxy,
    says: [`The proxy ${proxy.listen} is ${proxy.state}, target ${proxy.target ?? 'none'}.`],
  }));
}

function decisionChanges(
  detections: readonly Detection[],
  before: Seen['watch'],
): readonly Change[] {
  const known = before.detections;
  before.detections = new Set(detections.map((it) => it.id));
  if (!known) return [];
  return detections
    .filter((it) => !known.has(it.id))
    .toReversed()
    .map(detectionJson)
    .map((decision) => ({
      kind: 'decision',
      decision,
      says: [
        `${decision.decision === 'acted' ? 'Acted on' : 'Held'} ${decision.code}: ${decision.says}`,
        ...decision.because.map((it) => `  because: ${it}`),
      ],
    }));
}
