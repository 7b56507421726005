import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock } from '../../core/ports.ts';
import { replicationErrorOf } from './error-codes.ts';
import type { Session } from './session.ts';

export interface KnockOptions {
  readonly address: string;
  /** One attempt to log in, with its full time. */
  readonly attempt: (signal: AbortSignal) => Promise<Session>;
  readonly clock: Clock;
  /** Ends all attempts. */
  readonly end: AbortSignal;
}

/** For so long attempts follow one another by themselves; afterwards only when someone asks. Milliseconds. */
const byThemselvesMs = 5_000;
/** How long a session waits for the next one who asks, in milliseconds. */
const keptMs = 5_000;
/** An attempt proves silence only while it is about as new as one that begins now and is waited for. */
const freshFor = 2.5;

type Met =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'refusal'; readonly error: ReplicationError };

/**
 * Overlapping attempts to log in to a server that did not answer in time. Each gets its full time, so that a slow way is
 * found in the end, and the next begins before it is over. A probe need not wait for an attempt that has been
 * unanswered long enough already: a hung master does not hold up every round of its own failover.
 */
export class Knocks {
  readonly #options: KnockOptions;
  readonly #bornAt: number;
  readonly #over = new AbortController();
  /** When each attempt began that is still unanswered. */
  readonly #pending = new Set<{ readonly beganAt: number }>();
  #awaited: AbortController | undefined;
  #met: Met | undefined;

  constructor(options: KnockOptions) {
    this.#options = options;
    this.#bornAt = options.clock.monotonic();
  }

  /** Begins the first attempt without waiting for it. */
  begin(everyMs: number): void {
    if (this.#pending.size === 0) this.#begin(everyMs);
  }

  /** The session of an attempt that succeeded. Throws ReplicationError: a refusal, or no answer for `patienceMs`. */
  async answer(patienceMs: number, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    const { address, clock } = this.#options;
    if (this.#met === undefined) {
      if (this.#ageOfNewest() >= patienceMs) this.#begin(patienceMs);
      this.#awaited = new AbortController();
      const until = AbortSignal.any([signal, this.#awaited.signal]);
      await clock.sleep(this.#leftMs(patienceMs), until).catch(() => undefined);
      this.#awaited = undefined;
    }
    const met = this.#met;
    this.#met = undefined;
    if (met?.kind === 'session') {
      this.end();
      return met.session;
    }
    signal.throwIfAborted();
    throw (
      met?.error ??
      new ReplicationError(
        'timed-out',
        phrase('{address} could not be connected to within {count} ms.', {
          address,
          count: patienceMs,
        }),
      )
    );
  }

  end(): void {
    this.#over.abort();
    if (this.#met?.kind === 'session') this.#met.session.hangUp();
    this.#met = undefined;
  }

  #begin(everyMs: number): void {
    const { attempt, clock, end } = this.#options;
    const mine = { beganAt: clock.monotonic() };
    this.#pending.add(mine);
    const within = AbortSignal.any([this.#over.signal, end]);
    void this.#attend(mine, attempt(within));
    if (mine.beganAt - this.#bornAt < byThemselvesMs) {
      void this.#again(mine, clock.sleep(everyMs, within), everyMs);
    }
  }

  async #attend(mine: { readonly beganAt: number }, attempt: Promise<Session>): Promise<void> {
    try {
      this.#opened(await attempt);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#pending.delete(mine);
    }
  }

  /** The next attempt, unless one began after this one or all are over. */
  async #again(
    mine: { readonly beganAt: number },
    rest: Promise<unknown>,
    everyMs: number,
  ): Promise<void> {
    const isOver = await rest.then(
      () => false,
      () => true,
    );
    // Not by its age: a timer may fire a little early.
    const isNewest = [...this.#pending].every((it) => it.beganAt <= mine.beganAt);
    if (!isOver && this.#met === undefined && isNewest) {
      this.#begin(everyMs);
    }
  }

  #opened(session: Session): void {
    if (this.#over.signal.aborted || this.#met?.kind === 'session') {
      session.hangUp();
      return;
    }
    const met: Met = { kind: 'session', session };
    this.#met = met;
    this.#awaited?.abort();
    const { clock, end } = this.#options;
    const within = AbortSignal.any([this.#over.signal, end]);
    const drop = (): void => {
      if (this.#met !== met) return;
      this.#met = undefined;
      session.hangUp();
    };
    clock.sleep(keptMs, within).then(drop, drop);
  }

  /** What nobody waits for is old when the next one asks. */
  #refused(error: unknown): void {
    const known = replicationErrorOf(error, this.#options.address);
    const late = ['timed-out', 'hung', 'cancelled'].includes(known.code);
    if (late || this.#awaited === undefined || this.#met !== undefined) return;
    this.#met = { kind: 'refusal', error: known };
    this.#awaited.abort();
  }

  #ages(): readonly number[] {
    const now = this.#options.clock.monotonic();
    return [...this.#pending].map((it) => now - it.beganAt);
  }

  #ageOfNewest(): number {
    return Math.min(...this.#ages());
  }

  /** Nothing is left to wait for where an attempt is unanswered for that long, and is no older than is fresh. */
  #leftMs(patienceMs: number): number {
    const ages = this.#ages();
    const proven = ages.some((it) => it >= patienceMs && it <= patienceMs * freshFor);
    // The oldest of the others is the first to prove it.
    const younger = ages.filter((it) => it < patienceMs);
    return proven || younger.length === 0 ? 0 : patienceMs - Math.max(...younger);
  }
}
