import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { TestMember } from './test-member.ts';

const writer = { user: 'writer', password: 'writer-Pw-5c2' };
const statementTimeoutMs = 5_000;
const defaultConnectTimeoutMs = 1_000;

export interface WriterWish {
  /** Where to write now: `host:port`; asked anew for every connection and after every failure. */
  readonly address: () => string;
  /** Default 4. */
  readonly writers?: number;
  /** Between two rows of one writer; default 2. */
  readonly pauseMs?: number;
  /** Instead of `pauseMs`: from the beginning of one row of a writer to the beginning of its next; at once when it took longer. */
  readonly everyMs?: number;
  /** How long one attempt to log in may last; default 1 s. */
  readonly connectTimeoutMs?: number;
  /** Default 1. */
  readonly firstId?: number;
}

/** One row that a server said it holds. */
export interface Acknowledgement {
  readonly id: number;
  /** On the clock that all processes of the machine share, in milliseconds. */
  readonly at: number;
}

/** What became of the rows. */
export interface WriterReport {
  /** Ids of the rows that a server acknowledged. */
  readonly acknowledged: readonly number[];
  /** The same with their times, in order. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** Attempts that failed; such a row may be there or not. */
  readonly failures: readonly string[];
  /** The longest time between two acknowledged rows of any writer. */
  readonly longestGapMs: number;
}

export interface Writers {
  /** So far. */
  acknowledgedCount(): number;
  /** The last acknowledged row so far. */
  latest(): Acknowledgement | undefined;
  /** Settles when no row is under way and begins none until the answer is called. */
  hold(): Promise<() => void>;
  stop(): Promise<WriterReport>;
}

/** Makes the table and the user without special rights that the writers use. On the master; it replicates. */
export async function prepareForWriters(master: Pick<TestMember, 'sql'>): Promise<void> {
  await master.sql(
    'CREATE DATABASE IF NOT EXISTS written',
    'CREATE TABLE IF NOT EXISTS written.rows_of (id BIGINT PRIMARY KEY, writer INT NOT NULL)',
    `CREATE USER ${writer.user}@'%' IDENTIFIED BY '${writer.password}'`,
    `GRANT SELECT, INSERT ON written.* TO ${writer.user}@'%'`,
  );
}

/** Ids of all rows that are on an instance. */
export async function writtenIds(member: Pick<TestMember, 'sql'>): Promise<ReadonlySet<number>> {
  const rows = await member.sql('SELECT id FROM written.rows_of');
  return new Set(rows.map((it) => Number(it['id'])));
}

/** Lets several clients insert rows, one after the other each, as fast as `pauseMs` lets them. */
export function startWriters(wish: WriterWish): Writers {
  const log = new WriteLog(wish.firstId ?? 1);
  const stopping = new AbortController();
  const turns = new Turns();
  const count = wish.writers ?? 4;
  const all = Array.from({ length: count }, (_, place) =>
    write(place, wish, { log, turns, signal: stopping.signal }),
  );
  return {
    acknowledgedCount: () => log.acknowledgements.length,
    latest: () => log.acknowledgements.at(-1),
    hold: () => turns.hold(),
    async stop() {
      stopping.abort();
      turns.letGo();
      await Promise.all(all);
      return log.report();
    },
  };
}

class WriteLog {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly #failures: string[] = [];
  #longestGapMs = 0;
  #nextId: number;

  constructor(firstId: number) {
    this.#nextId = firstId;
  }

  nextId(): number {
    return this.#nextId++;
  }

  acknowledge(id: number): void {
    const at = systemClock.monotonic();
    const last = this.acknowledgements.at(-1)?.at ?? at;
    this.#longestGapMs = Math.max(this.#longestGapMs, at - last);
    this.acknowledgements.push({ id, at });
  }

  fail(error: unknown): void {
    this.#failures.push(String(error));
  }

  report(): WriterReport {
    return {
      acknowledged: this.acknowledgements.map((it) => it.id),
      acknowledgements: [...this.acknowledgements],
      failures: [...this.#failures],
      longestGapMs: this.#longestGapMs,
    };
  }
}

/** Which rows are under way, and whether another one may begin. */
class Turns {
  readonly #underWay = new Set<Promise<void>>();
  #open: Promise<void> = Promise.resolve();
  #letGo = (): void => undefined;

  async take(row: () => Promise<void>): Promise<void> {
    let open;
    do {
      open = this.#open;
      await open;
    } while (open !== this.#open);
    const turn = row();
    this.#underWay.add(turn);
    await turn.finally(() => this.#underWay.delete(turn));
  }

  async hold(): Promise<() => void> {
    this.#open = new Promise((resolve) => {
      this.#letGo = resolve;
    });
    await Promise.all(this.#underWay);
    return () => {
      this.letGo();
    };
  }

  letGo(): void {
    this.#letGo();
  }
}

interface WriterContext {
  readonly log: WriteLog;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

async function write(
  place: number,
  wish: WriterWish,
  { log, turns, signal }: WriterContext,
): Promise<void> {
  let connection: Connection | undefined;
  const row = async (): Promise<void> => {
    try {
      connection ??= await connectTo(wish);
      const id = log.nextId();
      const sql = `INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, ${String(place)})`;
      await connection.query({ sql, timeout: statementTimeoutMs });
      log.acknowledge(id);
    } catch (error) {
      log.fail(error);
      connection?.destroy();
      connection = undefined;
    }
  };
  while (!signal.aborted) {
    const beganAt = systemClock.monotonic();
    await turns.take(row);
    const { pauseMs = 2, everyMs } = wish;
    await sleep(
      everyMs === undefined ? pauseMs : Math.max(0, beganAt + everyMs - systemClock.monotonic()),
    );
  }
  connection?.destroy();
}

async function connectTo({ address, connectTimeoutMs }: WriterWish): Promise<Connection> {
  const [host = '', port = ''] = address().split(':');
  const connection = await createConnection({
    host,
    port: Number(port),
    ...writer,
    connectTimeout: connectTimeoutMs ?? defaultConnectTimeoutMs,
  });
  connection.on('error', () => undefined);
  return connection;
}
