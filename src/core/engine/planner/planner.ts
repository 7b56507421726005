import { begunPromotions } from '../../decide/interrupted-promotions.ts';
import { possibleSources } from '../../decide/candidates/possible-sources.ts';
import type { PlanningContext, RejoinContext } from '../../decide/planning-context.ts';
import type { CheckReport } from '../../model/doctor.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { HeldLock } from '../../model/lock-answer.ts';
import type { Decision, PossibleSource, Wish } from '../../model/plan.ts';
import { memberOf, type Topology } from '../../model/topology.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { ClusterMemory } from '../observer/memory.ts';
import { askedBeside, sourcesIn } from './asked-beside.ts';
import { checkCluster } from './check-cluster.ts';
import { decideRequest } from './decide-request.ts';
import { heldLocks } from './lock-holders.ts';
import { ownTransactions } from './own-transactions.ts';

export interface PlannerParts extends EngineParts {
  readonly memory: ClusterMemory;
  /** Whether proxies of this process lead to the cluster. */
  readonly proxied: () => boolean;
}

/** Answers a change request on a picture with a plan, or with reasons why not. Reads more where it must; changes nothing. */
export class Planner {
  readonly #parts: PlannerParts;

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  async plan(request: Wish, topology: Topology, signal: AbortSignal): Promise<Decision> {
    const sources = sourcesIn(request);
    const context = await this.contextOf(topology, request.instance, signal, sources);
    return decideRequest(request, context, this.#parts, signal);
  }

  async sources(
    instance: InstanceKey,
    topology: Topology,
    signal: AbortSignal,
  ): Promise<readonly PossibleSource[]> {
    return possibleSources(await this.contextOf(topology, instance, signal), instance);
  }

  locks(topology: Topology, signal: AbortSignal): Promise<readonly HeldLock[]> {
    return heldLocks(topology, this.#parts, signal);
  }

  async checkUp(topology: Topology, signal: AbortSignal): Promise<CheckReport> {
    return checkCluster(await this.context(topology), this.#parts, signal);
  }

  /** What a plan for the whole cluster is made of. `wished`: who else may become the source of others. */
  async context(topology: Topology, wished: readonly InstanceKey[] = []): Promise<PlanningContext> {
    const { spell, memory, proxied } = this.#parts;
    return {
      topology,
      spell,
      proxied: proxied(),
      highWater: memory.highWater(),
      ...(await askedBeside(topology, this.#parts, wished)),
      ...begunPromotions(memory.recoveries(), memberOf(topology, topology.master)),
    };
  }

  /** The same, with what only one instance may hold. */
  async contextOf(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
    sources: readonly InstanceKey[] = [],
  ): Promise<RejoinContext> {
    const subject = memberOf(topology, instance)?.key ?? instance;
    return {
      ...(await this.context(topology, [subject, ...sources])),
      own: await this.own(topology, subject, signal),
      handover: this.#parts.memory.handoverBetween(subject, topology.master),
    };
  }

  /** What an instance wrote that the master lacks. */
  own(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ): ReturnType<typeof ownTransactions> {
    const { memory, binlogs } = this.#parts;
    const handover = memory.handoverBetween(instance, topology.master);
    return ownTransactions(topology, instance, { handover, binlogs, signal });
  }
}
