import { analyse } from '../../analyse/analyse.ts';
import type { Finding } from '../../model/finding.ts';
import type { InstanceKey } from '../../model/instance.ts';
import type { Policy } from '../../model/policy.ts';
import type { Topology } from '../../model/topology.ts';
import type { RoundParts } from './take-round.ts';
import { withJournal } from './journal-finding.ts';
import { writeDownEveryMs, type ClusterMemory } from './memory.ts';
import { electorateOf, roundsOf, type TakeRound } from './take-round.ts';

/** What one round saw, and what is wrong there. */
export interface Picture {
  readonly topology: Topology;
  /** Gravest first. */
  readonly findings: readonly Finding[];
}

export interface ObserverParts extends RoundParts {
  readonly policy: () => Promise<Policy>;
  readonly memory: ClusterMemory;
  /** What is known of the cluster beside its rounds, such as the last attempt to write on its master. */
  readonly join: (topology: Topology) => Topology;
  /** Why nothing can be recorded now; one sentence. */
  readonly storeTrouble: () => string | undefined;
}

export interface Look {
  readonly picture: Picture;
  /** As it was in force then. */
  readonly policy: Policy;
  /** False where a round that began later has ended already: its picture is newer. */
  readonly isNewest: boolean;
}

/** Takes rounds of one cluster and keeps the newest picture. Knows nothing of plans. */
export class Observer {
  readonly #parts: ObserverParts;
  readonly #takeRound: TakeRound;
  #newest: Picture | undefined;
  #begun = 0;
  #shown = 0;
  #writtenDownAt = Number.NEGATIVE_INFINITY;
  #electorate: readonly InstanceKey[] = [];

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    this.#takeRound = roundsOf(parts, parts.memory);
  }

  /** Undefined before the first round has ended. */
  get newest(): Picture | undefined {
    return this.#newest;
  }

  /** Replicas that were replicating at the last good look at the master: whose locks count. */
  get electorate(): readonly InstanceKey[] {
    return this.#electorate;
  }

  async look(signal: AbortSignal): Promise<Look> {
    this.#begun += 1;
    const round = this.#begun;
    const { policy, join, storeTrouble } = this.#parts;
    const topology = join(await this.#takeRound(this.#newest?.topology, signal));
    const inForce = await policy();
    const findings = withJournal(analyse(topology, inForce), storeTrouble(), inForce);
    const isNewest = round > this.#shown;
    if (isNewest) {
      this.#shown = round;
      this.#newest = { topology, findings };
      this.#learn(topology);
    }
    return { picture: { topology, findings }, policy: inForce, isNewest };
  }

  #learn(topology: Topology): void {
    const now = this.#parts.clock.monotonic();
    const due = now - this.#writtenDownAt >= writeDownEveryMs;
    this.#parts.memory.learn(topology, due);
    this.#writtenDownAt = due ? now : this.#writtenDownAt;
    const { good, replicas } = electorateOf(topology);
    this.#electorate = good || this.#electorate.length === 0 ? replicas : this.#electorate;
  }
}
