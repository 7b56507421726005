import { createServer, type Server } from 'node:net';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Proxy, ProxyPicture, ProxyTargets } from '../../core/ports.ts';
import { directDial, socketOptions, type Dial } from '../dial.ts';
import { ClientConnection, type ConnectionWatcher } from './client-connection.ts';
import { endpointOf, loopbackEndpointOf, type Endpoint } from './endpoint.ts';

export interface EmbeddedProxyOptions {
  /** `host:port` that applications connect to; of this machine only. */
  readonly listen: string;
  /** How long a new connection waits for a target that takes it before it is closed; default 10 s. */
  readonly waitMs?: number;
  /** Between two attempts to reach a target that takes nobody; default 25 ms. */
  readonly retryMs?: number;
  /** How a target is reached; straight from this machine unless told. */
  readonly dial?: Dial;
}

const defaultWaitMs = 10_000;
const defaultRetryMs = 25;
/** Longer than the first repetition of a lost packet, which comes after a second. */
const attemptMs = 2_000;
/** So that many who waited do not overflow the queue of a server that has just begun to listen. */
const attemptsAtOnce = 64;
const backlog = 1_024;

/** One port of this machine that always leads to the master. Forwards bytes, and knows nothing of what they mean. */
export class EmbeddedProxy implements Proxy {
  readonly #options: Required<EmbeddedProxyOptions>;
  /** In the order of arrival. */
  readonly #connections = new Set<ClientConnection>();
  /** Those without a target, in the order in which they are let through. */
  #waiting = new Set<ClientConnection>();
  #listener: Server | undefined;
  #target: Endpoint | undefined;
  #problem: string | null = null;
  /** The target takes nobody: only the first in the queue tries, again and again. */
  #isDoubtful = false;
  #nextAttempt: NodeJS.Timeout | undefined;

  constructor(options: EmbeddedProxyOptions) {
    this.#options = {
      waitMs: defaultWaitMs,
      retryMs: defaultRetryMs,
      dial: directDial,
      ...options,
    };
  }

  async open(): Promise<void> {
    if (this.#listener !== undefined) {
      return;
    }
    this.#problem = null;
    try {
      const { address, host, port } = loopbackEndpointOf(this.#options.listen);
      this.#listener = this.#newListener();
      await listening(this.#listener, address, { host, port, backlog });
    } catch (error) {
      this.#listener = undefined;
      this.#problem = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  show(): ProxyPicture {
    return {
      kind: 'embedded',
      listen: this.#options.listen,
      state: this.#state(),
      target: this.#listener === undefined ? null : (this.#target?.address ?? null),
      connections: this.#connections.size,
      problem: this.#problem,
    };
  }

  /** Takes effect before it returns, as `pointAt` does: both run in this process and wait for nothing. */
  async hold(): Promise<void> {
    this.#target = undefined;
    this.#recallAll();
  }

  async pointAt({ master }: ProxyTargets): Promise<void> {
    this.leadTo(master.address);
  }

  async verify(): Promise<string | null> {
    return this.show().target;
  }

  leadTo(address: string): void {
    const target = endpointOf(address);
    if (target.address === this.#options.listen) {
      throw new ReplicationError(
        'refused-by-check',
        `The proxy on ${address} cannot lead to itself.`,
      );
    }
    if (target.address !== this.#target?.address) {
      this.#target = target;
      this.#recallAll();
      this.#letThrough(target);
    }
  }

  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#target = undefined;
    this.#problem = null;
    this.#trust();
    for (const it of this.#connections) {
      it.cut();
    }
    if (listener !== undefined) {
      await new Promise<void>((resolve) => {
        listener.close(() => {
          resolve();
        });
      });
    }
  }

  #state(): ProxyPicture['state'] {
    if (this.#listener === undefined) {
      return 'closed';
    }
    return this.#target === undefined ? 'holding' : 'leading';
  }

  #newListener(): Server {
    const listener = createServer(socketOptions, (client) => {
      const { waitMs, dial } = this.#options;
      const bounds = { waitMs, attemptMs, dial };
      const connection = new ClientConnection(client, bounds, this.#watcher);
      this.#connections.add(connection);
      this.#waiting.add(connection);
      this.#goOn();
    });
    listener.on('error', (error) => {
      this.#problem = `${this.#options.listen}: ${error.message}.`;
    });
    return listener;
  }

  readonly #watcher: ConnectionWatcher = {
    reached: (connection) => {
      this.#waiting.delete(connection);
      this.#trust();
      this.#goOn();
    },
    missed: (connection) => {
      this.#waiting.add(connection);
      this.#isDoubtful = true;
      this.#goOnLater();
    },
    ended: (connection) => {
      this.#connections.delete(connection);
      if (!this.#waiting.delete(connection)) {
        return;
      }
      // Where many give up in one moment, each would start the attempt of the next.
      if (this.#isDoubtful) {
        this.#goOnLater();
      } else {
        this.#goOn();
      }
    },
  };

  #goOnLater(): void {
    this.#nextAttempt ??= setTimeout(() => {
      this.#nextAttempt = undefined;
      this.#goOn();
    }, this.#options.retryMs);
  }

  #recallAll(): void {
    this.#trust();
    this.#waiting = new Set([...this.#connections].filter((it) => it.recall()));
  }

  #trust(): void {
    this.#isDoubtful = false;
    clearTimeout(this.#nextAttempt);
    this.#nextAttempt = undefined;
  }

  #goOn(): void {
    if (this.#target !== undefined && this.#nextAttempt === undefined) {
      this.#letThrough(this.#target);
    }
  }

  #letThrough(target: Endpoint): void {
    let places = this.#isDoubtful ? 1 : attemptsAtOnce;
    for (const it of this.#waiting) {
      if (places === 0) {
        return;
      }
      places -= 1;
      it.reach(target);
    }
  }
}

function listening(
  listener: Server,
  address: string,
  where: { readonly host: string; readonly port: number; readonly backlog: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new ReplicationError('statement-failed', whyNot(address, cause), { cause }));
    });
    listener.once('close', () => {
      reject(new ReplicationError('cancelled', `The proxy on ${address} was closed.`));
    });
    listener.listen(where, resolve);
  });
}

function whyNot(address: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `The proxy cannot listen on ${address}: another program listens there.`;
    case 'EACCES':
      return `The proxy cannot listen on ${address}: the system keeps this port for itself.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The proxy cannot listen on ${address}: this machine has no such address.`;
    default:
      return `The proxy cannot listen on ${address}: ${message}.`;
  }
}
