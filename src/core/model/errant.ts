import type { Server } from './instance.ts';
import { nobody, whatLacks, type Origins } from './position.ts';
import { executedOf } from './server-position.ts';

export interface Errant {
  readonly count: number;
  /** The first of them, one by one, as the server names them. */
  readonly list: readonly string[];
}

/**
 * Transactions that `server` executed and `master` never did. Those that `master` wrote itself are left out while it
 * lives: a replica asked a moment later may hold newer ones. Without GTID on both nothing can be said: none.
 */
export function errantOf(server: Server, master: Server, limit: number): Errant {
  return beyond(server, master, limit, {
    serverIds: [master.serverId],
    uuids: master.serverUuid === null ? [] : [master.serverUuid],
  });
}

/** The same for a server that is to follow `master`: nothing is left out, for it does not replicate from it yet. */
export function ownTransactionsOf(server: Server, master: Server, limit: number): Errant {
  return beyond(server, master, limit, nobody);
}

function beyond(server: Server, master: Server, limit: number, ignore: Origins): Errant {
  const mine = executedOf(server);
  const theirs = executedOf(master);
  if (mine === null || theirs === null || mine.kind === 'file' || mine.kind !== theirs.kind) {
    return { count: 0, list: [] };
  }
  const { count, transactions } = whatLacks(theirs, mine, ignore, limit);
  return { count: Number(count ?? 0n), list: transactions };
}
