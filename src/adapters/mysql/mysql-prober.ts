import {
  isSilenceReason,
  type Probe,
  type Server,
  type SilenceReason,
} from '../../core/model/instance.ts';
import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock, Prober } from '../../core/ports.ts';
import { connectAnew, type Login } from './connect.ts';
import type { Session } from './session.ts';
import { replicationErrorOf } from './error-codes.ts';
import { Knocks } from './knocks.ts';
import { identityQuery } from '../../dialect/probe-queries.ts';
import { Oversized } from './oversized.ts';
import { SideQuestions } from './side-questions.ts';
import { PartTooLarge, readServer } from './read-server.ts';

/** How many times longer than usual a server is waited for, to learn how slow it is. */
const patience = 5;
/** Below this nobody calls a server slow, in milliseconds. */
const toldFromMs = 100;

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
  /** What only some decisions need, on the same sessions. */
  readonly beside: SideQuestions;
  readonly #options: ProberOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #end = new AbortController();
  /** Of addresses that kept us waiting the last time: they are given less time until they answer. */
  readonly #slow = new Map<string, Knocks>();
  /**
   * Addresses that hung. The end of a binary log is told only by whoever gets hold of it: a commit that waits for its disk
   * or for an acknowledgement keeps it. It is asked apart until it is told, for all else can be told meanwhile.
   */
  readonly #apart = new Set<string>();
  readonly #inquiries = new Map<string, Session | undefined>();
  readonly #measured = new Set<string>();
  readonly #oversized: Oversized;
  readonly #lostListeners = new Set<(address: string) => void>();

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#oversized = new Oversized(options.clock);
    this.beside = new SideQuestions({
      ...options,
      sessionAt: (address) => this.#sessions.get(address),
    });
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
    const kept = this.#sessions.get(address);
    try {
      const session = await this.#sessionAt(address, kept, signal);
      const apart = this.#apart.has(address);
      const server = await this.#read(session, apart);
      this.#answered(address);
      if (apart) {
        void this.#inquire(address);
      }
      return { kind: 'answered', at: this.#options.clock.now(), server };
    } catch (error) {
      return error instanceof BusyWithPlan
        ? this.#silent(error)
        : this.#failed(error, address, { wasKept: kept !== undefined, signal });
    }
  }

  async #read(session: Session, apart: boolean): Promise<Server> {
    const { clock, login, queryTimeoutMs } = this.#options;
    const { address } = session;
    const asked = clock.monotonic();
    const server = await readServer(
      session,
      login.pace?.bound(address, queryTimeoutMs) ?? queryTimeoutMs,
      { leftOut: apart ? 'binlog-end' : undefined, known: this.#oversized.of(address) },
    );
    login.pace?.note(address, clock.monotonic() - asked);
    return server;
  }

  #failed(
    error: unknown,
    address: string,
    { wasKept, signal }: { readonly wasKept: boolean; readonly signal: AbortSignal },
  ): Probe | Promise<Probe> {
    this.#drop(address);
    if (error instanceof PartTooLarge && this.#oversized.note(address, error)) {
      return this.#ask(address, signal);
    }
    const known = replicationErrorOf(error, address);
    this.#remember(address, known.code);
    // A kept session that died says nothing about the server now: it may have restarted meanwhile.
    const isStale = wasKept && !signal.aborted && known.code === 'connection-lost';
    return isStale ? this.#ask(address, signal) : this.#silent(known, address);
  }

  /** One that is only slow is not called silent without saying how slow it is. */
  #silent(error: ReplicationError, address?: string): Probe {
    const { clock, login } = this.#options;
    const isLate = error.code === 'hung' || error.code === 'timed-out';
    const needed = isLate && address !== undefined ? login.pace?.needed(address) : undefined;
    const says =
      needed === undefined || needed < toldFromMs
        ? error.says
        : phrase('{because} Lately it needed {count} ms.', {
            because: error.says,
            count: Math.round(needed),
          });
    const numbered = error.errno === undefined ? {} : { errno: error.errno };
    return { kind: 'silent', at: clock.now(), reason: reasonOf(error), says, ...numbered };
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
    const { login, connectTimeoutMs } = this.#options;
    const session = await (this.#slow.get(address)?.answer(this.#patienceMs(address), signal) ??
      connectAnew(address, login, connectTimeoutMs, signal));
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
    if (code === 'hung') {
      this.#apart.add(address);
    }
    if (code === 'hung' || code === 'timed-out') {
      this.#knockAt(address);
      void this.#measure(address);
    }
  }

  #knockAt(address: string): void {
    if (this.#slow.has(address) || this.#end.signal.aborted) return;
    const { login, connectTimeoutMs, clock } = this.#options;
    const attempt = (signal: AbortSignal): Promise<Session> =>
      connectAnew(address, login, connectTimeoutMs, signal);
    const knocks = new Knocks({ address, attempt, clock, end: this.#end.signal });
    this.#slow.set(address, knocks);
    knocks.begin(this.#patienceMs(address));
  }

  #patienceMs(address: string): number {
    const { login, impatientTimeoutMs } = this.#options;
    return login.pace?.bound(address, impatientTimeoutMs) ?? impatientTimeoutMs;
  }

  #answered(address: string): void {
    this.#slow.get(address)?.end();
    this.#slow.delete(address);
  }

  /** How long one that was too late needs: beside the rounds, one attempt at a time. */
  async #measure(address: string): Promise<void> {
    const { login, connectTimeoutMs, queryTimeoutMs, clock } = this.#options;
    if (login.pace === undefined || this.#measured.has(address)) {
      return;
    }
    this.#measured.add(address);
    try {
      const limitMs = connectTimeoutMs * patience;
      // A login notes itself how long it took.
      const session = await connectAnew(address, login, limitMs, this.#end.signal);
      const connected = clock.monotonic();
      await session.query(identityQuery.sql, queryTimeoutMs * patience).finally(() => {
        session.hangUp();
      });
      login.pace.note(address, clock.monotonic() - connected);
    } catch {
      // The rounds tell what is wrong with it.
    } finally {
      this.#measured.delete(address);
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
  if (isSilenceReason(code)) return code;
  return errno === undefined ? 'not-asked' : 'server-error';
}
