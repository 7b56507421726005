import type { ClusterState, RunResult } from '../../backend.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Topology } from '../../model/topology.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { ClusterMemory } from '../observer/memory.ts';
import type { Observer } from '../observer/observer.ts';
import type { Planner } from '../planner/planner.ts';
import { runPlan, type Order, type RunContext } from './run-plan.ts';

export interface RunnerParts extends EngineParts {
  readonly memory: ClusterMemory;
  readonly observer: Observer;
  readonly planner: Planner;
  readonly look: (signal: AbortSignal) => Promise<ClusterState>;
  readonly traffic: RunContext['traffic'];
  /** Told of the record as it stands: before each step begins, and after it ends. */
  readonly tell: (recovery: Recovery) => void;
}

/** Performs decisions under the cluster's lease and the locks of its servers, and keeps their records. */
export class Runner {
  readonly #parts: RunnerParts;
  #running: Recovery | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** The plan that runs in this process; null when none does. */
  get running(): Recovery | null {
    return this.#running;
  }

  async run(order: Order, signal: AbortSignal): Promise<RunResult> {
    try {
      return await runPlan(order, signal, this.#context());
    } finally {
      this.#running = null;
    }
  }

  #context(): RunContext {
    const { observer, planner, memory, tell } = this.#parts;
    return {
      ...this.#parts,
      newestTopology: () => observer.newest?.topology,
      electorate: () => observer.electorate,
      highWater: () => memory.highWater(),
      own: (topology: Topology, instance: InstanceKey, signal: AbortSignal) =>
        planner.own(topology, instance, signal),
      tell: (recovery) => {
        this.#running = recovery.state === 'running' ? recovery : null;
        tell(recovery);
      },
    };
  }
}
