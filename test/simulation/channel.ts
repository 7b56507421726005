import type { ReplicationFault } from '../../src/core/model/instance.ts';
import { lostConnection, missingPlace, outOfOrder, refusedConnection } from './channel-errors.ts';
import { GtidIntervals, gtidText, sameGtid, type Transaction } from './transactions.ts';
import type { SimServer } from './server.ts';

/** How long a receiver needs to log in to its source, in milliseconds. */
const logInMs = 8;

/** What a replica received and did not apply yet. */
interface Received {
  readonly transaction: Transaction;
  /** Where it stands in the log of the source, from 1. */
  readonly place: number;
}

/** How a replica reads from its source: a receiver that fills the relay log, and an applier that empties it. */
export class Channel {
  readonly source: string;
  readonly #server: SimServer;
  connectRetrySeconds: number;
  delaySeconds = 0;
  /** How long it takes to apply one transaction. */
  applyMs = 1;
  receiverOn = false;
  applierOn = false;
  receiverError: ReplicationFault | null = null;
  applierError: ReplicationFault | null = null;
  stoppedByPerson = false;
  connected = false;
  connectedAt = 0;
  acknowledges = false;
  sourceId = 0;
  receivedPlace = 0;
  appliedPlace = 0;
  relay: Received[] = [];
  /** MySQL; `retrievedLast` is what MariaDB shows. */
  retrieved = new GtidIntervals();
  retrievedLast = '';
  #heardAt = 0;
  /** Grows with every start and stop: what was under way before is void. */
  #life = 0;
  #isConnecting = false;
  #isApplying = false;

  constructor(server: SimServer, source: string, connectRetrySeconds: number) {
    this.#server = server;
    this.source = source;
    this.connectRetrySeconds = connectRetrySeconds;
  }

  get receiver(): 'yes' | 'no' | 'connecting' {
    return this.receiverOn ? (this.connected ? 'yes' : 'connecting') : 'no';
  }

  /** Whether it really hears its source at this moment: the truth that no statement tells. */
  get hears(): boolean {
    return this.connected && this.#server.answers && this.wouldHear;
  }

  /** Whether it gets through to a source that works. */
  get wouldHear(): boolean {
    const { world, host } = this.#server;
    const source = world.serverAt(this.source);
    return source?.answers === true && world.network.joins(source.host, host);
  }

  startReceiver(): void {
    if (this.receiverOn) return;
    this.receiverOn = true;
    this.receiverError = null;
    if (this.#server.flavor === 'mariadb' && !this.applierOn) {
      // With GTID it throws the relay log away when the receiver starts while the applier stands.
      this.#dropRelay();
    }
    this.#connect();
  }

  stopReceiver(): void {
    this.receiverOn = false;
    this.#disconnect();
  }

  startApplier(): void {
    this.applierOn = true;
    this.applierError = null;
    this.#applyNext();
  }

  stopApplier(): void {
    this.applierOn = false;
  }

  fail(error: ReplicationFault): void {
    this.applierOn = false;
    this.applierError = error;
  }

  lose(): void {
    this.#disconnect();
    this.#isApplying = false;
  }

  /** The replica starts again, and both threads with it, whatever stopped them. */
  restart(): void {
    this.receiverOn = false;
    this.stoppedByPerson = false;
    this.retrieved = new GtidIntervals();
    if (this.#server.flavor === 'mariadb') this.#dropRelay();
    this.relay.forEach((it) => {
      this.retrieved.add(it.transaction);
    });
    if (this.applierError === null) this.startApplier();
    this.startReceiver();
  }

  /** Its source's process ended: the system of that machine says so. */
  sourceEnded(): void {
    const { world, host } = this.#server;
    const [source, life] = [world.serverAt(this.source), this.#life];
    world.time.after(world.network.latency(source?.host ?? '', host), () => {
      if (life === this.#life && source !== undefined && world.network.passes(source.host, host)) {
        this.#server.serve(() => {
          if (life === this.#life) this.#reconnect(lostConnection);
        });
      }
    });
  }

  /** Something new stands in the source's log. */
  expect(): void {
    const { world, host } = this.#server;
    const source = world.serverAt(this.source);
    if (!this.connected || source === undefined) return;
    const life = this.#life;
    world.time.after(world.network.latency(source.host, host), () => {
      if (life === this.#life) this.#take(source);
    });
  }

  /** Called every second: what got stuck goes on, and a silent source is given up after its time. */
  tick(): void {
    const { world, boot, answers } = this.#server;
    const source = world.serverAt(this.source);
    if (!answers || source === undefined || !this.receiverOn) return;
    if (this.connected && this.hears) {
      this.#heardAt = world.time.now;
      this.#take(source);
    } else if (this.connected && world.time.now - this.#heardAt > boot.netTimeoutSeconds * 1000) {
      this.#reconnect(lostConnection);
    }
  }

  #reconnect(error: ReplicationFault): void {
    if (!this.connected) return;
    this.#disconnect();
    if (this.receiverOn) {
      this.receiverError = error;
      this.#connect();
    }
  }

  #disconnect(): void {
    this.#life += 1;
    this.connected = false;
    this.acknowledges = false;
    this.#isConnecting = false;
  }

