import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestMember } from './test-member.ts';

const writer = { user: 'writer', password: 'writer-Pw-5c2' };
const statementTimeoutMs = 5_000;
const connectTimeoutMs = 1_000;

export interface WriterWish {
  /** Where to write now: `host:port`; asked anew for every connection and after every failure. */
  readonly address: () => string;
  /** Default 4. */
  readonly writers?: number;
  /** Between two rows of one writer; default 2. */
  readonly pauseMs?: number;
}

/** What became of the rows. */
export interface WriterReport {
  /** Ids of the rows that a server acknowledged. */
  readonly acknowledged: readonly number[];
  /** Attempts that failed; such a row may be there or not. */
  readonly failures: readonly string[];
  /** The longest time between two acknowledged rows of any writer. */
  readonly longestGapMs: number;
}

export interface Writers {
  /** So far. */
  acknowledgedCount(): number;
  stop(): Promise<WriterReport>;
}

/** Makes the table and the user without special rights that the writers use. On the master; it replicates. */
export async function prepareForWriters(master: TestMember): Promise<void> {
  await master.sql(
    'CREATE DATABASE IF NOT EXISTS written',
    'CREATE TABLE IF NOT EXISTS written.rows_of (id BIGINT PRIMARY KEY, writer INT NOT NULL)',
    `CREATE USER ${writer.user}@'%' IDENTIFIED BY '${writer.password}'`,
    `GRANT SELECT, INSERT ON written.* TO ${writer.user}@'%'`,
  );
}

/** Ids of all rows that are on an instance. */
export async function writtenIds(member: TestMember): Promise<ReadonlySet<number>> {
  const rows = await member.sql('SELECT id FROM written.rows_of');
  return new Set(rows.map((it) => Number(it['id'])));
}

/** Lets several clients insert rows, one after the other each, as fast as `pauseMs` lets them. */
export function startWriters(wish: WriterWish): Writers {
  const log = new WriteLog();
  const stopping = new AbortController();
  const count = wish.writers ?? 4;
  const all = Array.from({ length: count }, (_, place) => write(place, wish, log, stopping.signal));
  return {
    acknowledgedCount: () => log.acknowledged.length,
    async stop() {
      stopping.abort();
      await Promise.all(all);
      return log.report();
    },
  };
}

class WriteLog {
  readonly acknowledged: number[] = [];
  readonly #failures: string[] = [];
  #lastAt: number | undefined;
  #longestGapMs = 0;
  #nextId = 1;

  nextId(): number {
    return this.#nextId++;
  }

  acknowledge(id: number): void {
    const now = performance.now();
    this.acknowledged.push(id);
    this.#longestGapMs = Math.max(this.#longestGapMs, now - (this.#lastAt ?? now));
    this.#lastAt = now;
  }

  fail(error: unknown): void {
    this.#failures.push(String(error));
  }

  report(): WriterReport {
    return {
      acknowledged: [...this.acknowledged],
      failures: [...this.#failures],
      longestGapMs: this.#longestGapMs,
    };
  }
}

async function write(
  place: number,
  { address, pauseMs = 2 }: WriterWish,
  log: WriteLog,
  signal: AbortSignal,
): Promise<void> {
  let connection: Connection | undefined;
  while (!signal.aborted) {
    try {
      connection ??= await connectTo(address());
      const id = log.nextId();
      const sql = `INSERT INTO written.rows_of (id, writer) VALUES (${String(id)}, ${String(place)})`;
      await connection.query({ sql, timeout: statementTimeoutMs });
      log.acknowledge(id);
    } catch (error) {
      log.fail(error);
      connection?.destroy();
      connection = undefined;
    }
    await sleep(pauseMs);
  }
  connection?.destroy();
}

async function connectTo(address: string): Promise<Connection> {
  const [host = '', port = ''] = address.split(':');
  const connection = await createConnection({
    host,
    port: Number(port),
    ...writer,
    connectTimeout: connectTimeoutMs,
  });
  connection.on('error', () => undefined);
  return connection;
}
