import { analyse } from '../analyse/analyse.ts';
import type { ClusterBackend, ClusterState, RunResult } from '../backend.ts';
import { checkCluster } from './planner/check-cluster.ts';
import { circumstancesOf, watchStateOf } from './observer/circumstances.ts';
import { decideWish } from './planner/decide-request.ts';
import { begunPromotions } from '../decide/interrupted-promotions.ts';
import { possibleSources } from '../decide/candidates/possible-sources.ts';
import type { PlanningContext, RejoinContext } from '../decide/planning-context.ts';
import type { EngineParts } from './engine-parts.ts';
import { guardedParts } from './observer/guarded-store.ts';
import { heldLocks } from './planner/lock-holders.ts';
import { withJournal } from './observer/journal-finding.ts';
import { clusterMemory, writeDownEveryMs, type ClusterMemory } from './observer/memory.ts';
import type { Circumstances } from '../model/circumstances.ts';
import type { CheckReport } from '../model/doctor.ts';
import type { InstanceKey } from '../model/instance.ts';
import type { HeldLock } from '../model/lock-answer.ts';
import { phrase } from '../model/phrase.ts';
import type { Decision, Plan, PossibleSource, Wish } from '../model/plan.ts';
import { wishFor } from '../model/wish-for.ts';
import type { Recovery } from '../model/recovery.ts';
import { memberOf, type Topology } from '../model/topology.ts';
import { ownTransactions } from './planner/own-transactions.ts';
import { orUndefined, tellAll } from './or-undefined.ts';
import { recoveryId, withNewest } from '../record/recovery-record.ts';
import { runPlan, type Order } from './runner/run-plan.ts';
import { askedBeside, sourcesIn } from './planner/asked-beside.ts';
import { containersOf, shownBeside } from './observer/containers-of.ts';
import { electorateOf, roundsOf, type TakeRound } from './observer/take-round.ts';
import { AutomaticRecovery } from './watch/automatic.ts';
import { watchLease, type WatchLease } from './watch/controller.ts';
import { keepWatch } from './watch/keep-watch.ts';
import { followOtherPlans, promotedElsewhere } from './watch/other-plans.ts';
import { proxyService, type ProxyService } from './proxies/proxy-service.ts';
import { writeTrials, type WriteTrials } from './observer/write-trials.ts';

/** Our own engine behind the doors' interface: the life of one cluster, round after round. */
export class ClusterEngine implements ClusterBackend {
  readonly cluster: string;
  readonly #parts: EngineParts;
  readonly #storeTrouble: () => string | undefined;
  readonly #memory: ClusterMemory;
  readonly #takeRound: TakeRound;
  readonly #lease: WatchLease;
  readonly #service: ProxyService;
  readonly #trials: WriteTrials;
  readonly #listeners = new Set<(state: ClusterState) => void>();
  #state: ClusterState | undefined;
  #running: Recovery | null = null;
  #rounds = 0;
  #newestRound = 0;
  #writtenDownAt = Number.NEGATIVE_INFINITY;
  #electorate: readonly InstanceKey[] = [];
  #wake: (() => void) | undefined;

