import type { Clock, Store } from '../../core/ports.ts';
import { dropInstance, putInstances, readInstances } from './instance-rows.ts';
import { type JournalFile, openJournal } from './journal-file.ts';
import { leaseHolder, takeLease } from './leases.ts';
import {
  acknowledgeRecoveries,
  dropOldest,
  type Judge,
  putRecovery,
  readRecoveries,
  readRecovery,
} from './recovery-rows.ts';
import { openSessions, type Sessions } from './sessions.ts';

export interface StoreOptions {
  readonly clock: Clock;
  /** Told one sentence, once, for each recovery that cannot be read. */
  readonly warn?: (says: string) => void;
  /** How many recoveries are kept of each cluster; 500 unless told. */
  readonly keepPerCluster?: number;
  /** Recoveries without acknowledgement are never dropped before this; an hour unless told. */
  readonly blockPeriodMs?: number;
}

export interface OpenedStore extends Store {
  /** One sentence when the store can be read but not written; else undefined. */
  readonly problem: string | undefined;
}

/**
 * Opens the journal in `dir`, shared with every process of this user that opens it too.
 *
 * A process may die at any moment and nothing that was saved is lost. When the whole machine loses its power, the
 * start and the end of a recovery, acknowledgements and leases taken are safe; of a recovery that was under way, the
 * newest steps may be missing, and of the known instances the last seconds. The folder must be on a local disk.
 *
 * Throws ReplicationError `store-unavailable`, as every call of the store does.
 */
export function openStore(dir: string, options: StoreOptions): OpenedStore {
  const journal = openJournal(dir);
  try {
    return storeOver(journal, openSessions(journal), options);
  } catch (error) {
    journal.close();
    throw error;
  }
}

function storeOver(journal: JournalFile, sessions: Sessions, options: StoreOptions): OpenedStore {
  const { clock } = options;
  const ground = { journal, sessions, clock };
  const judge = judgeBy(sessions, options);
  const keep = {
    perCluster: options.keepPerCluster ?? 500,
    blockPeriodMs: options.blockPeriodMs ?? 3_600_000,
    isAlive: (session: string) => sessions.isAlive(session),
  };
  return {
    problem: journal.problem,
    saveRecovery: (recovery) => {
      // Steps that begin and end on the road of a failover do not wait for the disk; its start and its end do.
      const underWay =
        recovery.state === 'running' && recovery.steps.some((it) => it.state !== 'waiting');
      journal.write(underWay ? 'soon' : 'now', (db) => {
        putRecovery(db, recovery, sessions.own);
        if (!underWay) {
          dropOldest(db, recovery.cluster, { ...keep, now: clock.now() });
        }
      });
    },
    recovery: (id) => journal.read((db) => readRecovery(db, id, judge)),
    recoveries: (cluster, limit) =>
      journal.read((db) => readRecoveries(db, { cluster, limit }, judge)),
    acknowledge: (ids, by, comment) =>
      journal.write('now', (db) =>
        acknowledgeRecoveries(db, ids, { at: clock.now(), by, comment, judge }),
      ),
    rememberInstances: (cluster, instances) => {
      journal.write('soon', (db) => {
        putInstances(db, cluster, instances);
      });
    },
    knownInstances: (cluster) => journal.read((db) => readInstances(db, cluster)),
    forgetInstance: (cluster, key) => {
      journal.write('soon', (db) => {
        dropInstance(db, cluster, key);
      });
    },
    takeLease: (name, holder, ttlMs) => takeLease(ground, { name, holder, ttlMs }),
    leaseHolder: (name) => leaseHolder(ground, name),
    close: closeOnce(journal, sessions),
  };
}

/** Each recovery that cannot be read is told once, not at every look. */
function judgeBy(sessions: Sessions, options: StoreOptions): Judge {
  const told = new Set<string>();
  return {
    isAlive: (session: string) => sessions.isAlive(session),
    setAside: (id, says) => {
      if (!told.has(id)) {
        told.add(id);
        options.warn?.(says);
      }
    },
  };
}

function closeOnce(journal: JournalFile, sessions: Sessions): () => void {
  let open = true;
  return () => {
    if (open) {
      open = false;
      sessions.close();
      journal.close();
    }
  };
}
