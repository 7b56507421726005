import { isSilenceReason, type Probe } from '../../src/core/model/instance.ts';
import { ReplicationError } from '../../src/core/model/replication-error.ts';
import type { Prober } from '../../src/core/ports.ts';
import { answerOf } from './answer.ts';
import { call } from './call.ts';
import { beginning, type SimProcess } from './process.ts';
import type { SimServer, SimSession, Surroundings } from './server.ts';

/** As the settings have them unless told: see `src/config`. */
const connectTimeoutMs = 1_000;
const queryTimeoutMs = 1_000;
/** For one that was too late the last time. */
const impatientTimeoutMs = 300;

/** Asks simulated servers, keeps a session with each, and tells when one ends. */
export class SimProber implements Prober {
  readonly #process: SimProcess;
  readonly #world: Surroundings;
  readonly #sessions = new Map<string, SimSession>();
  readonly #slow = new Set<string>();
  readonly #listeners = new Set<(address: string) => void>();

  constructor(process: SimProcess, world: Surroundings) {
    this.#process = process;
    this.#world = world;
  }

  async probe(address: string, signal: AbortSignal): Promise<Probe> {
    const server = this.#world.serverAt(address);
    if (server === undefined) return this.#silent('unknown-host', `${address} is unknown.`);
    try {
      const answer = await this.#ask(server, signal);
      this.#slow.delete(address);
      return { kind: 'answered', at: beginning + this.#world.time.now, server: answer };
    } catch (error) {
      this.#forget(server);
      if (!(error instanceof ReplicationError) || !isSilenceReason(error.code)) {
        return this.#silent('not-asked', `${address} was not asked.`);
      }
      if (error.code === 'hung' || error.code === 'timed-out') this.#slow.add(address);
      return this.#silent(error.code, error.message);
    }
  }

  onLost(listener: (address: string) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  #ask(server: SimServer, signal: AbortSignal): Promise<ReturnType<typeof answerOf>> {
    const isKept = this.#sessions.get(server.key)?.closed === false;
    const timeoutMs = this.#slow.has(server.key)
      ? impatientTimeoutMs
      : isKept
        ? queryTimeoutMs
        : connectTimeoutMs;
    return call(this.#process, server, { timeoutMs, late: lateOf(server, isKept), signal }, () => {
      this.#keep(server);
      return answerOf(server);
    });
  }

  #keep(server: SimServer): void {
    const kept = this.#sessions.get(server.key);
    if (kept !== undefined && !kept.closed) {
      kept.heardAt = this.#world.time.now;
      return;
    }
    const session = server.openSession(this.#process, () => {
      this.#process.do(() => {
        if (this.#sessions.get(server.key) === session) {
          this.#sessions.delete(server.key);
          this.#listeners.forEach((it) => {
            it(server.key);
          });
        }
      });
    });
    this.#sessions.set(server.key, session);
  }

  #forget(server: SimServer): void {
    const kept = this.#sessions.get(server.key);
    this.#sessions.delete(server.key);
    if (kept !== undefined) server.closeSession(kept);
  }

  #silent(reason: Extract<Probe, { kind: 'silent' }>['reason'], text: string): Probe {
    const says = new ReplicationError(reason, text).says;
    return { kind: 'silent', at: beginning + this.#world.time.now, reason, says };
  }
}

/** The system of a machine whose server stands still accepts connections all the same. */
function lateOf({ power }: SimServer, isKept: boolean): 'hung' | 'timed-out' {
  return isKept || power === 'hung' ? 'hung' : 'timed-out';
}
