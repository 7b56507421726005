import type { Boot, SimServer } from './server.ts';
import type { Transaction } from './transactions.ts';

/** What one client wrote, and what it was told. */
export interface Write {
  readonly client: string;
  transaction: Transaction | undefined;
  server: string;
  /** `semi-sync`: acknowledged, and a replica had it. `async`: acknowledged alone. `unknown`: the client lost its connection. */
  outcome: 'semi-sync' | 'async' | 'unknown' | 'refused' | undefined;
  /** When it was acknowledged. */
  at: number;
  end(outcome: NonNullable<Write['outcome']>): void;
}

interface Waiting {
  readonly write: Write;
  /** Where it stands in the binary log, from 1. */
  readonly place: number;
  readonly acknowledgedBy: Set<string>;
}

/** How a server waits for its replicas before it tells a client that a commit is done. */
export class SemiSyncSource {
  enabled: boolean;
  active: boolean;
  timeoutMs: number;
  readonly waitsFor: number;
  readonly #server: SimServer;
  #waiting: Waiting[] = [];

  constructor(server: SimServer) {
    this.#server = server;
    this.enabled = server.boot.semiSyncSource;
    this.active = this.enabled;
    this.timeoutMs = server.boot.semiSyncTimeoutMs;
    this.waitsFor = server.boot.waitsFor;
  }

  get waitingSessions(): number {
    return this.#waiting.length;
  }

  /** Replicas that acknowledge now. */
  get clients(): number {
    return this.#server.world.servers.filter(
      (it) => it.channel?.source === this.#server.key && it.channel.acknowledges,
    ).length;
  }

  wait(write: Write, place: number): void {
    if (!this.enabled || !this.active) {
      write.end('async');
      return;
    }
    const waiting: Waiting = { write, place, acknowledgedBy: new Set() };
    this.#waiting.push(waiting);
    this.#server.world.time.after(this.timeoutMs, () => {
      this.#server.serve(() => {
        if (this.#waiting.includes(waiting)) this.#fallBack();
      });
    });
  }

  acknowledge(replica: string, place: number): void {
    if (!this.enabled) return;
    if (!this.active && place >= this.#server.log.length) this.active = true;
    this.#waiting
      .filter((it) => it.place <= place)
      .forEach((it) => {
        it.acknowledgedBy.add(replica);
      });
    const done = this.#waiting.filter((it) => it.acknowledgedBy.size >= this.waitsFor);
    this.#waiting = this.#waiting.filter((it) => !done.includes(it));
    done.forEach((it) => {
      it.write.end('semi-sync');
    });
  }

  /** Whoever waits is told that the commit is done: so a server does when it is told to wait no longer. */
  set(enabled: boolean): void {
    if (this.enabled && !enabled) {
      // The clients take it for as safe as what a replica acknowledged: to bring this about is for us to avoid.
      this.#endAll('semi-sync');
    }
    this.active = enabled;
    this.enabled = enabled;
  }

  /** Their clients are cut off; the transactions stay in the log. */
  cutClients(): void {
    this.#endAll('unknown');
  }

  /** The process is gone. */
  forget(): void {
    this.#endAll('unknown');
  }

  restart(boot: Boot): void {
    this.enabled = boot.semiSyncSource;
    this.active = boot.semiSyncSource;
  }

  #fallBack(): void {
    this.active = false;
    this.#endAll('async');
  }

  #endAll(outcome: NonNullable<Write['outcome']>): void {
    const all = this.#waiting;
    this.#waiting = [];
    all.forEach((it) => {
      it.write.end(outcome);
    });
  }
}
