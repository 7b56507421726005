import type { ClusterBackend, ClusterState, RunResult } from '../backend.ts';
import type { Circumstances } from '../model/circumstances.ts';
import type { CheckReport } from '../model/doctor.ts';
import type { InstanceKey } from '../model/instance.ts';
import type { HeldLock } from '../model/lock-answer.ts';
import { phrase } from '../model/phrase.ts';
import type { Decision, Plan, PossibleSource, Wish } from '../model/plan.ts';
import type { Topology } from '../model/topology.ts';
import type { Policy } from '../model/policy.ts';
import type { Recovery } from '../model/recovery.ts';
import { wishFor } from '../model/wish-for.ts';
import { withNewest } from '../record/recovery-record.ts';
import type { EngineParts } from './engine-parts.ts';
import { circumstancesOf, watchStateOf } from './observer/circumstances.ts';
import { containersOf, shownBeside } from './observer/containers-of.ts';
import { guardedParts } from './observer/guarded-store.ts';
import { clusterMemory, type ClusterMemory } from './observer/memory.ts';
import { Observer, type Picture } from './observer/observer.ts';
import { writeTrials, type WriteTrials } from './observer/write-trials.ts';
import { tellAll } from './or-undefined.ts';
import { Planner } from './planner/planner.ts';
import { proxyService, type ProxyService } from './proxies/proxy-service.ts';
import type { Order } from './runner/run-plan.ts';
import { Runner } from './runner/runner.ts';
import { watchLease, type WatchLease } from './watch/controller.ts';
import { Watch } from './watch/watch.ts';

/**
 * Our own engine behind the doors' interface, for one cluster. It only wires its four parts, each of which knows those
 * before it: the observer takes rounds, the planner decides, the runner performs, the watch says what is to be done now.
 */
export class ClusterEngine implements ClusterBackend {
  readonly cluster: string;
  readonly #parts: EngineParts;
  readonly #storeTrouble: () => string | undefined;
  readonly #memory: ClusterMemory;
  readonly #observer: Observer;
  readonly #planner: Planner;
  readonly #runner: Runner;
  readonly #lease: WatchLease;
  readonly #service: ProxyService;
  readonly #trials: WriteTrials;
  readonly #listeners = new Set<(state: ClusterState) => void>();
  #state: ClusterState | undefined;
  #wake: (() => void) | undefined;

  constructor(given: EngineParts) {
    const { parts, trouble } = guardedParts(given);
    const { cluster, store, proxies, clock, log } = parts;
    this.cluster = cluster;
    this.#parts = parts;
    this.#storeTrouble = trouble;
    const memory = clusterMemory(cluster, store);
    this.#memory = memory;
    this.#lease = watchLease(cluster, store, parts.actor);
    const service = proxyService(proxies, log);
    this.#service = service;
    const trials = writeTrials(parts.writeProbe, clock);
    this.#trials = trials;
    const join = (topology: Topology): Topology => trials.joinedTo(topology);
    const observer = new Observer({ ...parts, memory, join, storeTrouble: trouble });
    this.#observer = observer;
    const planner = new Planner({ ...parts, memory, proxied: () => service.serves() });
    this.#planner = planner;
    this.#runner = new Runner({
      ...parts,
      memory,
      observer,
      planner,
      traffic: service.traffic,
      look: (signal) => this.refresh(signal),
      tell: (recovery) => this.#follow(recovery),
    });
    parts.addresses.onChange(() => this.#wake?.());
  }

  current(): ClusterState | undefined {
    return this.#state;
  }

  onState(listener: (state: ClusterState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(signal: AbortSignal): Promise<ClusterState> {
    const { picture, policy, isNewest } = await this.#observer.look(signal);
    if (isNewest) this.#show(this.#stateOf(picture, policy));
    return this.#state ?? { ...picture, running: null, recoveries: [] };
  }

  async plan(request: Wish, signal: AbortSignal): Promise<Decision> {
    const { topology } = await this.refresh(signal);
    return this.#planner.plan(request, topology, signal);
  }

  async checkUp(signal: AbortSignal): Promise<CheckReport> {
    return this.#planner.checkUp((await this.refresh(signal)).topology, signal);
  }

  async locks(signal: AbortSignal): Promise<readonly HeldLock[]> {
    return this.#planner.locks((await this.refresh(signal)).topology, signal);
  }

  async sources(instance: InstanceKey, signal: AbortSignal): Promise<readonly PossibleSource[]> {
    return this.#planner.sources(instance, (await this.refresh(signal)).topology, signal);
  }

  async run(plan: Plan, signal: AbortSignal): Promise<RunResult> {
    const request = wishFor(plan);
    if (request === undefined) {
      const says = phrase('Only the watch makes such a plan.');
      return { kind: 'refused', because: [says], instead: [] };
    }
    return this.#run({ plan, trigger: 'user', again: () => this.plan(request, signal) }, signal);
  }

  async watch(signal: AbortSignal, automatic = false): Promise<void> {
    const watch = new Watch({
      ...this.#parts,
      memory: this.#memory,
      planner: this.#planner,
      lease: this.#lease,
      service: this.#service,
      trials: this.#trials,
      look: (within) => this.refresh(within),
      run: (order, within) => this.#run(order, within),
      running: () => this.#runner.running,
      circumstances: () => this.#circumstances(),
      topology: () => this.#observer.newest?.topology,
      onWake: (wake) => {
        this.#wake = wake;
      },
      wake: () => this.#wake?.(),
    });
    await watch.keep(signal, automatic);
  }

  close(): void {
    this.#listeners.clear();
    this.#parts.prober.close();
  }

  async #run(order: Order, signal: AbortSignal): Promise<RunResult> {
    const result = await this.#runner.run(order, signal);
    await this.refresh(new AbortController().signal);
    return result;
  }

  #circumstances(): Circumstances {
    const { store, clock } = this.#parts;
    return circumstancesOf(this.cluster, store, this.#memory.recoveries(), {
      now: clock.now(),
      controller: this.#lease.look(),
      storeTrouble: this.#storeTrouble(),
    });
  }

  #stateOf({ topology, findings }: Picture, policy: Policy): ClusterState {
    return {
      topology,
      findings,
      running: this.#runner.running,
      recoveries: this.#memory.recoveries(),
      ...containersOf(topology, this.#parts.addresses),
      watch: watchStateOf(policy, this.#circumstances(), shownBeside(this.#parts)),
    };
  }

  #follow(recovery: Recovery): void {
    const state = this.#state;
    if (state !== undefined) {
      const running = recovery.state === 'running' ? recovery : null;
      this.#show({ ...state, running, recoveries: withNewest(state.recoveries, recovery) });
    }
  }

  #show(state: ClusterState): void {
    this.#state = state;
    tellAll(this.#listeners, state, (error) => {
      this.#parts.log('error', `${this.cluster}: a view failed: ${String(error)}`);
    });
  }
}
