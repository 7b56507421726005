import type { ClusterState, RunResult } from '../../backend.ts';
import type { PlanningContext, RejoinContext } from '../../decide/planning-context.ts';
import type { Circumstances } from '../../model/circumstances.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Topology } from '../../model/topology.ts';
import type { Detection } from '../../model/watch.ts';
import type { Order } from '../runner/run-plan.ts';
import type { ReplicationPorts } from './ask-replicas-about-master.ts';
import type { StopNotes } from './receivers.ts';

/** What acting without a person needs of its cluster. */
export interface WatchContext {
  /** A commander of its own each time; whoever asks closes it. */
  readonly ports: () => ReplicationPorts;
  readonly context: (topology: Topology) => Promise<PlanningContext>;
  readonly rejoinContext: (
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ) => Promise<RejoinContext>;
  readonly circumstances: () => Circumstances;
  readonly look: (signal: AbortSignal) => Promise<ClusterState>;
  readonly recoveries: () => readonly Recovery[];
  readonly stopNotes: StopNotes;
  readonly run: (order: Order, signal: AbortSignal) => Promise<RunResult>;
  readonly detected: (detection: Omit<Detection, 'id' | 'cluster' | 'at'>) => void;
  readonly monotonic: () => number;
  readonly log: (level: 'info' | 'warn' | 'error', line: string) => void;
}
