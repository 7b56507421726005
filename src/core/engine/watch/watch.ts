import type { ClusterState, RunResult } from '../../backend.ts';
import type { Circumstances } from '../../model/circumstances.ts';
import type { Recovery } from '../../model/recovery.ts';
import type { Topology } from '../../model/topology.ts';
import { recoveryId } from '../../record/recovery-record.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { ClusterMemory } from '../observer/memory.ts';
import type { WriteTrials } from '../observer/write-trials.ts';
import { orUndefined } from '../or-undefined.ts';
import type { Planner } from '../planner/planner.ts';
import type { ProxyService } from '../proxies/proxy-service.ts';
import type { Order } from '../runner/run-plan.ts';
import { AutomaticRecovery } from './automatic.ts';
import type { WatchLease } from './controller.ts';
import { keepWatch } from './keep-watch.ts';
import { followOtherPlans, promotedElsewhere } from './other-plans.ts';

/** How long proxies may take to hold new connections while another process promotes, in milliseconds. */
const holdMs = 1_000;

export interface WatchParts extends EngineParts {
  readonly memory: ClusterMemory;
  readonly planner: Planner;
  readonly lease: WatchLease;
  readonly service: ProxyService;
  readonly trials: WriteTrials;
  readonly look: (signal: AbortSignal) => Promise<ClusterState>;
  readonly run: (order: Order, signal: AbortSignal) => Promise<RunResult>;
  /** The plan that runs in this process; null when none does. */
  readonly running: () => Recovery | null;
  readonly circumstances: () => Circumstances;
  /** As last seen. */
  readonly topology: () => Topology | undefined;
  /** Takes what begins the next round at once. */
  readonly onWake: (wake: () => void) => void;
  readonly wake: () => void;
}

/** Looks round after round, serves the proxies where the watch is ours, and does what is to be done without a person. */
export class Watch {
  readonly #parts: WatchParts;
  readonly #recovery: AutomaticRecovery;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#recovery = automaticRecovery(parts);
  }

  /** Ends with the signal. `automatic`: claims the watch, and acts as far as the settings allow. */
  async keep(signal: AbortSignal, automatic: boolean): Promise<void> {
    const { cluster, pollMs, clock, prober, log, policy, lease, trials, service } = this.#parts;
    const others = this.#followOthers(automatic ? signal : AbortSignal.abort());
    await keepWatch(
      {
        pollMs,
        clock,
        confirmSeconds: async () => (await policy()).confirmSeconds,
        round: (within) => this.#round(within, automatic),
        onLost: (listener) => {
          prober.onLost(listener);
          this.#parts.onWake(listener);
        },
        act: async (state, verdict, within) =>
          automatic ? this.#recovery.act(state, verdict, within) : undefined,
        log: (level, line) => log(level, `${cluster}: ${line}`),
      },
      signal,
    );
    await others;
    await this.#recovery.end(this.#parts.topology());
    trials.end();
    lease.release();
    await service.end();
  }

  async #round(signal: AbortSignal, automatic: boolean): Promise<ClusterState> {
    const { lease, look, trials, service } = this.#parts;
    const ours = automatic && lease.claim()?.us === true;
    const state = await look(signal);
    const planRuns = this.#planRuns();
    trials.keep(state.topology, { ours, planRuns });
    await service.keep(ours, state.topology, planRuns);
    return state;
  }

  #followOthers(signal: AbortSignal): Promise<void> {
    const { cluster, clock, actor, log, memory, lease, service, wake } = this.#parts;
    return followOtherPlans(
      {
        clock,
        actor,
        newest: () => orUndefined(() => memory.newest()),
        beat: () => orUndefined(() => lease.keep()),
        hold: () => {
          service.traffic.hold(holdMs).catch((error: unknown) => {
            log('warn', `${cluster}: the proxies do not hold: ${String(error)}`);
          });
        },
        wake,
      },
      signal,
    );
  }

  /** In this process or another: until its new master is open, traffic is the plan's affair. */
  #planRuns(): boolean {
    const newest = this.#parts.memory.newest();
    const elsewhere = promotedElsewhere(newest, this.#parts.actor) && newest?.openedAt === null;
    return this.#parts.running() !== null || elsewhere;
  }
}

function automaticRecovery(parts: WatchParts): AutomaticRecovery {
  const { cluster, commander, prober, clock, log, store, randomLetters, actor, planner } = parts;
  return new AutomaticRecovery({
    ports: () => ({ commander: commander(), prober, clock }),
    context: (topology) => planner.context(topology),
    rejoinContext: (topology, instance, signal) => planner.contextOf(topology, instance, signal),
    circumstances: parts.circumstances,
    look: parts.look,
    recoveries: () => parts.memory.recoveries(),
    stopNotes: {
      noted: () => store?.stoppedReceivers(cluster) ?? [],
      note: (receivers) => store?.noteStopped(cluster, receivers),
      actor,
      now: () => clock.now(),
    },
    run: parts.run,
    detected: (detection) => {
      const at = clock.now();
      const id = recoveryId(at, randomLetters());
      store?.saveDetection({ ...detection, id, cluster, at });
    },
    monotonic: () => clock.monotonic(),
    log: (level, line) => log(level, `${cluster}: ${line}`),
  });
}
