import type { DatabaseAccount } from '../../core/model/check-up.ts';
import type { Server } from '../../core/model/instance.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock, DemandReader, Hindrance, HindranceReader } from '../../core/ports.ts';
import { accountQueries } from '../../dialect/account-logins.ts';
import type { Query } from '../../dialect/answer.ts';
import { globalLocksQuery } from '../../dialect/open-for-writes.ts';
import { worstOf } from './server-locks.ts';
import type { Session } from './session.ts';

/** For so long what a server refused our user is not asked again on the same session. Milliseconds. */
const refusedForMs = 30_000;

/** Rights that our user lacks, and tables or columns that the server lacks. */
const refusals: ReadonlySet<number> = new Set([1044, 1049, 1054, 1109, 1142, 1143, 1146, 1227]);

export interface SideQuestionsOptions {
  /** Of the rounds, where one is open. */
  readonly sessionAt: (address: string) => Session | undefined;
  readonly queryTimeoutMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * What only some decisions need, asked on the sessions of the rounds: they wait for one another, and never behind a
 * question of a round or a step of a plan. While a master is silent each round asks them, so that a refusal is remembered
 * until the rights may have changed.
 */
export class SideQuestions implements HindranceReader, DemandReader {
  readonly #options: SideQuestionsOptions;
  /** How many of ours a session has to answer. */
  readonly #asking = new WeakMap<Session, number>();
  readonly #refused = new WeakMap<Session, Map<string, number>>();

  constructor(options: SideQuestionsOptions) {
    this.#options = options;
  }

  async hindrance(address: string, server: Server): Promise<Hindrance | undefined> {
    const session = this.#free(address);
    const query = globalLocksQuery(server);
    return session && worstOf((await this.#ask(session, 'locks', [query])) ?? []);
  }

  async accountsOf(
    address: string,
    { server, users }: { readonly server: Server; readonly users: readonly string[] },
  ): Promise<readonly DatabaseAccount[] | undefined> {
    const session = this.#free(address);
    return session && this.#ask(session, 'accounts', accountQueries(users, server));
  }

  #free(address: string): Session | undefined {
    const session = this.#options.sessionAt(address);
    if (session === undefined || session.closed) return undefined;
    const ours = (this.#asking.get(session) ?? 0) > 0;
    return session.busy && !ours ? undefined : session;
  }

  /** The first that is answered; undefined where the server tells none. */
  async #ask<Answer>(
    session: Session,
    name: string,
    queries: readonly Query<Answer>[],
  ): Promise<Answer | undefined> {
    this.#count(session, 1);
    try {
      for (const [index, query] of queries.entries()) {
        const found = await this.#askOne(session, `${name} ${String(index)}`, query);
        if (found !== undefined) return found;
      }
      return undefined;
    } finally {
      this.#count(session, -1);
    }
  }

  async #askOne<Answer>(
    session: Session,
    name: string,
    { sql, parse }: Query<Answer>,
  ): Promise<Answer | undefined> {
    const { clock, queryTimeoutMs } = this.#options;
    const refused = this.#refused.get(session) ?? new Map<string, number>();
    if (clock.monotonic() < (refused.get(name) ?? 0)) return undefined;
    try {
      return parse(await session.query(sql, queryTimeoutMs));
    } catch (error) {
      if (error instanceof ReplicationError && refusals.has(error.errno ?? 0)) {
        refused.set(name, clock.monotonic() + refusedForMs);
        this.#refused.set(session, refused);
      }
      return undefined;
    }
  }

  #count(session: Session, by: number): void {
    this.#asking.set(session, (this.#asking.get(session) ?? 0) + by);
  }
}