  constructor(given: EngineParts) {
    const { parts, trouble } = guardedParts(given);
    this.cluster = parts.cluster;
    this.#parts = parts;
    this.#storeTrouble = trouble;
    this.#memory = clusterMemory(parts.cluster, parts.store);
    this.#takeRound = roundsOf(parts, this.#memory);
    this.#lease = watchLease(parts.cluster, parts.store, parts.actor);
    this.#service = proxyService(parts.proxies, parts.log);
    this.#trials = writeTrials(parts.writeProbe, parts.clock);
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
    this.#rounds += 1;
    const round = this.#rounds;
    const previous = this.#state?.topology;
    const seen = await this.#takeRound(previous, signal);
    const topology = this.#trials.joinedTo(seen);
    const policy = await this.#parts.policy();
    const findings = withJournal(analyse(topology, policy), this.#storeTrouble(), policy);
    // A round that began earlier but ended later shows an older picture.
    if (round > this.#newestRound) {
      this.#newestRound = round;
      this.#learn(topology);
      this.#show({
        topology,
        findings,
        running: this.#running,
        recoveries: this.#memory.recoveries(),
        ...containersOf(topology, this.#parts.addresses),
        watch: watchStateOf(policy, this.#circumstances(), shownBeside(this.#parts)),
      });
    }
    return this.#state ?? { topology, findings, running: null, recoveries: [] };
  }

  async plan(wish: Wish, signal: AbortSignal): Promise<Decision> {
    const { topology } = await this.refresh(signal);
    const context = await this.#context(topology, wish.instance, signal, sourcesIn(wish));
    return decideWish(wish, context, this.#parts, signal);
  }

  async checkUp(signal: AbortSignal): Promise<CheckReport> {
    const { topology } = await this.refresh(signal);
    return checkCluster(await this.#plainContext(topology), this.#parts, signal);
  }

  async locks(signal: AbortSignal): Promise<readonly HeldLock[]> {
    return heldLocks((await this.refresh(signal)).topology, this.#parts, signal);
  }

  async sources(instance: InstanceKey, signal: AbortSignal): Promise<readonly PossibleSource[]> {
    const { topology } = await this.refresh(signal);
    return possibleSources(await this.#context(topology, instance, signal), instance);
  }

  async run(plan: Plan, signal: AbortSignal): Promise<RunResult> {
    const wish = wishFor(plan);
    if (wish === undefined) {
      const says = phrase('Only the watch makes such a plan.');
      return { kind: 'refused', because: [says], instead: [] };
    }
    return this.#order({ plan, trigger: 'user', again: () => this.plan(wish, signal) }, signal);
  }

  async watch(signal: AbortSignal, automatic = false): Promise<void> {
    const { pollMs, clock, prober, log } = this.#parts;
    const recovery = this.#automatic();
    const others = followOtherPlans(
      {
        clock,
        actor: this.#parts.actor,
        newest: () => orUndefined(() => this.#memory.newest()),
        beat: () => orUndefined(() => this.#lease.keep()),
        hold: () => this.#service.traffic.hold(),
        wake: () => this.#wake?.(),
      },
      automatic ? signal : AbortSignal.abort(),
    );
    await keepWatch(
      {
        pollMs,
        clock,
        confirmSeconds: async () => (await this.#parts.policy()).confirmSeconds,
        round: async (within) => {
          const us = automatic && this.#lease.claim()?.us === true;
          const state = await this.refresh(within);
          const planRuns = this.#planRuns();
          this.#trials.keep(state.topology, { ours: us, planRuns });
          await this.#service.keep(us, state.topology, planRuns);
          return state;
        },
        onLost: (listener) => {
          prober.onLost(listener);
          this.#wake = listener;
        },
        act: async (state, verdict, within) =>
          automatic ? recovery.act(state, verdict, within) : undefined,
        log: (level, line) => log(level, `${this.cluster}: ${line}`),
      },
      signal,
    );
    await others;
    await recovery.end(this.#state?.topology);
    this.#trials.end();
    this.#lease.release();
    await this.#service.end();
  }

  close(): void {
    this.#listeners.clear();
    this.#parts.prober.close();
  }

  async #order(order: Order, signal: AbortSignal): Promise<RunResult> {
    const result = await runPlan(order, signal, {
      ...this.#parts,
      look: (within) => this.refresh(within),
      newestTopology: () => this.#state?.topology,
      electorate: () => this.#electorate,
      highWater: () => this.#memory.highWater(),
      own: (topology, instance, within) => this.#own(topology, instance, within),
      traffic: this.#service.traffic,
      tell: (recovery) => this.#follow(recovery),
    });
    this.#running = null;
    await this.refresh(new AbortController().signal);
    return result;
  }

  /** Whoever runs it: until its new master is open, traffic is the plan's affair. */
  #planRuns(): boolean {
    const newest = this.#memory.newest();
    const elsewhere = promotedElsewhere(newest, this.#parts.actor) && newest?.openedAt === null;
    return this.#running !== null || elsewhere;
  }

  #automatic(): AutomaticRecovery {
    const { commander, prober, clock, log, store, randomLetters, actor } = this.#parts;
    return new AutomaticRecovery({
      ports: () => ({ commander: commander(), prober, clock }),
      context: (topology) => this.#plainContext(topology),
      rejoinContext: (topology, instance, signal) => this.#context(topology, instance, signal),
      circumstances: () => this.#circumstances(),
      look: (signal) => this.refresh(signal),
      recoveries: () => this.#memory.recoveries(),
      stopNotes: {
        noted: () => store?.stoppedReceivers(this.cluster) ?? [],
        note: (receivers) => store?.noteStopped(this.cluster, receivers),
        actor,
        now: () => clock.now(),
      },
      run: (order, signal) => this.#order(order, signal),
      detected: (detection) => {
        const at = clock.now();
        const id = recoveryId(at, randomLetters());
        store?.saveDetection({ ...detection, id, cluster: this.cluster, at });
      },
      monotonic: () => clock.monotonic(),
      log: (level, line) => log(level, `${this.cluster}: ${line}`),
    });
  }

  #circumstances(): Circumstances {
    const { store, clock } = this.#parts;
    return circumstancesOf(this.cluster, store, this.#memory.recoveries(), {
      now: clock.now(),
      controller: this.#lease.look(),
      storeTrouble: this.#storeTrouble(),
    });
  }

  #learn(topology: Topology): void {
    const { clock } = this.#parts;
    const now = clock.monotonic();
    const due = now - this.#writtenDownAt >= writeDownEveryMs;
    this.#memory.learn(topology, due);
    this.#writtenDownAt = due ? now : this.#writtenDownAt;
    const { good, replicas } = electorateOf(topology);
    this.#electorate = good || this.#electorate.length === 0 ? replicas : this.#electorate;
  }

  async #context(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
    sources: readonly InstanceKey[] = [],
  ): Promise<RejoinContext> {
    const subject = memberOf(topology, instance)?.key ?? instance;
    return {
      ...(await this.#plainContext(topology, [subject, ...sources])),
      own: await this.#own(topology, subject, signal),
      handover: this.#memory.handoverBetween(subject, topology.master),
    };
  }

  #own(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ): ReturnType<typeof ownTransactions> {
    const handover = this.#memory.handoverBetween(instance, topology.master);
    return ownTransactions(topology, instance, { handover, binlogs: this.#parts.binlogs, signal });
  }

  async #plainContext(
    topology: Topology,
    wished: readonly InstanceKey[] = [],
  ): Promise<PlanningContext> {
    return {
      topology,
      spell: this.#parts.spell,
      proxied: this.#service.serves(),
      highWater: this.#memory.highWater(),
      ...(await askedBeside(topology, this.#parts, wished)),
      ...begunPromotions(this.#memory.recoveries(), memberOf(topology, topology.master)),
    };
  }

  #follow(recovery: Recovery): void {
    this.#running = recovery.state === 'running' ? recovery : null;
    const state = this.#state;
    if (state !== undefined) {
      this.#show({
        ...state,
        running: this.#running,
        recoveries: withNewest(state.recoveries, recovery),
      });
    }
  }

  #show(state: ClusterState): void {
    this.#state = state;
    tellAll(this.#listeners, state, (error) => {
      this.#parts.log('error', `${this.cluster}: a view failed: ${String(error)}`);
    });
  }
}
