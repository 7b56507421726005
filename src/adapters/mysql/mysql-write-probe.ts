import { plain } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { WriteOutcome } from '../../core/model/write-trial.ts';
import type { Clock, WriteProbe } from '../../core/ports.ts';
import { closedQuery, shortLockWaits, writeGrant } from '../../dialect/write-attempt.ts';
import { connectAnew, type Login } from './connect.ts';
import type { Session } from './session.ts';
import { writeError, writeRow } from './write-row.ts';

/** How long an attempt may take until it is told that it waits; and until its connection is cut. Milliseconds. */
const judgedAfterMs = 2_000;
const cutAfterMs = 600_000;

export interface WriteProbeOptions {
  readonly cluster: string;
  readonly login: Login;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/** An attempt whose answer is awaited. */
interface Pending {
  readonly address: string;
  /** On the clock that never jumps: since when the server owes an answer. */
  readonly since: number;
  readonly outcome: Promise<WriteOutcome>;
}

/** Writes one row on a connection of its own. An attempt that hangs is not joined by a second one: it is asked after. */
export class MysqlWriteProbe implements WriteProbe {
  readonly #options: WriteProbeOptions;
  #end = new AbortController();
  #session: Session | undefined;
  #pending: Pending | undefined;

  constructor(options: WriteProbeOptions) {
    this.#options = options;
  }

  async attempt(address: string): Promise<WriteOutcome> {
    const { clock } = this.#options;
    if (this.#pending?.address !== address) {
      this.#hangUp();
      this.#pending = { address, since: clock.monotonic(), outcome: this.#try(address) };
    }
    const { since, outcome } = this.#pending;
    const done = new AbortController();
    const late = clock
      .sleep(judgedAfterMs, AbortSignal.any([done.signal, this.#end.signal]))
      .then((): WriteOutcome => ({ kind: 'waiting', ms: clock.monotonic() - since }));
    const met = await Promise.race([outcome, late.catch((): WriteOutcome => noVerdict)]);
    done.abort();
    if (met.kind !== 'waiting') {
      this.#pending = undefined;
    }
    return met;
  }

  close(): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.#hangUp();
  }

  /** Never rejects. */
  async #try(address: string): Promise<WriteOutcome> {
    try {
      const session = await this.#open(address);
      const [, closed] = await session.queryAll([shortLockWaits, closedQuery.sql], judgedAfterMs);
      return closedQuery.parse(closed ?? []) ? noVerdict : await this.#write(session);
    } catch (error) {
      return this.#judge(error);
    }
  }

  async #write(session: Session): Promise<WriteOutcome> {
    const { cluster, clock } = this.#options;
    await writeRow(session, { cluster, at: clock.now(), timeoutMs: cutAfterMs });
    return { kind: 'written' };
  }

  async #open(address: string): Promise<Session> {
    const kept = this.#session;
    if (kept?.address === address && !kept.closed) {
      return kept;
    }
    const { login, connectTimeoutMs } = this.#options;
    const session = await connectAnew(address, login, connectTimeoutMs, this.#end.signal);
    this.#session = session;
    return session;
  }

  #judge(error: unknown): WriteOutcome {
    const kind = writeError(error);
    if (kind === 'rights') {
      return { kind: 'missing-rights', grant: writeGrant(this.#options.login.user) };
    }
    return error instanceof ReplicationError && error.errno !== undefined && kind === 'storage'
      ? { kind: 'refused', errno: error.errno, says: plain(error.message) }
      : noVerdict;
  }

  #hangUp(): void {
    this.#session?.hangUp();
    this.#session = undefined;
    this.#pending = undefined;
  }
}

const noVerdict: WriteOutcome = { kind: 'no-verdict' };
