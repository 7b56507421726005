import { analyse } from './analyse/analyse.ts';
import type { ClusterBackend, ClusterState, RunResult } from './backend.ts';
import { decide } from './decide/decide.ts';
import type { RejoinGround } from './decide/ground.ts';
import { assembleTopology } from './discover/assemble-topology.ts';
import { crawl } from './discover/crawl.ts';
import { strangers } from './discover/strangers.ts';
import { clusterMemory, type ClusterMemory } from './memory.ts';
import type { InstanceKey } from './model/instance.ts';
import type { Decision, Plan, Wish } from './model/plan.ts';
import type { Policy } from './model/policy.ts';
import type { Recovery } from './model/recovery.ts';
import { memberOf, type Topology } from './model/topology.ts';
import { ownTransactions } from './own-transactions.ts';
import type { AddressBook, BinlogReader, Clock, Commander, Prober, Spell, Store } from './ports.ts';
import { runPlan } from './run-plan.ts';

/** Everything one cluster's engine is made of. */
export interface EngineParts {
  readonly cluster: string;
  readonly seeds: readonly InstanceKey[];
  readonly pollMs: number;
  /** What holds now; asked for each plan, since a password may have been set meanwhile. */
  readonly policy: () => Promise<Policy>;
  readonly prober: Prober;
  /** A new one for each run; closed after it. */
  readonly commander: () => Commander;
  readonly binlogs: BinlogReader;
  readonly addresses: AddressBook;
  readonly spell: Spell;
  readonly clock: Clock;
  /** Undefined when it could not be opened: then nothing is changed. */
  readonly store: Store | undefined;
  /** `user@host (pid)`. */
  readonly actor: string;
  readonly randomLetters: () => string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void;
}

/** How often what was seen is written down although nothing changed, in milliseconds. */
const writeDownEveryMs = 10_000;

/** Our own engine behind the doors' interface: the life of one cluster, round after round. */
export class ClusterEngine implements ClusterBackend {
  readonly cluster: string;
  readonly #parts: EngineParts;
  readonly #memory: ClusterMemory;
  readonly #listeners = new Set<(state: ClusterState) => void>();
  #state: ClusterState | undefined;
  #running: Recovery | null = null;
  #rounds = 0;
  #newestRound = 0;
  #writtenDownAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.cluster = parts.cluster;
    this.#parts = parts;
    this.#memory = clusterMemory(parts.cluster, parts.store);
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
    const topology = await this.#look(signal);
    const findings = analyse(topology, await this.#parts.policy());
    // A round that began earlier but ended later shows an older picture.
    if (round > this.#newestRound) {
      this.#newestRound = round;
      this.#show({
        topology,
        findings,
        running: this.#running,
        recoveries: this.#memory.recoveries(),
      });
    }
    return this.#state ?? { topology, findings, running: null, recoveries: [] };
  }

  async plan(wish: Wish, signal: AbortSignal): Promise<Decision> {
    const { topology } = await this.refresh(signal);
    return decide(wish, await this.#ground(topology, wish.instance, signal));
  }

  async run(plan: Plan, signal: AbortSignal): Promise<RunResult> {
    const result = await runPlan(plan, signal, {
      ...this.#parts,
      decideAgain: (wish) => this.plan(wish, signal),
      topologyNow: async (within) => (await this.refresh(within)).topology,
      newestTopology: () => this.#state?.topology,
      highWater: () => this.#memory.highWater(),
      own: (topology, instance, within) => this.#own(topology, instance, within),
      tell: (recovery) => {
        this.#follow(recovery);
      },
    });
    this.#running = null;
    await this.refresh(new AbortController().signal);
    return result;
  }

  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.refresh(signal);
      } catch (error) {
        if (!signal.aborted) {
          this.#parts.log('error', `${this.cluster}: a round failed: ${String(error)}`);
        }
      }
      await this.#parts.clock.sleep(this.#parts.pollMs, signal).catch(() => undefined);
    }
  }

  close(): void {
    this.#listeners.clear();
    this.#parts.prober.close();
  }

  async #look(signal: AbortSignal): Promise<Topology> {
    const { cluster, seeds, prober, addresses, clock } = this.#parts;
    const previous = this.#state?.topology;
    const names = [
      ...seeds,
      ...(previous?.members.map((it) => it.key) ?? []),
      ...this.#memory.knownKeys(),
    ];
    const all = await crawl(names, { prober, addresses }, signal);
    const leftBehind = strangers(all, seeds, this.#memory.knownKeys());
    this.#memory.forget(leftBehind);
    const sightings = all.filter((it) => !leftBehind.includes(it.name));
    const topology = assembleTopology(cluster, clock.now(), sightings, {
      previous,
      lastPromoted: this.#memory.lastPromoted(),
      lastMaster: this.#memory.lastMaster(),
      lastSources: this.#memory.lastSources(),
    });
    this.#learn(topology);
    return topology;
  }

  #learn(topology: Topology): void {
    const now = this.#parts.clock.monotonic();
    const due = now - this.#writtenDownAt >= writeDownEveryMs;
    try {
      this.#memory.learn(topology, due);
    } catch (error) {
      this.#parts.log(
        'warn',
        `${this.cluster}: what was seen could not be written down: ${String(error)}`,
      );
    }
    this.#writtenDownAt = due ? now : this.#writtenDownAt;
  }

  async #ground(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ): Promise<RejoinGround> {
    const subject = memberOf(topology, instance)?.key ?? instance;
    return {
      topology,
      policy: await this.#parts.policy(),
      spell: this.#parts.spell,
      highWater: this.#memory.highWater(),
      own: await this.#own(topology, subject, signal),
      handover:
        topology.master === null ? null : this.#memory.handoverBetween(subject, topology.master),
    };
  }

  #own(
    topology: Topology,
    instance: InstanceKey,
    signal: AbortSignal,
  ): ReturnType<typeof ownTransactions> {
    const handover =
      topology.master === null ? null : this.#memory.handoverBetween(instance, topology.master);
    return ownTransactions(topology, instance, { handover, binlogs: this.#parts.binlogs, signal });
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
    this.#listeners.forEach((it) => {
      it(state);
    });
  }
}

function withNewest(recoveries: readonly Recovery[], recovery: Recovery): readonly Recovery[] {
  return [recovery, ...recoveries.filter((it) => it.id !== recovery.id)];
}
