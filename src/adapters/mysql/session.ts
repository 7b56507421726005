import { phrase } from '../../core/model/phrase.ts';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { SessionBasis } from '../../dialect/session.ts';
import { within, type Watched } from './driver-connection.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One open session of one server. Every method throws ReplicationError. */
export interface Session {
  readonly address: string;
  /** The connection id, as the server counts. */
  readonly id: number;
  /** One statement. Past `timeoutMs` the connection is cut: a statement that hangs cannot be taken back otherwise. */
  query(sql: string, timeoutMs: number): Promise<readonly Row[]>;
  /** Several statements in one round trip, each with its own rows. */
  queryAll(sqls: readonly string[], timeoutMs: number): Promise<readonly (readonly Row[])[]>;
  /** Several statements in one round trip, as far as they succeed: the server leaves out all behind one that fails. */
  attempt(sqls: readonly string[], timeoutMs: number): Promise<Attempted>;
  /** A statement runs, or waits for one that does. */
  readonly busy: boolean;
  /** Settles when what was asked until now is answered. */
  idle(): Promise<void>;
  /** Says with the next question again what every session begins with. */
  renew(): void;
  /** True once the connection is gone, from either side. */
  readonly closed: boolean;
  onClose(listener: () => void): void;
  hangUp(): void;
}

/** How many statements were done, and why the next one failed. */
export interface Attempted {
  readonly done: number;
  readonly failed: ReplicationError | undefined;
}

/** What one question may be answered with; a server that says more is asked something else. */
const maxRows = 10_000;
const maxBytes = 8 * 1024 * 1024;

/** A server answered with more than we take. It lives; what it would have said stays unknown. */
export class AnswerTooLarge extends ReplicationError {
  /** Which of the statements of the question it was, from 0. */
  readonly statement: number;
  readonly address: string;

  constructor(address: string, statement: number) {
    super(
      'server-error',
      phrase('The answer of {address} is larger than {rows} rows or {megabytes} MB.', {
        address,
        rows: maxRows,
        megabytes: maxBytes / 1024 / 1024,
      }),
    );
    this.statement = statement;
    this.address = address;
  }
}

interface Answer {
  /** The rows of each statement that was answered, the last of them perhaps in part. */
  readonly sets: readonly (readonly Row[])[];
  readonly failed: ReplicationError | undefined;
}

/** `basis`: said with the first question, in the same round trip. */
export function sessionOver(watched: Watched, basis: SessionBasis): Session {
  const { connection, address } = watched;
  const conversation = new Conversation(watched, basis);
  return {
    address,
    id: connection.threadId ?? 0,
    query: async (sql, timeoutMs) => (await conversation.ask([sql], timeoutMs))[0] ?? [],
    queryAll: (sqls, timeoutMs) => conversation.ask(sqls, timeoutMs),
    attempt: (sqls, timeoutMs) => conversation.attempt(sqls, timeoutMs),
    get busy() {
      return conversation.running > 0;
    },
    idle: () => conversation.idle(),
    renew: () => {
      conversation.renew();
    },
    get closed() {
      return watched.closed;
    },
    onClose: (listener) => {
      watched.listeners.add(listener);
    },
    hangUp: () => {
      connection.destroy();
      watched.end();
    },
  };
}

