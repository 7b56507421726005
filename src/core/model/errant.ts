import * as gtidSet from './gtid-set.ts';
import type { Server } from './instance.ts';
import * as mariadbGtid from './mariadb-gtid.ts';

export interface Errant {
  readonly count: number;
  /** The first of them, one by one, as the server names them. */
  readonly list: readonly string[];
}

const none: Errant = { count: 0, list: [] };

/**
 * Transactions that `server` executed and `master` never did. Those that `master` wrote itself are left out while it
 * lives: a replica asked a moment later may hold newer ones. Without GTID on both nothing can be said: none.
 */
export function errantOf(server: Server, master: Server, limit: number): Errant {
  return beyond(server, master, limit, master);
}

/** The same for a server that is to follow `master`: nothing is left out, for it does not replicate from it yet. */
export function ownTransactionsOf(server: Server, master: Server, limit: number): Errant {
  return beyond(server, master, limit, undefined);
}

function beyond(server: Server, master: Server, limit: number, living: Server | undefined): Errant {
  const mine = server.gtid;
  const theirs = master.gtid;
  if (mine.kind === 'mysql' && theirs.kind === 'mysql') {
    const extra = gtidSet.subtract(gtidSet.parseGtidSet(mine.executed), gtidSet.parseGtidSet(theirs.executed));
    const uuid = living?.serverUuid ?? null;
    const own = uuid === null ? extra : gtidSet.withoutSource(extra, uuid);
    return { count: Number(gtidSet.countOf(own)), list: gtidSet.listTransactions(own, limit) };
  }
  if (mine.kind === 'mariadb' && theirs.kind === 'mariadb') {
    const ranges = mariadbGtid.ownTransactions(
      mariadbGtid.parseMariadbPosition([mine.binlogState, mine.slavePos], mine.strict),
      mariadbGtid.parseMariadbPosition([theirs.binlogState, theirs.slavePos], theirs.strict),
      living === undefined ? [] : [living.serverId],
    );
    return { count: Number(mariadbGtid.countOf(ranges)), list: mariadbGtid.listTransactions(ranges, limit) };
  }
  return none;
}
