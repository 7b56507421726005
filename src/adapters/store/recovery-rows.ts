import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { Recovery } from '../../core/model/recovery.ts';
import { interrupted } from '../../core/record/recovery-record.ts';
import { recoverySchema } from './recovery-schema.ts';
import { remembering } from './remembering.ts';
import { json, type RowTrouble } from './row-trouble.ts';

/** How many recoveries are kept of each cluster. */
export interface Keep {
  readonly perCluster: number;
  /** An unacknowledged recovery is kept for at least this long, however many there are. */
  readonly blockPeriodMs: number;
}

/** How rows are judged: who still lives, and where to tell what cannot be read. */
export interface Judge extends RowTrouble {
  isAlive(session: string): boolean;
}

/** As many as views show, of a handful of clusters. */
const recoveryIn = remembering((body) => recoverySchema.safeParse(json(body)).data, 500);

const row = z.object({
  id: z.string(),
  session: z.string(),
  body: z.string(),
  acknowledged_at: z.number().nullable(),
  acknowledged_by: z.string().nullable(),
  acknowledged_comment: z.string().nullable(),
});

/** Writes the recovery as this session's. An acknowledgement that the journal knows is never taken back. */
export function putRecovery(db: DatabaseSync, recovery: Recovery, session: string): void {
  const { acknowledgement } = recovery;
  db.prepare(
    `INSERT INTO recoveries (id, cluster, state, started_at, ended_at, session, body,
       acknowledged_at, acknowledged_by, acknowledged_comment)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       cluster = excluded.cluster, state = excluded.state, started_at = excluded.started_at,
       ended_at = excluded.ended_at, session = excluded.session, body = excluded.body,
       acknowledged_by = iif(acknowledged_at IS NULL, excluded.acknowledged_by, acknowledged_by),
       acknowledged_comment = iif(acknowledged_at IS NULL, excluded.acknowledged_comment, acknowledged_comment),
       acknowledged_at = coalesce(acknowledged_at, excluded.acknowledged_at)`,
  ).run(
    recovery.id,
    recovery.cluster,
    recovery.state,
    recovery.startedAt,
    recovery.endedAt,
    session,
    JSON.stringify(recovery),
    acknowledgement?.at ?? null,
    acknowledgement?.by ?? null,
    acknowledgement?.comment ?? null,
  );
}

export function readRecovery(db: DatabaseSync, id: string, judge: Judge): Recovery | undefined {
  const found = db.prepare('SELECT * FROM recoveries WHERE id = ?').get(id);
  return found === undefined ? undefined : judged(found, judge);
}

/** Who is the master stands in them. A body that is no JSON is none. */
const isPromotion = `iif(json_valid(body), json_extract(body, '$.kind'), '') IN ('switchover', 'failover')`;

/** Newest first; what cannot be read is set aside and takes no place. */
export function readRecoveries(
  db: DatabaseSync,
  wanted: {
    readonly cluster: string | undefined;
    readonly limit: number;
    readonly only?: 'promotions';
  },
  judge: Judge,
): readonly Recovery[] {
  const only = wanted.only === undefined ? '' : `AND ${isPromotion}`;
  const rows = db
    .prepare(
      `SELECT * FROM recoveries WHERE (?1 IS NULL OR cluster = ?1) ${only} ORDER BY started_at DESC, id DESC`,
    )
    .iterate(wanted.cluster ?? null);
  const found: Recovery[] = [];
  for (const each of rows) {
    if (found.length >= wanted.limit) {
      break;
    }
    const recovery = judged(each, judge);
    if (recovery !== undefined) {
      found.push(recovery);
    }
  }
  return found;
}

/** How many of them were acknowledged now: those that have ended and were not acknowledged before. */
export function acknowledgeRecoveries(
  db: DatabaseSync,
  ids: readonly string[],
  as: { readonly at: number; readonly by: string; readonly comment: string; readonly judge: Judge },
): number {
  const update = db.prepare(
    `UPDATE recoveries SET acknowledged_at = ?, acknowledged_by = ?, acknowledged_comment = ?
     WHERE id = ? AND acknowledged_at IS NULL`,
  );
  const hasEnded = ids.filter((id) => readRecovery(db, id, as.judge)?.state !== 'running');
  return hasEnded
    .map((id) => Number(update.run(as.at, as.by, as.comment, id).changes))
    .reduce((sum, changes) => sum + changes, 0);
}

/** How many promotions are kept whatever came after them. */
const keptPromotions = 20;

/**
 * Drops the oldest of a cluster, but none that runs, none that may still hold off the next recovery, and none of the
 * newest promotions: they say who the master is.
 */
export function dropOldest(
  db: DatabaseSync,
  cluster: string,
  keep: Keep & { readonly now: number; readonly isAlive: (session: string) => boolean },
): void {
  const surplus = db
    .prepare(
      `SELECT id, state, session FROM recoveries
       WHERE cluster = ?1 AND id NOT IN
         (SELECT id FROM recoveries WHERE cluster = ?1 ORDER BY started_at DESC, id DESC LIMIT ?2)
       AND id NOT IN
         (SELECT id FROM recoveries WHERE cluster = ?1 AND ${isPromotion}
          ORDER BY started_at DESC, id DESC LIMIT ?4)
       AND (acknowledged_at IS NOT NULL OR coalesce(ended_at, started_at) < ?3)`,
    )
    .all(
      cluster,
      keep.perCluster,
      keep.now - keep.blockPeriodMs,
      Math.min(keptPromotions, keep.perCluster),
    );
  const drop = db.prepare('DELETE FROM recoveries WHERE id = ?');
  for (const each of surplus) {
    if (each['state'] !== 'running' || !keep.isAlive(String(each['session']))) {
      drop.run(each['id'] ?? null);
    }
  }
}

function judged(found: Record<string, SQLOutputValue>, judge: Judge): Recovery | undefined {
  const columns = row.safeParse(found);
  const body = columns.success ? recoveryIn(columns.data.body) : undefined;
  if (!columns.success || body === undefined) {
    const id = String(found['id']);
    judge.setAside(id, `The journal's record of recovery ${id} cannot be read; it is left aside.`);
    return undefined;
  }
  const { session, acknowledged_at: at, acknowledged_by: by } = columns.data;
  const recovery: Recovery = {
    ...body,
    acknowledgement:
      at === null ? null : { at, by: by ?? '', comment: columns.data.acknowledged_comment ?? '' },
  };
  return recovery.state === 'running' && !judge.isAlive(session) ? interrupted(recovery) : recovery;
}
