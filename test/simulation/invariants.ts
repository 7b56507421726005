import type { Action } from '../../src/core/model/plan.ts';
import type { Recovery } from '../../src/core/model/recovery.ts';
import { AutomaticRules } from './automatic-rules.ts';
import type { SimProcess } from './process.ts';
import type { SimServer } from './server.ts';
import type { SimWorld, Watcher } from './world.ts';

/** A master that has answered for less time than this may have come back behind our last look. */
const justNowMs = 2_000;
/** A former master is closed within this, also where closing it failed a few times and is put off. */
const closedWithinMs = 75_000;
/** Proxies of two hosts that reach the same servers agree within this. */
const agreedWithinMs = 20_000;

export interface Violation {
  readonly which: string;
  readonly says: string;
  readonly at: number;
}

/**
 * What must hold whatever happens, checked against the truth of the world.
 *
 * - I1: never two writable masters that an application can reach through us. Nobody is opened while another server, which
 *   reads from nobody and has answered the acting process for two seconds, takes writes; a former master that comes back is
 *   closed in bounded time; proxies of two hosts that both reach both servers do not lead to two of them for long. It
 *   cannot hold at every moment between two sides of a split network, where a master lives on alone: nothing that we
 *   may say reaches it. With semi-synchronous replication it acknowledges nothing there.
 * - I2: what a replica acknowledged, and a client was told, is held by every server that we open, as long as any server
 *   holds it. What a master acknowledged alone, because it had stopped waiting, may be lost with it. So may what bears the
 *   number of another transaction: a master that lost its last ones with its power gives their numbers again.
 * - I3: nobody replaces a master by itself that works and that a reachable replica hears: neither now nor when this very
 *   plan stopped its receiver.
 * - I3 has two more of its kind: a host that the settings exclude is never promoted by itself, nor a server that alone holds
 *   what somebody wrote there; and a recovery that nobody acknowledged blocks the next, for its time.
 * - I5: nothing is done to a cluster that nothing happened to.
 *
 * I4 and I6 are about the end of a history: see `settled.ts`.
 */
export class Invariants {
  readonly violations: Violation[] = [];
  /** Nothing happened to the cluster so far. */
  isHealthy = true;
  readonly #world: SimWorld;
  /** Replicas whose receivers heard the master when a plan stopped them, by the plan. */
  readonly #cut = new Map<string, Set<string>>();
  readonly rules: AutomaticRules;
  #twoSince: number | undefined;

  constructor(world: SimWorld) {
    this.#world = world;
    this.rules = new AutomaticRules(world, (says) => {
      this.broken('I3', says);
    });
  }

  broken(which: string, says: string): void {
    const { time } = this.#world;
    if (this.violations.some((it) => it.which === which)) return;
    this.violations.push({ which, says, at: time.now });
    this.#world.tell(`VIOLATION ${which}: ${says}`);
  }

  /** Right before an action of ours takes effect. */
  before(action: Action, server: SimServer, process: SimProcess): void {
    if (this.isHealthy) {
      this.broken('I5', `${action.do} on ${server.key} although nothing had happened`);
    }
    const plan = this.#planOf(process);
    if (plan === undefined) return;
    if (action.do === 'stop-receiver' && server.channel?.hears === true) {
      const cut = this.#cut.get(plan.id) ?? new Set();
      this.#cut.set(plan.id, cut.add(server.key));
    }
    if (action.do === 'set-writable' && server.key === plan.newMaster) {
      this.#beforeOpening(server, process, plan);
    }
  }

  /** Every second. */
  look(): void {
    this.#lookAtProxies();
    this.#lookAtFormerMasters();
  }

