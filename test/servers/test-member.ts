import type { Accounts } from '../../src/dialect/new-accounts.ts';
import { ask, untilAnswering } from '../../src/adapters/lab/ask.ts';
import type { Row } from '../../src/adapters/lab/ask.ts';
import type { ServerDistribution } from '../../src/adapters/lab/server-distribution.ts';
import { until } from '../support/harness/until.ts';
import { endServer, lastWords, pidOf, startServer } from '../../src/adapters/lab/server-process.ts';

/** One real server of a test. Everything here acts as `root`. */
export class TestMember {
  readonly port: number;
  /** As servers and settings name it: `127.0.0.1:PORT`, or with its address in a network of its own. */
  readonly key: string;
  readonly serverId: number;
  readonly folder: string;
  readonly #distribution: ServerDistribution;
  readonly #accounts: Accounts;

  constructor(
    place: {
      readonly host?: string;
      readonly port: number;
      readonly serverId: number;
      readonly folder: string;
    },
    distribution: ServerDistribution,
    accounts: Accounts,
  ) {
    this.port = place.port;
    this.key = `${place.host ?? '127.0.0.1'}:${String(place.port)}`;
    this.serverId = place.serverId;
    this.folder = place.folder;
    this.#distribution = distribution;
    this.#accounts = accounts;
  }

  /** Runs statements on one connection; the rows of the last one. */
  sql(...statements: readonly string[]): Promise<readonly Row[]> {
    return ask(this.port, this.#accounts.root, statements);
  }

  /** The first column of the first row, as text; `null` for NULL. */
  async value(statement: string): Promise<string | null> {
    const [row] = await this.sql(statement);
    const [value] = Object.values(row ?? {});
    if (value === null || value === undefined) {
      return null;
    }
    return typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : JSON.stringify(value);
  }

  /** Asks until the first column of the first row is `expected`; throws with what it was last. */
  async untilValue(statement: string, expected: string | null, deadlineMs = 20_000): Promise<void> {
    let last: string | null = null;
    const isThere = async (): Promise<boolean> => {
      last = await this.value(statement);
      return last === expected;
    };
    const what = `${this.key}: "${statement}" is ${String(expected)}`;
    await until(what, isThere, deadlineMs, () => Promise.resolve(last));
  }

  pid(): Promise<number | undefined> {
    return pidOf(this.folder);
  }

  /** Dies as in a crash. Whatever it acknowledged is still there after `start`. */
  kill9(): Promise<void> {
    return endServer(this.folder, 'kill');
  }

  /** Shuts down cleanly. */
  stop(): Promise<void> {
    return endServer(this.folder, 'clean');
  }

  /** Starts again on its old data and port, and waits until it answers. */
  async start(extra: readonly string[] = []): Promise<void> {
    if ((await this.pid()) === undefined) {
      await startServer(this.#distribution, this.folder, extra);
    }
    const signal = new AbortController().signal;
    await untilAnswering(this.folder, this.port, this.#accounts.root, {
      deadlineMs: 60_000,
      signal,
    });
  }

  /** Freezes the process: connections stay open, nothing answers. */
  async hang(): Promise<void> {
    await this.#signal('SIGSTOP');
  }

  async unhang(): Promise<void> {
    await this.#signal('SIGCONT');
  }

  /** The last errors of its log. */
  log(): Promise<string> {
    return lastWords(this.folder);
  }

  async #signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) {
      throw new Error(`${this.key} does not run.`);
    }
    process.kill(pid, name);
  }
}