/** Questions of one session, one after the other. */
class Conversation {
  running = 0;
  readonly #watched: Watched;
  readonly #basis: SessionBasis;
  #unsaid: SessionBasis | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(watched: Watched, basis: SessionBasis) {
    this.#watched = watched;
    this.#basis = basis;
    this.#unsaid = basis;
  }

  /** The time of a question begins when it is sent, not while it waits behind another one of the session. */
  async ask(sqls: readonly string[], timeoutMs: number): Promise<readonly (readonly Row[])[]> {
    this.running += 1;
    const mine = this.#turn.then(() => this.#speak(sqls, timeoutMs));
    this.#turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.running -= 1;
    }
  }

  /** What the session begins with was said before. */
  async attempt(sqls: readonly string[], timeoutMs: number): Promise<Attempted> {
    if (this.#unsaid !== undefined) await this.ask(['DO 1'], timeoutMs);
    this.running += 1;
    const mine = this.#turn.then(() => this.#send(sqls, timeoutMs));
    this.#turn = mine.catch(() => undefined);
    try {
      const { sets, failed } = await mine;
      return { done: failed === undefined ? sqls.length : sets.length, failed };
    } finally {
      this.running -= 1;
    }
  }

  async idle(): Promise<void> {
    await this.#turn;
  }

  renew(): void {
    this.#unsaid = this.#basis;
  }

  async #speak(sqls: readonly string[], timeoutMs: number): Promise<readonly (readonly Row[])[]> {
    const { statements, assignments } = this.#unsaid ?? { statements: [], assignments: [] };
    this.#unsaid = undefined;
    const said = statements.length;
    const { sets, failed } = await this.#send([...statements, ...sqls], timeoutMs).catch(
      (error: unknown) => {
        throw error instanceof AnswerTooLarge
          ? new AnswerTooLarge(error.address, Math.max(0, error.statement - said))
          : error;
      },
    );
    if (failed === undefined) {
      return sets.slice(said);
    }
    if (sets.length < said && isUnknownSetting(failed)) {
      for (const it of assignments) await this.#send([it], timeoutMs);
      return this.#speak(sqls, timeoutMs);
    }
    throw failed;
  }

  async #send(sqls: readonly string[], timeoutMs: number): Promise<Answer> {
    const { closed, address } = this.#watched;
    if (closed) {
      throw new ReplicationError(
        'connection-lost',
        phrase('The connection to {address} is closed.', { address }),
      );
    }
    return askAll(this.#watched, sqls, timeoutMs);
  }
}

/** Unknown or read-only variables, and values that a release does not know. */
const settingErrors: ReadonlySet<number> = new Set([
  1064, 1115, 1193, 1227, 1231, 1232, 1238, 1273, 1298, 1649,
]);

function isUnknownSetting({ errno }: ReplicationError): boolean {
  return settingErrors.has(errno ?? 0);
}

/** All in one round trip. */
async function askAll(
  watched: Watched,
  sqls: readonly string[],
  timeoutMs: number,
): Promise<Answer> {
  const sets: Row[][] = [];
  try {
    await within<undefined>(watched, { timeoutMs, late: 'hung' }, (done, cut) => {
      readAnswer(watched, sqls.join(';\n'), sets, { done, cut });
    });
    return { sets, failed: undefined };
  } catch (error) {
    if (error instanceof ReplicationError && error.errno !== undefined) {
      return { sets, failed: error };
    }
    throw error;
  }
}

/** Row by row, so that a server that never stops is cut off long before it fills the memory. */
function readAnswer(
  watched: Watched,
  sql: string,
  sets: Row[][],
  {
    done,
    cut,
  }: {
    readonly done: (error: unknown) => void;
    readonly cut: (error: ReplicationError) => void;
  },
): void {
  let rows = 0;
  let failed: unknown;
  const before = watched.received;
  watched.answeredAt = undefined;
  const stop = (): void => {
    watched.pieces.delete(check);
    watched.answeredAt = watched.received;
  };
  const check = (): void => {
    if (rows > maxRows || watched.received - before > maxBytes) {
      stop();
      cut(new AnswerTooLarge(watched.address, Math.max(0, sets.length - 1)));
    }
  };
  watched.pieces.add(check);
  watched.listeners.add(stop);
  const query = watched.connection.query(sql);
  // Once for each statement, also for one without rows.
  query.on('fields', () => {
    sets.push([]);
  });
  query.on('result', (row: unknown, set: unknown) => {
    // A statement without rows tells a header, and not which statement it was.
    if (typeof set === 'number' && isRow(row) && rows <= maxRows) {
      rows += 1;
      sets.at(-1)?.push(row);
    }
  });
  query.on('error', (error: unknown) => {
    failed = error;
  });
  query.on('end', () => {
    stop();
    watched.listeners.delete(stop);
    if (rows > maxRows) check();
    done(failed);
  });
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
