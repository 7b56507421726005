import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server of this machine on which answers come at a bounded pace; what is sent there goes at once. */
export class SlowWay {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #bytesPerMs = Number.POSITIVE_INFINITY;

  /** Starts one before the server on this port. */
  static async before(port: number): Promise<SlowWay> {
    const way = new SlowWay(port);
    await once(way.#listener, 'listening');
    return way;
  }

  constructor(port: number) {
    this.#listener = createServer({ allowHalfOpen: true }, (client) => {
      const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      for (const it of [client, server]) {
        this.#sockets.add(it);
        it.once('close', () => this.#sockets.delete(it));
      }
      const ends = [pipeline(client, server), pipeline(server, (it) => this.#slowly(it), client)];
      // Who goes away in the middle is none of our business.
      void Promise.allSettled(ends);
    }).listen(0, '127.0.0.1');
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    const at = this.#listener.address();
    if (at === null || typeof at === 'string') throw new Error('It does not listen.');
    return `127.0.0.1:${String(at.port)}`;
  }

  /** From now on, on each connection. */
  slowTo(megabytesPerSecond: number): void {
    this.#bytesPerMs = (megabytesPerSecond * 1_000_000) / 1_000;
  }

  async close(): Promise<void> {
    this.#sockets.forEach((it) => it.destroy());
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  async *#slowly(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      yield piece;
      await sleep(piece.length / this.#bytesPerMs);
    }
  }
}
