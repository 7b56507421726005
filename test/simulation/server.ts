import { GtidIntervals, gtidText, type Transaction } from './transactions.ts';
import { SemiSyncSource, type Write } from './semi-sync.ts';
import type { Channel } from './channel.ts';
import type { Network } from './network.ts';
import type { SimProcess } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Where a server lives, and whom else it meets there. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly network: Network;
  serverAt(key: string): SimServer | undefined;
  readonly servers: readonly SimServer[];
  tell(line: string): void;
}

/** A connection of ours to a server. */
export interface SimSession {
  readonly id: number;
  readonly process: SimProcess;
  closed: boolean;
  /** When the server last heard of it. */
  heardAt: number;
  readonly onClose: () => void;
}

/** What a server has in its option file. */
export interface Boot {
  /** It starts read-only where it was so before, as with SET PERSIST; else it takes writes after each start. */
  readonly keepsReadOnly: boolean;
  readonly semiSyncSource: boolean;
  readonly semiSyncReplica: boolean;
  readonly semiSyncTimeoutMs: number;
  readonly waitsFor: number;
  /** `sync_binlog` and its kin: how many transactions a loss of power may take. */
  readonly unsynced: number;
  readonly connectRetrySeconds: number;
  readonly netTimeoutSeconds: number;
}

/** `hung`: it stands still, as after SIGSTOP; what is sent to it waits. `off`: its whole machine is. */
export type Power = 'up' | 'down' | 'hung' | 'off';

/** One database server: its binary log, its settings, and what it is doing. */
export class SimServer {
  readonly key: string;
  readonly host: string;
  readonly id: number;
  readonly flavor: 'mysql' | 'mariadb';
  readonly boot: Boot;
  readonly world: Surroundings;
  readonly sessions = new Set<SimSession>();
  readonly source: SemiSyncSource;
  log: Transaction[] = [];
  executed = new GtidIntervals();
  held = new Set<Transaction>();
  /** MariaDB: the last that came by replication. */
  slavePosition: Transaction | undefined;
  power: Power = 'up';
  /** Since when its power is what it is. */
  since = 0;
  readOnly = false;
  /** It is being closed: new commits wait. */
  closing = false;
  /** Its disk takes no more: every write waits. */
  isFull = false;
  semiSyncReplica: boolean;
  channel: Channel | undefined;
  lock: SimSession | undefined;
  #nextSession = 10;
  #backlog: (() => void)[] = [];

  constructor(key: string, flavor: 'mysql' | 'mariadb', boot: Boot, world: Surroundings) {
    this.key = key;
    this.host = key.split(':')[0] ?? key;
    this.id = Number(/\d+/.exec(key)?.[0]);
    this.flavor = flavor;
    this.boot = boot;
    this.world = world;
    this.semiSyncReplica = boot.semiSyncReplica;
    this.source = new SemiSyncSource(this);
  }

  get answers(): boolean {
    return this.power === 'up';
  }

  /** MariaDB numbers each transaction of a domain one higher than any before it. */
  nextTransaction(): Transaction {
    const highest = this.log.reduce(
      (most, it) =>
        this.flavor === 'mariadb' || it.origin === this.id ? Math.max(most, it.sequence) : most,
      0,
    );
    return { origin: this.id, sequence: highest + 1 };
  }

  append(transaction: Transaction): void {
    this.log.push(transaction);
    this.executed.add(transaction);
    this.held.add(transaction);
    for (const replica of this.world.servers) {
      if (replica.channel?.source === this.key) replica.channel.expect();
    }
  }

  /** A client commits here; what comes of it is noted at the write. */
  commit(write: Write): void {
    if (this.readOnly || this.closing || this.isFull || !this.answers) {
      write.end('refused');
      return;
    }
    write.transaction = this.nextTransaction();
    write.server = this.key;
    this.append(write.transaction);
    this.source.wait(write, this.log.length);
  }

  lastGtid(): string {
    const last = this.log.at(-1);
    return last === undefined ? '' : gtidText(last);
  }

  openSession(process: SimProcess, onClose: () => void): SimSession {
    this.#nextSession += 1;
    const heardAt = this.world.time.now;
    const session: SimSession = { id: this.#nextSession, process, closed: false, heardAt, onClose };
    this.sessions.add(session);
    return session;
  }

  /** The lock that it holds goes with it. */
  closeSession(session: SimSession): void {
    if (session.closed) return;
    session.closed = true;
    this.sessions.delete(session);
    if (this.lock === session) this.lock = undefined;
    session.process.after(this.world.network.latency(this.host, session.process.host), () => {
      if (this.world.network.passes(this.host, session.process.host)) session.onClose();
    });
  }

  /** Does the work now; later where it hangs; never where it does not live. */
  serve(work: () => void): void {
    if (this.power === 'up') work();
    if (this.power === 'hung') this.#backlog.push(work);
  }

  /** `off`: the whole machine, so that nothing refuses us; it may forget what was not synced. */
  stop(how: 'down' | 'off'): void {
    this.#become(how);
    this.#backlog = [];
    this.source.forget();
    this.closing = false;
    if (how === 'off') this.#loseTail();
    this.lock = undefined;
    for (const it of this.sessions) {
      if (how === 'down') this.closeSession(it);
      it.closed = true;
    }
    this.sessions.clear();
    this.channel?.lose();
    for (const replica of this.world.servers) {
      if (how === 'down' && replica.channel?.source === this.key) replica.channel.sourceEnded();
    }
  }

  start(): void {
    if (this.power === 'hung') return;
    const was = this.power;
    this.#become('up');
    if (was === 'up') return;
    this.readOnly = this.boot.keepsReadOnly && this.readOnly;
    this.source.restart(this.boot);
    this.semiSyncReplica = this.boot.semiSyncReplica;
    this.channel?.restart();
  }

  hang(): void {
    if (this.power === 'up') this.#become('hung');
  }

  resume(): void {
    if (this.power !== 'hung') return;
    this.#become('up');
    const late = this.#backlog;
    this.#backlog = [];
    late.forEach((it) => {
      this.world.time.after(0, () => {
        this.serve(it);
      });
    });
  }

  #become(power: Power): void {
    if (this.power !== power) this.since = this.world.time.now;
    this.power = power;
  }

  #loseTail(): void {
    const lost = this.log.splice(Math.max(0, this.log.length - this.boot.unsynced));
    if (lost.length === 0) return;
    this.world.tell(`${this.key} lost ${String(lost.length)} transactions with its power`);
    this.executed = new GtidIntervals();
    this.held = new Set(this.log);
    this.log.forEach((it) => {
      this.executed.add(it);
    });
    const replicated = this.log.findLast((it) => it.origin !== this.id);
    this.slavePosition = this.slavePosition === undefined ? undefined : replicated;
  }
}
