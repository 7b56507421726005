import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ReplicationError } from '../../core/model/replication-error.ts';
import type { Clock, Lease } from '../../core/ports.ts';
import type { JournalFile } from './journal-file.ts';
import type { Sessions } from './sessions.ts';

/** What leases are judged by. */
export interface LeaseContext {
  readonly journal: JournalFile;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

export interface LeaseWish {
  readonly name: string;
  readonly holder: string;
  readonly ttlMs: number;
}

const row = z.object({
  token: z.number(),
  holder: z.string().nullable(),
  session: z.string().nullable(),
  renewed_at: z.number(),
  ttl_ms: z.number(),
});

/**
 * Takes the lease when it is free, when its holder's process is gone, or when its holder has not renewed it in time.
 * Time is the machine's monotonic clock: nobody gains or loses a lease when the date is set.
 */
export function takeLease(context: LeaseContext, wish: LeaseWish): Lease | undefined {
  const { journal, sessions, clock } = context;
  const token = journal.write('now', (db) => {
    const current = leaseRow(db, wish.name);
    if (current !== undefined && isHeld(current, context)) {
      return undefined;
    }
    const next = (current?.token ?? 0) + 1;
    db.prepare(
      `INSERT INTO leases (name, token, holder, session, renewed_at, ttl_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET token = excluded.token, holder = excluded.holder,
         session = excluded.session, renewed_at = excluded.renewed_at, ttl_ms = excluded.ttl_ms`,
    ).run(wish.name, next, wish.holder, sessions.own, clock.monotonic(), wish.ttlMs);
    return next;
  });
  return token === undefined ? undefined : leaseOf(context, wish.name, token);
}

export function leaseHolder(context: LeaseContext, name: string): string | undefined {
  const current = context.journal.read((db) => leaseRow(db, name));
  return current !== undefined && isHeld(current, context)
    ? (current.holder ?? undefined)
    : undefined;
}

function leaseOf({ journal, clock }: LeaseContext, name: string, token: number): Lease {
  return {
    token,
    // The token is the truth: whoever took the lease in the meantime has raised it.
    renew: () =>
      journal.write('soon', (db) => {
        const renewed = db
          .prepare(
            'UPDATE leases SET renewed_at = ? WHERE name = ? AND token = ? AND holder IS NOT NULL',
          )
          .run(clock.monotonic(), name, token);
        return Number(renewed.changes) === 1;
      }),
    release: () => {
      giveBack(journal, name, token);
    },
  };
}

/** A lease that cannot be given back runs out by itself. */
function giveBack(journal: JournalFile, name: string, token: number): void {
  try {
    journal.write('soon', (db) =>
      db
        .prepare('UPDATE leases SET holder = NULL, session = NULL WHERE name = ? AND token = ?')
        .run(name, token),
    );
  } catch (error) {
    if (!(error instanceof ReplicationError)) {
      throw error;
    }
  }
}

function leaseRow(db: DatabaseSync, name: string): z.infer<typeof row> | undefined {
  const found = db.prepare('SELECT * FROM leases WHERE name = ?').get(name);
  return found === undefined ? undefined : row.parse(found);
}

function isHeld(lease: z.infer<typeof row>, { sessions, clock }: LeaseContext): boolean {
  if (lease.holder === null || lease.session === null) {
    return false;
  }
  const sinceMs = clock.monotonic() - lease.renewed_at;
  return sinceMs <= lease.ttl_ms && sessions.isAlive(lease.session);
}
