import type { Recovery } from '../../src/core/model/recovery.ts';
import { beginning, type SimProcess } from './process.ts';
import type { SimServer } from './server.ts';
import type { Transaction } from './transactions.ts';
import type { SimWorld } from './world.ts';

/** A server that was out of reach for so long is known to be. */
const outOfReachMs = 5_000;

/** What nobody may be promoted against without a person, beside what the invariants say of all plans. */
export class AutomaticRules {
  /** What persons wrote on replicas. */
  readonly errant = new Set<Transaction>();
  readonly #world: SimWorld;
  readonly #broken: (says: string) => void;

  constructor(world: SimWorld, broken: (says: string) => void) {
    this.#world = world;
    this.#broken = broken;
  }

  /** As a failover begins: not on answers of long ago. */
  begins(plan: Recovery, process: SimProcess): void {
    const { network, time, servers } = this.#world;
    const isOut = (it: SimServer): boolean =>
      (!it.answers && time.now - it.since > outOfReachMs) ||
      network.brokenFor(process.host, it.host) > outOfReachMs;
    if (plan.kind === 'failover' && servers.every(isOut)) {
      this.#broken(`a failover to ${plan.newMaster} begins although nobody is in reach`);
    }
  }

  /** As the new master opens. */
  check(server: SimServer, process: SimProcess, plan: Recovery): void {
    const { scenario, servers } = this.#world;
    if (scenario.policy.ignoreHostFilters.includes(server.host)) {
      this.#broken(`${server.key} is promoted although the settings exclude it`);
    }
    const own = server.log.find(
      (it) =>
        this.errant.has(it) && servers.every((other) => other === server || !other.held.has(it)),
    );
    if (own !== undefined) {
      this.#broken(`${server.key} is promoted with a transaction that only it holds`);
    }
    const blocking = this.#blocking(process, plan);
    if (blocking !== undefined) {
      this.#broken(`${server.key} is promoted although nobody acknowledged ${blocking.id}`);
    }
  }

  #blocking(process: SimProcess, plan: Recovery): Recovery | undefined {
    const { monitors, scenario, time } = this.#world;
    const records = monitors.find((it) => it.host === process.host)?.journal.newest() ?? [];
    const now = beginning + time.now;
    return records.find(
      (it) =>
        it.id !== plan.id &&
        it.kind === 'failover' &&
        it.trigger !== 'user' &&
        it.openedAt !== null &&
        it.state !== 'undone' &&
        it.acknowledgement === null &&
        !(it.state === 'interrupted' && it.oldMaster === plan.oldMaster) &&
        now < it.startedAt + scenario.policy.blockSeconds * 1000,
    );
  }
}
