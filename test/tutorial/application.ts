import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Pool } from 'mysql2/promise';
import { sqlIn } from '../docker/containers.ts';

const user = { user: 'app', password: 'app' };

/** A shop that knows one address, and keeps its pool of connections for as long as it lives. */
export class Application {
  readonly #pool: Pool;
  readonly #notes: string[] = [];

  private constructor(port: number) {
    this.#pool = createPool({ host: '127.0.0.1', port, database: 'shop', ...user });
  }

  /** `master`: the container where its account is made. `port`: of the one address. */
  static async start(master: string, port: number): Promise<Application> {
    const { user: name, password } = user;
    await sqlIn(
      master,
      `CREATE USER ${name}@'%' IDENTIFIED BY '${password}'; GRANT SELECT, INSERT ON shop.* TO ${name}@'%'`,
    );
    return new Application(port);
  }

  /** What it was told that is safe. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Orders something, and tries again as any shop does, for at most half a minute; how long it took, in milliseconds. */
  async order(note: string): Promise<number> {
    const beganAt = Date.now();
    for (;;) {
      try {
        await this.#pool.query('INSERT INTO orders (note) VALUES (?)', [note]);
        this.#notes.push(note);
        return Date.now() - beganAt;
      } catch (error) {
        if (Date.now() - beganAt > 30_000) throw error;
        await sleep(20);
      }
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
