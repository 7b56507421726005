import type { KnownInstance, Lease, Store } from '../../src/core/ports.ts';
import { isPromotion, type Recovery } from '../../src/core/model/recovery.ts';
import { ReplicationError } from '../../src/core/model/replication-error.ts';
import type { Standing } from '../../src/core/model/standing.ts';
import type {
  Detection,
  Disarming,
  Downtime,
  StoppedReceiver,
} from '../../src/core/model/watch.ts';
import { interrupted } from '../../src/core/record/recovery-record.ts';
import { beginning, type SimProcess } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

interface KeptLease {
  token: number;
  holder: string | null;
  process: SimProcess | null;
  renewedAt: number;
  ttlMs: number;
}

/** `locked`: another process holds it. `full`: it can be read and not written. */
export type JournalTrouble = 'locked' | 'full' | undefined;

/** What all processes of one host share: the rows of the journal. */
export class Journal {
  trouble: JournalTrouble;
  readonly recoveries = new Map<string, { recovery: Recovery; process: SimProcess }>();
  readonly detections: Detection[] = [];
  readonly leases = new Map<string, KeptLease>();
  known = new Map<string, KnownInstance>();
  standings = new Map<string, Standing>();
  downtimes: Downtime[] = [];
  disarming: Disarming | undefined;
  stopped: readonly StoppedReceiver[] = [];
  /** Told every recovery that is saved, before and after. */
  onSave: (recovery: Recovery, before: Recovery | undefined, process: SimProcess) => void = () =>
    undefined;

  /** Newest first. A record of a process that is gone reads as interrupted. */
  newest(): readonly Recovery[] {
    return [...this.recoveries.values()]
      .map(({ recovery, process }) => (process.isAlive ? recovery : interrupted(recovery)))
      .toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  }
}

/** The journal as one process of its host uses it. */
export function storeOf(journal: Journal, process: SimProcess, time: VirtualTime): Store {
  const read = <T>(work: () => T): T => {
    if (journal.trouble === 'locked') throw unavailable('The journal is locked.');
    return work();
  };
  const write = <T>(work: () => T): T => {
    if (journal.trouble !== undefined) throw unavailable(`The journal is ${journal.trouble}.`);
    // What a killed process still computes in its last moment reaches nobody.
    if (!process.isAlive) throw unavailable('The process is gone.');
    return work();
  };
  return {
    ...recordsOf(journal, process, { read, write }),
    ...notesOf(journal, { read, write }),
    takeLease: (name, holder, ttlMs) =>
      write(() => takeLease(journal, { name, holder, ttlMs, process }, { time, write })),
    leaseHolder: (name) =>
      read(() => {
        const kept = journal.leases.get(name);
        return kept !== undefined && isHeld(kept, time) ? (kept.holder ?? undefined) : undefined;
      }),
    close: () => undefined,
  };
}

interface Guarded {
  readonly read: <T>(work: () => T) => T;
  readonly write: <T>(work: () => T) => T;
}

function recordsOf(journal: Journal, process: SimProcess, { read, write }: Guarded) {
  return {
    saveRecovery: (recovery) => {
      write(() => {
        const before = journal.recoveries.get(recovery.id)?.recovery;
        const acknowledgement = before?.acknowledgement ?? recovery.acknowledgement;
        const saved = { ...recovery, acknowledgement };
        journal.recoveries.set(recovery.id, { recovery: saved, process });
        journal.onSave(saved, before, process);
      });
    },
    recovery: (id) => read(() => journal.newest().find((it) => it.id === id)),
    recoveries: (_, limit) => read(() => journal.newest().slice(0, limit)),
    promotions: (_, limit) => read(() => journal.newest().filter(isPromotion).slice(0, limit)),
    acknowledge: (ids, by, comment) =>
      write(() => {
        const due = ids.flatMap((id) => journal.recoveries.get(id) ?? []);
        due.forEach((it) => {
          it.recovery = { ...it.recovery, acknowledgement: { at: beginning, by, comment } };
        });
        return due.length;
      }),
    saveDetection: (detection) => {
      write(() => {
        const before = journal.detections.at(-1);
        if (before === undefined || gistOf(before) !== gistOf(detection)) {
          journal.detections.push(detection);
        }
      });
    },
    detections: (_, limit) => read(() => journal.detections.slice(-limit).toReversed()),
  } satisfies Partial<Store>;
}

function gistOf({ code, instance, decision, because }: Detection): string {
  return JSON.stringify([code, instance, decision, because]);
}

function notesOf(journal: Journal, { read, write }: Guarded) {
  return {
    rememberInstances: (_, instances) =>
      write(() => {
        instances.forEach((it) => journal.known.set(it.key, it));
      }),
    knownInstances: () => read(() => [...journal.known.values()]),
    forgetInstance: (_, key) =>
      write(() => {
        journal.known.delete(key);
      }),
    standings: () => read(() => [...journal.standings.values()]),
    noteStandings: (_, standings) =>
      write(() => {
        standings.forEach((it) => journal.standings.set(it.name, it));
      }),
    dropStanding: (_, name) => write(() => journal.standings.delete(name)),
    beginDowntime: (downtime) =>
      write(() => {
        journal.downtimes.push(downtime);
      }),
    endDowntime: (_, instance) =>
      write(() => {
        const before = journal.downtimes.length;
        journal.downtimes = journal.downtimes.filter((it) => it.instance !== instance);
        return journal.downtimes.length < before;
      }),
    downtimes: (_, now) =>
      read(() => journal.downtimes.filter((it) => it.until === null || it.until > now)),
    disarm: (disarming) =>
      write(() => {
        journal.disarming = disarming;
      }),
    arm: () =>
      write(() => {
        const was = journal.disarming !== undefined;
        journal.disarming = undefined;
        return was;
      }),
    disarmed: () => read(() => journal.disarming),
    noteStopped: (_, receivers) =>
      write(() => {
        journal.stopped = receivers;
      }),
    stoppedReceivers: () => read(() => journal.stopped),
    serverKeys: () => [],
    putServerKey: () => undefined,
    noteServerKey: () => undefined,
    forgetServerKey: () => false,
  } satisfies Partial<Store>;
}

function takeLease(
  journal: Journal,
  wish: { name: string; holder: string; ttlMs: number; process: SimProcess },
  { time, write }: Pick<Guarded, 'write'> & { readonly time: VirtualTime },
): Lease | undefined {
  const kept = journal.leases.get(wish.name);
  if (kept !== undefined && isHeld(kept, time)) return undefined;
  const { holder, process, ttlMs } = wish;
  const token = (kept?.token ?? 0) + 1;
  journal.leases.set(wish.name, { token, holder, process, ttlMs, renewedAt: time.now });
  const mine = (): KeptLease | undefined => {
    const now = journal.leases.get(wish.name);
    return now?.token === token && now.holder !== null ? now : undefined;
  };
  return {
    token,
    renew: () =>
      write(() => {
        const lease = mine();
        if (lease !== undefined) lease.renewedAt = time.now;
        return lease !== undefined;
      }),
    release: () => {
      const lease = journal.trouble === undefined && process.isAlive ? mine() : undefined;
      if (lease !== undefined) lease.holder = null;
    },
  };
}

function isHeld({ holder, process, renewedAt, ttlMs }: KeptLease, time: VirtualTime): boolean {
  return holder !== null && process?.isAlive === true && time.now - renewedAt <= ttlMs;
}

function unavailable(text: string): ReplicationError {
  return new ReplicationError('store-unavailable', text);
}
