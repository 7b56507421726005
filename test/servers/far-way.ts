import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { portOf } from './fault-proxy.ts';
import { saidIn } from './said-in.ts';
import type { Way } from './way.ts';

export interface Distance {
  /** Milliseconds from a question to its answer, beyond what the server needs. */
  readonly roundTripMs: number;
  /** Each piece takes up to so many milliseconds more; none overtakes another. Default 0. */
  readonly jitterMs?: number;
}

/** From a client's question, or its wish to connect, to the end of the answer. Times are those of `systemClock.monotonic`. */
export interface Exchange {
  readonly connection: number;
  readonly askedAt: number;
  /** Of its newest piece; undefined while nothing came. */
  answeredAt: number | undefined;
  /** The statements, where they can be read. */
  says: string;
}

/** How often a server that does not listen is looked for, in milliseconds. */
const lookMs = 5;

/**
 * A way to a server of this machine as if it were far. A greeting comes after two round trips, as over TCP: one for its
 * handshake, one for the first words. Where nobody listens, nobody listens here either: that is said one round trip too
 * early, for only the kernel could say it late.
 */
export class FarWay implements Way {
  readonly exchanges: Exchange[] = [];
  readonly #target: number;
  readonly #distance: Distance;
  readonly #sockets = new Set<Socket>();
  #listener: Server | undefined;
  #port = 0;
  #connections = 0;
  #isClosed = false;

  /** Starts one before the server on this port. */
  static async before(port: number, distance: Distance): Promise<FarWay> {
    const way = new FarWay(port, distance);
    await way.#listen();
    return way;
  }

  constructor(port: number, distance: Distance) {
    this.#target = port;
    this.#distance = distance;
  }

  get address(): string {
    return `127.0.0.1:${String(this.#port)}`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sockets.forEach((it) => it.destroy());
    await this.#stopListening();
  }

  async #listen(): Promise<void> {
    const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      this.#accept(client);
    });
    this.#listener = listener;
    listener.listen(this.#port, '127.0.0.1');
    await once(listener, 'listening');
    this.#port = portOf(listener);
  }

  async #stopListening(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener !== undefined) await new Promise((resolve) => listener.close(resolve));
  }

  #accept(client: Socket): void {
    const { roundTripMs } = this.#distance;
    const now = systemClock.monotonic();
    this.#connections += 1;
    const log = new Log(this.exchanges, this.#connections, now);
    this.#keep(client);
    const server = connect({
      port: this.#target,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    this.#keep(server);
    const there = new Delayed(server, this.#distance, now + 1.5 * roundTripMs);
    const back = new Delayed(client, this.#distance, now + 2 * roundTripMs);
    client.on('data', (piece) => {
      log.asked(piece);
      there.send(piece);
    });
    server.on('data', (piece) => {
      back.send(piece, () => {
        log.answered();
      });
    });
    client.on('end', () => {
      there.end();
    });
    client.on('close', () => {
      there.end();
    });
    server.on('end', () => {
      back.end();
    });
    server.on('close', () => {
      back.end();
      void this.#lookWhetherItListens();
    });
    server.on('error', () => {
      back.cut();
    });
    client.on('error', () => {
      there.cut();
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** A server that ended refuses connections: so do we, until it is there again. */
  async #lookWhetherItListens(): Promise<void> {
    if (this.#isClosed || this.#listener === undefined || (await listens(this.#target))) return;
    await this.#stopListening();
    while (!this.#isClosed && !(await listens(this.#target))) await sleep(lookMs);
    if (!this.#isClosed && this.#listener === undefined) await this.#listen();
  }
}

/** Hands on late what it is given, in order. */
class Delayed {
  readonly #to: Socket;
  readonly #distance: Distance;
  readonly #waiting: { readonly due: number; readonly act: () => void }[] = [];
  #due: number;

  /** `notBefore`: when the first piece may arrive. */
  constructor(to: Socket, distance: Distance, notBefore: number) {
    this.#to = to;
    this.#distance = distance;
    this.#due = notBefore;
  }

  send(piece: Buffer, sent?: () => void): void {
    this.#later(() => {
      if (this.#to.writable) this.#to.write(piece);
      sent?.();
    });
  }

  end(): void {
    this.#later(() => this.#to.end());
  }

  cut(): void {
    this.#later(() => this.#to.resetAndDestroy());
  }

  #later(act: () => void): void {
    const { roundTripMs, jitterMs = 0 } = this.#distance;
    const earliest = systemClock.monotonic() + roundTripMs / 2 + Math.random() * jitterMs;
    this.#due = Math.max(this.#due, earliest);
    this.#waiting.push({ due: this.#due, act });
    if (this.#waiting.length === 1) this.#wait();
  }

  /** One timer for all: timers of their own would be rounded, and overtake one another. */
  #wait(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    setTimeout(
      () => {
        first.act();
        this.#waiting.shift();
        this.#wait();
      },
      Math.max(0, first.due - systemClock.monotonic()),
    );
  }
}

/** Which answer belongs to which question of one connection. */
class Log {
  readonly #all: Exchange[];
  readonly #connection: number;
  #open: Exchange;

  constructor(all: Exchange[], connection: number, at: number) {
    this.#all = all;
    this.#connection = connection;
    this.#open = { connection, askedAt: at, answeredAt: undefined, says: '(connects)' };
    all.push(this.#open);
  }

  /** Whatever is said before an answer began is one question. */
  asked(piece: Buffer): void {
    const says = saidIn(piece);
    if (this.#open.answeredAt === undefined) {
      this.#open.says += `; ${says}`;
      return;
    }
    const askedAt = systemClock.monotonic();
    this.#open = { connection: this.#connection, askedAt, answeredAt: undefined, says };
    this.#all.push(this.#open);
  }

  answered(): void {
    this.#open.answeredAt = systemClock.monotonic();
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
