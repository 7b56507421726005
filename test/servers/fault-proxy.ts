import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Way } from './way.ts';

/**
 * `pass`: forwards. `hang`: connections stay open and new ones are accepted, but nothing moves.
 * `reset`: every connection is reset, new ones too. `refuse`: nobody listens.
 * `cut`: the next answer of the server ends in its middle, with the connection.
 */
export type FaultMode = 'pass' | 'hang' | 'reset' | 'refuse' | 'cut';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A way to a server that can be broken. Listens on a port of 127.0.0.1 of its own choice. */
export class FaultProxy implements Way {
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  #mode: FaultMode = 'pass';
  #listener: Server | undefined;
  #port = 0;
  #delayMs = 0;

  /** Starts a proxy before the server on this port. */
  static async before(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    await proxy.#listen();
    return proxy;
  }

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return this.#port;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${String(this.#port)}`;
  }

  async turn(mode: FaultMode): Promise<void> {
    this.#mode = mode;
    for (const pair of this.#pairs) {
      this.#apply(pair);
    }
    if (mode === 'refuse') {
      await this.#stopListening();
    } else if (this.#listener === undefined) {
      await this.#listen();
    }
  }

  /** Every piece of data waits this long, in both directions. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async close(): Promise<void> {
    await this.turn('refuse');
  }

  #accept(client: Socket): void {
    if (this.#mode === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const pair = { client, server: connect(this.#targetPort, '127.0.0.1') };
    this.#pairs.add(pair);
    this.#forward(pair.client, pair.server, pair, false);
    this.#forward(pair.server, pair.client, pair, true);
    this.#apply(pair);
  }

  #forward(from: Socket, to: Socket, pair: Pair, isAnswer: boolean): void {
    from.setNoDelay();
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#pairs.delete(pair);
      pair.client.destroy();
      pair.server.destroy();
    });
    from.on('data', (piece) => {
      if (isAnswer && this.#mode === 'cut') {
        pair.client.end(piece.subarray(0, Math.max(1, Math.floor(piece.length / 2))));
      } else if (this.#delayMs > 0) {
        setTimeout(() => to.write(piece), this.#delayMs);
      } else {
        to.write(piece);
      }
    });
  }

  #apply({ client, server }: Pair): void {
    if (this.#mode === 'reset' || this.#mode === 'refuse') {
      client.resetAndDestroy();
      server.resetAndDestroy();
      return;
    }
    for (const socket of [client, server]) {
      if (this.#mode === 'hang') {
        socket.pause();
      } else {
        socket.resume();
      }
    }
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = createServer((client) => {
        this.#accept(client);
      });
      listener.once('error', reject);
      listener.listen(this.#port, '127.0.0.1', () => {
        this.#port = portOf(listener);
        this.#listener = listener;
        resolve();
      });
    });
  }

  #stopListening(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    return new Promise((resolve) => {
      if (listener === undefined) {
        resolve();
        return;
      }
      listener.close(() => {
        resolve();
      });
    });
  }
}

/** Accepts connections and never says a word, as a server that hangs before its greeting. */
export async function silentListener(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(listener),
    close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      return new Promise((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
    },
  };
}

export function portOf(listener: Server): number {
  const address: AddressInfo | string | null = listener.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The listener has no port.');
  }
  return address.port;
}
