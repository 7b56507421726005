import { isSilenceReason, type Probe, type SilenceReason } from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock, Prober } from '../../core/ports.ts';
import { connectAnew, type Login } from './connect.ts';
import type { Session } from './session.ts';
import { replicationErrorOf } from './error-codes.ts';
import { readServer } from './read-server.ts';

/** Every which attempt at a slow address gets the full time. */
const patientEvery = 8;

export interface ProberOptions {
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /**
   * For an address that let the time before run out: so that a hung master does not hold up every round of its own
   * failover. Whoever needs longer to say a word is as good as silent, and its replicas testify for it.
   */
  readonly impatientTimeoutMs: number;
  readonly clock: Clock;
}

/** How long the end of a binary log is waited for beside the rounds, in milliseconds. */
const endWaitMs = 600_000;

/** One persistent session per address; probes of one address wait for one another, those of others never. */
export class MysqlProber implements Prober {
  readonly #options: ProberOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #end = new AbortController();
  /** Addresses that kept us waiting the last time: they are given less time until they answer. */
  readonly #slow = new Map<string, number>();
  /**
   * Addresses that hung. The end of a binary log is told only by whoever gets hold of it: a commit that waits for its disk
   * or for an acknowledgement keeps it. It is asked apart until it is told, for all else can be told meanwhile.
   */
  readonly #apart = new Set<string>();
  readonly #inquiries = new Map<string, Session | undefined>();
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
    this.#inquiries.forEach((it) => {
      it?.hangUp();
    });
  }

  async #ask(address: string, signal: AbortSignal): Promise<Probe> {
    const { clock, queryTimeoutMs } = this.#options;
    const kept = this.#sessions.get(address);
    try {
      const session = await this.#sessionAt(address, kept, signal);
      const apart = this.#apart.has(address);
      const server = await readServer(session, queryTimeoutMs, apart ? 'binlog-end' : undefined);
      this.#slow.delete(address);
      if (apart) {
        void this.#inquire(address);
      }
      return { kind: 'answered', at: clock.now(), server };
    } catch (error) {
      if (error instanceof BusyWithPlan) {
        return this.#silent(error);
      }
      this.#drop(address);
      const known = replicationErrorOf(error, address);
      this.#remember(address, known.code);
      // A kept session that died says nothing about the server now: it may have restarted meanwhile.
      const isStale = kept !== undefined && !signal.aborted && known.code === 'connection-lost';
      return isStale ? this.#ask(address, signal) : this.#silent(known);
    }
  }

  #silent(error: ReplicationError): Probe {
    const at = this.#options.clock.now();
    return { kind: 'silent', at, reason: reasonOf(error), says: error.says };
  }

  async #sessionAt(
    address: string,
    kept: Session | undefined,
    signal: AbortSignal,
  ): Promise<Session> {
    if (kept !== undefined) await this.#untilFree(kept);
    return kept === undefined || kept.closed ? this.#open(address, signal) : kept;
  }

  /** A session that a plan has borrowed is not cut for a statement of the plan that takes its time. */
  async #untilFree(session: Session): Promise<void> {
    const { login, queryTimeoutMs, clock } = this.#options;
    if (login.kept?.isLent(session) !== true) return;
    const done = new AbortController();
    await Promise.race([
      session.idle(),
      clock.sleep(queryTimeoutMs, done.signal).catch(() => undefined),
    ]);
    done.abort();
    if (session.busy && !session.closed) throw new BusyWithPlan(session.address);
  }

  async #open(address: string, signal: AbortSignal): Promise<Session> {
    const { login, connectTimeoutMs, impatientTimeoutMs } = this.#options;
    const late = this.#slow.get(address) ?? 0;
    // Every few attempts it is given its full time again: a slow way must not look silent for ever.
    const timeoutMs = late % patientEvery === 0 ? connectTimeoutMs : impatientTimeoutMs;
    const session = await connectAnew(address, login, timeoutMs, signal);
    this.#sessions.set(address, session);
    login.kept?.keep(session);
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

  #remember(address: string, code: ReplicationError['code']): void {
    if (code === 'hung' || code === 'timed-out') {
      this.#slow.set(address, (this.#slow.get(address) ?? 0) + 1);
    }
    if (code === 'hung') {
      this.#apart.add(address);
    }
  }

  /** One question at a time that may wait; once it is answered, rounds ask everything again. */
  async #inquire(address: string): Promise<void> {
    if (this.#inquiries.has(address)) {
      return;
    }
    const { login, connectTimeoutMs } = this.#options;
    this.#inquiries.set(address, undefined);
    try {
      const session = await connectAnew(address, login, connectTimeoutMs, this.#end.signal);
      this.#inquiries.set(address, session);
      await readServer(session, endWaitMs);
      this.#apart.delete(address);
    } catch {
      // The rounds tell what is wrong with it.
    } finally {
      this.#inquiries.get(address)?.hangUp();
      this.#inquiries.delete(address);
    }
  }

  #drop(address: string): void {
    const session = this.#sessions.get(address);
    this.#sessions.delete(address);
    session?.hangUp();
  }
}

/** The one session that the server lets us have runs a statement of a plan. */
class BusyWithPlan extends ReplicationError {
  constructor(address: string) {
    super(
      'not-asked',
      phrase('{address} was not asked: its only connection for our user runs a step of a plan.', {
        address,
      }),
    );
  }
}

/** Whoever sends an error packet lives, whatever its number; and what we could not even ask says nothing. */
function reasonOf({ code, errno }: ReplicationError): SilenceReason {
  if (isSilenceReason(code)) {
    return code;
  }
  return errno === undefined ? 'not-asked' : 'server-error';
}