  #beforeOpening(server: SimServer, process: SimProcess, plan: Recovery): void {
    const writable = this.#world.servers.find(
      (it) => it !== server && isOpenMaster(it) && this.#answersFor(it, process, justNowMs),
    );
    if (writable !== undefined) {
      this.broken('I1', `${server.key} is opened while ${writable.key} takes writes`);
    }
    this.#checkAcknowledged(server);
    if (plan.kind === 'failover' && plan.trigger !== 'user') {
      this.#checkUnheard(process, plan);
      this.rules.check(server, process, plan);
    }
  }

  #checkAcknowledged(server: SimServer): void {
    const lost = this.#world.writes.filter(
      ({ outcome, transaction: it }) =>
        outcome === 'semi-sync' &&
        it !== undefined &&
        !server.held.has(it) &&
        !server.executed.holds(it),
    );
    const kept = lost.filter(({ transaction }) =>
      this.#world.servers.some(
        (it) =>
          transaction !== undefined &&
          (it.held.has(transaction) ||
            it.channel?.relay.some((row) => row.transaction === transaction) === true),
      ),
    );
    const [first] = kept;
    if (first?.transaction !== undefined) {
      const { origin, sequence } = first.transaction;
      this.broken(
        'I2',
        `${server.key} is opened without ${String(kept.length)} acknowledged transactions, such as ${String(origin)}-${String(sequence)}`,
      );
    }
  }

  #checkUnheard(process: SimProcess, plan: Recovery): void {
    const { servers, network } = this.#world;
    const master = servers.find((it) => it.key === plan.oldMaster);
    if (master === undefined || !master.answers || this.#sinceMs(master.since) < justNowMs) return;
    const cut = this.#cut.get(plan.id) ?? new Set();
    const witness = servers.find(
      (it) =>
        it.answers &&
        network.joins(process.host, it.host) &&
        network.joins(master.host, it.host) &&
        (cut.has(it.key) || (it.channel?.hears === true && it.channel.source === master.key)),
    );
    if (witness !== undefined) {
      this.broken('I3', `${plan.newMaster} is opened although ${witness.key} hears ${master.key}`);
    }
  }

  #lookAtProxies(): void {
    const { monitors, network, time } = this.#world;
    const leading = monitors.flatMap(({ host, port }) => {
      const server = this.#world.servers.find((it) => it.key === port.serving?.target);
      return server !== undefined && isOpenMaster(server) && network.joins(host, server.host)
        ? [{ host, server }]
        : [];
    });
    const [one, other] = leading;
    const differ =
      one !== undefined &&
      other !== undefined &&
      one.server !== other.server &&
      network.joins(one.host, other.server.host) &&
      network.joins(other.host, one.server.host);
    this.#twoSince = differ ? (this.#twoSince ?? time.now) : undefined;
    if (differ && time.now - (this.#twoSince ?? time.now) > agreedWithinMs) {
      this.broken('I1', `proxies lead to ${one.server.key} and to ${other.server.key}`);
    }
  }

  #lookAtFormerMasters(): void {
    for (const watcher of this.#world.watchers) {
      const opened = watcher.monitor.journal
        .newest()
        .find((it) => it.openedAt !== null && it.state !== 'undone');
      const former = this.#world.servers.find((it) => it.key === opened?.oldMaster);
      const master = this.#world.servers.find((it) => it.key === opened?.newMaster);
      if (
        former !== undefined &&
        master !== undefined &&
        isOpenMaster(former) &&
        isOpenMaster(master) &&
        this.#mayClose(watcher, [former, master])
      ) {
        this.broken('I1', `${former.key} came back and takes writes beside ${master.key}`);
      }
    }
  }

  /** It has been free to act, and has reached them, for long enough. */
  #mayClose(watcher: Watcher, servers: readonly SimServer[]): boolean {
    const { process, monitor } = watcher;
    const holder = monitor.journal.leases.get(`watch:${this.#world.scenario.policy.cluster}`);
    return (
      process.runs &&
      holder?.process === process &&
      monitor.journal.trouble === undefined &&
      monitor.journal.disarming === undefined &&
      this.#sinceMs(this.calmSince) > closedWithinMs &&
      servers.every((it) => this.#answersFor(it, process, closedWithinMs))
    );
  }

  /** When the last fault ended. */
  calmSince = 0;

  #answersFor(server: SimServer, process: SimProcess, forMs: number): boolean {
    const joined = this.#world.network.joinedSince(process.host, server.host);
    return server.answers && this.#sinceMs(server.since) >= forMs && this.#sinceMs(joined) >= forMs;
  }

  #sinceMs(at: number): number {
    return this.#world.time.now - at;
  }

  #planOf(process: SimProcess): Recovery | undefined {
    const monitor = this.#world.monitors.find((it) => it.host === process.host);
    return [...(monitor?.journal.recoveries.values() ?? [])]
      .map((it) => it.recovery)
      .findLast((it) => it.state === 'running' && it.actor === process.name);
  }
}

/** Takes writes, and reads from nobody. */
export function isOpenMaster({ answers, readOnly, channel }: SimServer): boolean {
  return answers && !readOnly && channel === undefined;
}
