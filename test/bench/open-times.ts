import { createConnection, type Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';

const pollMs = 4;
const answer = z.tuple([z.object({ closed: z.coerce.number() })]);

/** From one moment to another, on `systemClock.monotonic`, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Looks at every member all the time, right beside it, and knows when any of them took writes. */
export class OpenTimes {
  readonly #open = new Set<string>();
  readonly #closed: { readonly from: number; to: number | undefined }[] = [];
  readonly #ending = new AbortController();
  readonly #loops: readonly Promise<void>[];

  constructor({ members }: TestCluster) {
    this.#loops = members.map((it) => this.#lookAt(it));
  }

  /** The longest time in which no member took writes and that ended after `since`; undefined while none did. */
  longestStop(since: number): Span | undefined {
    return this.#closed
      .flatMap(({ from, to }) => (to !== undefined && to > since ? [{ from, to }] : []))
      .toSorted((one, other) => other.to - other.from - (one.to - one.from))[0];
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#loops);
  }

  async #lookAt(member: TestMember): Promise<void> {
    let connection: Connection | undefined;
    while (!this.#ending.signal.aborted) {
      try {
        connection ??= await connected(member.port);
        const [rows] = await connection.query('SELECT @@GLOBAL.read_only AS closed');
        this.#note(member.key, answer.parse(rows)[0].closed === 0);
      } catch {
        connection?.destroy();
        connection = undefined;
        this.#note(member.key, false);
      }
      await sleep(pollMs);
    }
    connection?.destroy();
  }

  #note(key: string, isOpen: boolean): void {
    const at = systemClock.monotonic();
    if (isOpen) this.#open.add(key);
    else this.#open.delete(key);
    const stop = this.#closed.at(-1);
    const isStopped = stop !== undefined && stop.to === undefined;
    if (this.#open.size === 0 && !isStopped) this.#closed.push({ from: at, to: undefined });
    if (this.#open.size > 0 && isStopped) stop.to = at;
  }
}

async function connected(port: number): Promise<Connection> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    ...testUsers.root,
    connectTimeout: 1_000,
  });
  connection.on('error', () => undefined);
  return connection;
}
