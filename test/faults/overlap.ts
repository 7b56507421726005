import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { splitKey } from '../../src/core/model/instance.ts';
import { testUsers, type TestCluster } from '../servers/test-cluster.ts';
import type { TestMember } from '../servers/test-member.ts';

const pauseMs = 25;
const askMs = 500;

/** Watches, all the time, which members take writes. */
export interface OverlapWatch {
  /** Ends it: the longest time in which the same two took writes, in milliseconds, and who they were. */
  end(): Promise<{ readonly ms: number; readonly who: string }>;
}

/** Two count as open together only from one look at both to the next: within a look they may have taken turns. */
export function watchOverlap({ members }: TestCluster): OverlapWatch {
  const stopping = new AbortController();
  const eyes = members.map((it) => new Eye(it));
  const longest = { ms: 0, who: '' };
  let since: { readonly at: number; readonly who: string } | undefined;
  const look = async (): Promise<void> => {
    const open = (await Promise.all(eyes.map((it) => it.isOpen()))).flatMap((isOpen, place) =>
      isOpen ? [members[place]?.key ?? ''] : [],
    );
    const who = open.length > 1 ? open.join(' and ') : '';
    const now = performance.now();
    if (who === '' || since?.who !== who) {
      since = who === '' ? undefined : { at: now, who };
    } else if (now - since.at > longest.ms) {
      Object.assign(longest, { ms: Math.round(now - since.at), who });
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(pauseMs);
    }
  })();
  return {
    end: async () => {
      stopping.abort();
      await looking;
      eyes.forEach((it) => {
        it.close();
      });
      return longest;
    },
  };
}

class Eye {
  readonly #member: TestMember;
  #connection: Connection | undefined;

  constructor(member: TestMember) {
    this.#member = member;
  }

  /** Goes the way that applications go. A server that does not answer takes no writes now, as far as they can tell. */
  async isOpen(): Promise<boolean> {
    try {
      this.#connection ??= await this.#connect();
      const sql = 'SELECT @@GLOBAL.read_only AS closed';
      const [rows] = await this.#connection.query<RowDataPacket[]>({ sql, timeout: askMs });
      return Number(rows[0]?.['closed']) === 0;
    } catch {
      this.close();
      return false;
    }
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #connect(): Promise<Connection> {
    const { host, port } = splitKey(this.#member.key);
    const connection = await createConnection({
      host,
      port,
      ...testUsers.monitor,
      connectTimeout: askMs,
    });
    connection.on('error', () => undefined);
    return connection;
  }
}
