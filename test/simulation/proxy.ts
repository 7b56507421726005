import { ReplicationError } from '../../src/core/model/replication-error.ts';
import type { Proxy, ProxyPicture, ProxyTargets } from '../../src/core/ports.ts';
import type { SimProcess } from './process.ts';

/** The proxies of one host: one address can be listened on once. */
export class ProxyPort {
  readonly host: string;
  owner: SimProxy | undefined;

  constructor(host: string) {
    this.host = host;
  }

  /** Who serves applications here now: not one whose process stands still. */
  get serving(): SimProxy | undefined {
    return this.owner?.process.runs === true ? this.owner : undefined;
  }
}

/** Leads the simulated clients of one host. */
export class SimProxy implements Proxy {
  readonly process: SimProcess;
  readonly #port: ProxyPort;
  /** Grows whenever connections are cut. */
  generation = 0;
  target: string | undefined;

  constructor(port: ProxyPort, process: SimProcess) {
    this.#port = port;
    this.process = process;
    process.onEnd(() => {
      this.#leave();
    });
  }

  async open(): Promise<void> {
    const { owner } = this.#port;
    if (owner !== undefined && owner !== this) {
      throw new ReplicationError('statement-failed', 'Another program listens there.');
    }
    this.#port.owner = this;
  }

  show(): ProxyPicture {
    const isOpen = this.#port.owner === this;
    return {
      kind: 'embedded',
      listen: `${this.#port.host}:6033`,
      state: isOpen ? (this.target === undefined ? 'holding' : 'leading') : 'closed',
      target: isOpen ? (this.target ?? null) : null,
      connections: 0,
      problem: null,
    };
  }

  async hold(): Promise<void> {
    this.target = undefined;
    this.generation += 1;
  }

  async verify(): Promise<string | null> {
    return this.show().target;
  }

  async pointAt({ master: { address } }: ProxyTargets): Promise<void> {
    if (this.target !== address) this.generation += 1;
    this.target = address;
  }

  async close(): Promise<void> {
    this.#leave();
  }

  #leave(): void {
    if (this.#port.owner === this) this.#port.owner = undefined;
    this.target = undefined;
    this.generation += 1;
  }
}
