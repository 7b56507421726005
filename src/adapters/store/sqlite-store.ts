import type { Clock, Store } from '../../core/ports.ts';
import { isSaidAlready, putDetection, readDetections } from './detection-rows.ts';
import { dropDisarming, putDisarming, readDisarming } from './disarming-rows.ts';
import { dropDowntime, type Moment, putDowntime, readDowntimes } from './downtime-rows.ts';
import { dropInstance, putInstances, readInstances } from './instance-rows.ts';
import { dropKey, noteKey, putKey, readKeys } from './key-rows.ts';
import { type JournalFile, openJournal, type Patience } from './journal-file.ts';
import { type LeaseContext, leaseHolder, takeLease } from './leases.ts';
import {
  acknowledgeRecoveries,
  dropOldest,
  type Judge,
  putRecovery,
  readRecoveries,
  readRecovery,
} from './recovery-rows.ts';
import type { RowTrouble } from './row-trouble.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { dropStanding, putStandings, readStandings } from './standing-rows.ts';
import { putStopped, readStopped } from './stopped-rows.ts';

export interface StoreOptions {
  /** How long calls wait for other processes; long unless told. */
  readonly patience?: Patience;
  readonly clock: Clock;
  /** Told one sentence, once, for each recovery or detection that cannot be read. */
  readonly warn?: (says: string) => void;
  /** How many recoveries are kept of each cluster; 500 unless told. */
  readonly keepPerCluster?: number;
  /** How many detections are kept of each cluster; 1,000 unless told. */
  readonly keepDetections?: number;
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
 * newest steps may be missing, and of known instances and detections the last seconds. The folder must be on a local disk.
 *
 * Throws ReplicationError `store-unavailable`, as every call of the store does.
 */
export function openStore(dir: string, options: StoreOptions): OpenedStore {
  const journal = openJournal(dir, options.patience);
  try {
    return storeOver(journal, openSessions(journal), options);
  } catch (error) {
    journal.close();
    throw error;
  }
}

function storeOver(journal: JournalFile, sessions: Sessions, options: StoreOptions): OpenedStore {
  const { clock } = options;
  const judge = judgeBy(sessions, options);
  const keep = {
    perCluster: options.keepPerCluster ?? 500,
    blockPeriodMs: options.blockPeriodMs ?? 3_600_000,
    isAlive: (session: string) => sessions.isAlive(session),
  };
  return {
    problem: journal.problem,
    saveRecovery: (recovery) => {
      // Steps that begin and end during a failover do not wait for the disk; its start and its end do.
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
    promotions: (cluster, limit) =>
      journal.read((db) => readRecoveries(db, { cluster, limit, only: 'promotions' }, judge)),
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
    ...detectionsOver(journal, judge, options.keepDetections ?? 1000),
    ...downtimesOver(journal, clock),
    ...armingOver(journal),
    ...stoppedOver(journal),
    ...trustOver(journal),
    ...leasesOver({ journal, sessions, clock }),
    close: closeOnce(journal, sessions),
  };
}

function detectionsOver(
  journal: JournalFile,
  trouble: RowTrouble,
  keep: number,
): Pick<Store, 'saveDetection' | 'detections'> {
  return {
    saveDetection: (detection) => {
      // A finding that is held for hours comes with every look: reading is enough for most of them.
      if (!journal.read((db) => isSaidAlready(db, detection))) {
        journal.write('soon', (db) => {
          putDetection(db, detection, keep);
        });
      }
    },
    detections: (cluster, limit) =>
      journal.read((db) => readDetections(db, { cluster, limit }, trouble)),
  };
}

function downtimesOver(
  journal: JournalFile,
  clock: Clock,
): Pick<Store, 'beginDowntime' | 'endDowntime' | 'downtimes'> {
  const moment = (now: number): Moment => ({ now, monotonic: clock.monotonic() });
  return {
    beginDowntime: (downtime) => {
      journal.write('now', (db) => {
        putDowntime(db, downtime, moment(clock.now()));
      });
    },
    endDowntime: (cluster, instance) =>
      journal.write('now', (db) => dropDowntime(db, { cluster, instance }, moment(clock.now()))),
    downtimes: (cluster, now) => journal.read((db) => readDowntimes(db, cluster, moment(now))),
  };
}

function leasesOver(context: LeaseContext): Pick<Store, 'takeLease' | 'leaseHolder'> {
  return {
    takeLease: (name, holder, ttlMs) => takeLease(context, { name, holder, ttlMs }),
    leaseHolder: (name) => leaseHolder(context, name),
  };
}

function trustOver(
  journal: JournalFile,
): ReturnType<typeof standingsOver> & ReturnType<typeof keysOver> {
  return { ...standingsOver(journal), ...keysOver(journal) };
}

function keysOver(
  journal: JournalFile,
): Pick<Store, 'serverKeys' | 'putServerKey' | 'noteServerKey' | 'forgetServerKey'> {
  return {
    serverKeys: (cluster) => journal.read((db) => readKeys(db, cluster)),
    putServerKey: (cluster, key) => {
      journal.write('soon', (db) => {
        putKey(db, cluster, key);
      });
    },
    noteServerKey: (cluster, key) => {
      journal.write('soon', (db) => {
        noteKey(db, cluster, key);
      });
    },
    forgetServerKey: (cluster, address) =>
      journal.write('now', (db) => dropKey(db, cluster, address)),
  };
}

function stoppedOver(journal: JournalFile): Pick<Store, 'noteStopped' | 'stoppedReceivers'> {
  return {
    noteStopped: (cluster, receivers) => {
      journal.write('soon', (db) => {
        putStopped(db, cluster, receivers);
      });
    },
    stoppedReceivers: (cluster) => journal.read((db) => readStopped(db, cluster)),
  };
}

function standingsOver(
  journal: JournalFile,
): Pick<Store, 'standings' | 'noteStandings' | 'dropStanding'> {
  return {
    standings: (cluster) => journal.read((db) => readStandings(db, cluster)),
    noteStandings: (cluster, standings) => {
      journal.write('now', (db) => {
        putStandings(db, cluster, standings);
      });
    },
    dropStanding: (cluster, name) => journal.write('now', (db) => dropStanding(db, cluster, name)),
  };
}

function armingOver(journal: JournalFile): Pick<Store, 'disarm' | 'arm' | 'disarmed'> {
  return {
    disarm: (disarming) => {
      journal.write('now', (db) => {
        putDisarming(db, disarming);
      });
    },
    arm: (cluster) => journal.write('now', (db) => dropDisarming(db, cluster)),
    disarmed: (cluster) => journal.read((db) => readDisarming(db, cluster)),
  };
}

/** Each record that cannot be read is told once, not at every look. */
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
