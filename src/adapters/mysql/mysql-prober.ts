import { isSilenceReason, type Probe } from '../../core/model/instance.ts';
import type { Clock, Prober } from '../../core/ports.ts';
import { connect, type Login, type Session } from './connect.ts';
import { replicationErrorOf } from './error-codes.ts';
import { readServer } from './read-server.ts';

export interface ProberOptions {
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly clock: Clock;
}

/** One persistent session per address; probes of one address wait for one another, those of others never. */
export class MysqlProber implements Prober {
  readonly #options: ProberOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #end = new AbortController();
  readonly #lostListeners = new Set<(address: string) => void>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  async probe(address: string, signal: AbortSignal): Promise<Probe> {
    const before = this.#busy.get(address) ?? Promise.resolve();
    const mine = before.then(() => this.#ask(address, AbortSignal.any([signal, this.#end.signal])));
    this.#busy.set(address, mine);
    return mine;
  }

  onLost(listener: (address: string) => void): void {
    this.#lostListeners.add(listener);
  }

  close(): void {
    this.#end.abort();
    this.#sessions.forEach((it) => {
      it.hangUp();
    });
    this.#sessions.clear();
  }

  async #ask(address: string, signal: AbortSignal): Promise<Probe> {
    const { clock, queryTimeoutMs } = this.#options;
    const kept = this.#sessions.get(address);
    try {
      const session = kept === undefined || kept.closed ? await this.#open(address, signal) : kept;
      const server = await readServer(session, queryTimeoutMs);
      return { kind: 'answered', at: clock.now(), server };
    } catch (error) {
      this.#drop(address);
      const known = replicationErrorOf(error, address);
      // A kept session that died says nothing about the server now: it may have restarted meanwhile.
      return kept !== undefined && !signal.aborted && known.code === 'connection-lost'
        ? this.#ask(address, signal)
        : {
            kind: 'silent',
            at: clock.now(),
            reason: isSilenceReason(known.code) ? known.code : 'unreachable',
            says: known.says,
          };
    }
  }

  async #open(address: string, signal: AbortSignal): Promise<Session> {
    const { login, connectTimeoutMs } = this.#options;
    const session = await connect(address, login, connectTimeoutMs, signal);
    this.#sessions.set(address, session);
    session.onClose(() => {
      // What we hang up ourselves is taken from the list before.
      if (this.#sessions.get(address) === session && !this.#end.signal.aborted) {
        this.#sessions.delete(address);
        this.#lostListeners.forEach((it) => {
          it(address);
        });
      }
    });
    return session;
  }

  #drop(address: string): void {
    const session = this.#sessions.get(address);
    this.#sessions.delete(address);
    session?.hangUp();
  }
}