  #connect(): void {
    const { world } = this.#server;
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    const life = this.#life;
    world.time.after(logInMs, () => {
      this.#server.serve(() => {
        if (life !== this.#life || !this.receiverOn) return;
        this.#isConnecting = false;
        if (this.wouldHear) {
          this.#logIn(world.serverAt(this.source));
        } else {
          this.#tryLater();
        }
      });
    });
  }

  /** A source that refuses says so at once; one that is silent lets the attempt run out of time. */
  #tryLater(): void {
    const { world, host } = this.#server;
    const source = world.serverAt(this.source);
    const refused = source?.power === 'down' && world.network.joins(source.host, host);
    if (refused) this.receiverError = refusedConnection;
    const life = this.#life;
    world.time.after(this.connectRetrySeconds * 1000, () => {
      this.#server.serve(() => {
        if (life === this.#life && this.receiverOn) this.#connect();
      });
    });
  }

  #logIn(source: SimServer | undefined): void {
    if (source === undefined) return;
    const { world, flavor } = this.#server;
    const place = flavor === 'mysql' ? 0 : this.#placeIn(source);
    if (place === undefined) {
      this.receiverOn = false;
      this.receiverError = missingPlace;
      return;
    }
    this.connected = true;
    this.connectedAt = world.time.now;
    this.#heardAt = world.time.now;
    this.receiverError = null;
    this.sourceId = source.id;
    this.acknowledges = this.#server.semiSyncReplica && source.source.enabled;
    this.receivedPlace = place;
    this.appliedPlace = this.relay.length === 0 ? place : this.appliedPlace;
    this.#take(source);
  }

  /** MariaDB asks for what comes behind the last that it has; undefined where the source has no such thing. */
  #placeIn(source: SimServer): number | undefined {
    const last = this.relay.at(-1)?.transaction ?? this.#server.slavePosition;
    if (last === undefined) return 0;
    const place = source.log.findLastIndex((it) => sameGtid(it, last));
    return place === -1 ? undefined : place + 1;
  }

  #take(source: SimServer): void {
    if (!this.hears) return;
    const fresh = source.log.slice(this.receivedPlace);
    fresh.forEach((transaction, index) => {
      const place = this.receivedPlace + index + 1;
      if (!this.#has(transaction)) this.relay.push({ transaction, place });
      this.retrieved.add(transaction);
      this.retrievedLast = gtidText(transaction);
    });
    this.receivedPlace = source.log.length;
    if (this.relay.length === 0) this.appliedPlace = this.receivedPlace;
    this.#acknowledge(source);
    this.#applyNext();
  }

  #has(transaction: Transaction): boolean {
    return this.#server.flavor === 'mysql'
      ? this.#server.executed.holds(transaction) ||
          this.relay.some(({ transaction: it }) => sameGtid(it, transaction))
      : transaction.origin === this.#server.id;
  }

  #acknowledge(source: SimServer): void {
    const { world, host, key } = this.#server;
    if (!this.acknowledges) return;
    const place = this.receivedPlace;
    world.time.after(world.network.latency(host, source.host), () => {
      if (world.network.passes(host, source.host)) {
        source.serve(() => {
          source.source.acknowledge(key, place);
        });
      }
    });
  }

  #applyNext(): void {
    const [next] = this.relay;
    if (this.#isApplying || !this.applierOn || next === undefined) return;
    this.#isApplying = true;
    this.#server.world.time.after(this.applyMs + this.delaySeconds * 1000, () => {
      this.#isApplying = false;
      if (!this.#server.answers) {
        if (this.#server.power === 'hung') this.#server.serve(() => this.#applyNext());
        return;
      }
      if (this.applierOn && this.relay[0] === next && this.#server.channel === this) {
        this.#apply(next);
      }
      this.#applyNext();
    });
  }

  #apply({ transaction, place }: Received): void {
    const server = this.#server;
    const isLate = server.log.some((it) => it.sequence >= transaction.sequence);
    if (server.flavor === 'mariadb' && isLate) {
      this.fail(outOfOrder);
      return;
    }
    this.relay.shift();
    this.appliedPlace = place;
    server.append(transaction);
    server.slavePosition = transaction;
  }

  #dropRelay(): void {
    this.relay = [];
    this.receivedPlace = this.appliedPlace;
    this.retrievedLast = '';
  }
}
