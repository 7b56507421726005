import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Downtime } from '../../core/model/watch.ts';

/** Both clocks at one moment, in milliseconds: the date, and the machine's time since its start. */
export interface Moment {
  readonly now: number;
  readonly monotonic: number;
}

/** How far the date may be set without moving the end of a downtime. */
const dateJumpMs = 3_600_000;

/** A damaged end counts as none: until somebody ends it, rather than to act in a downtime. */
const row = z
  .object({
    cluster: z.string(),
    instance: z.string(),
    since: z.number().catch(0),
    until: z.number().nullable().catch(null),
    owner: z.string(),
    reason: z.string(),
    begun_monotonic: z.number().catch(0),
    lasts_ms: z.number().nullable().catch(null),
  })
  .transform((it) => ({
    downtime: {
      cluster: it.cluster,
      instance: it.instance === '' ? null : it.instance,
      since: it.since,
      until: it.until,
      owner: it.owner,
      reason: it.reason,
    } satisfies Downtime,
    begunMonotonic: it.begun_monotonic,
    lastsMs: it.lasts_ms,
  }));
type DowntimeRow = z.infer<typeof row>;

/** Replaces one of the same cluster and instance; those that have ended by then are dropped. */
export function putDowntime(db: DatabaseSync, downtime: Downtime, moment: Moment): void {
  dropEnded(db, moment);
  const { cluster, instance, since, until, owner, reason } = downtime;
  const lastsMs = until === null ? null : until - moment.now;
  db.prepare(
    `INSERT OR REPLACE INTO downtimes (cluster, instance, since, until, owner, reason, begun_monotonic, lasts_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(cluster, instance ?? '', since, until, owner, reason, moment.monotonic, lastsMs);
}

/** False when there was none, or it had ended by itself. */
export function dropDowntime(
  db: DatabaseSync,
  of: { readonly cluster: string; readonly instance: InstanceKey | null },
  moment: Moment,
): boolean {
  dropEnded(db, moment);
  const dropped = db
    .prepare('DELETE FROM downtimes WHERE cluster = ? AND instance = ?')
    .run(of.cluster, of.instance ?? '');
  return Number(dropped.changes) === 1;
}

/** Those that have not ended, the whole cluster's first. */
export function readDowntimes(
  db: DatabaseSync,
  cluster: string,
  moment: Moment,
): readonly Downtime[] {
  return db
    .prepare('SELECT * FROM downtimes WHERE cluster = ? ORDER BY instance')
    .all(cluster)
    .map((it) => row.parse(it))
    .filter((it) => !hasEnded(it, moment))
    .map((it) => it.downtime);
}

function dropEnded(db: DatabaseSync, moment: Moment): void {
  const ended = db
    .prepare('SELECT * FROM downtimes WHERE until IS NOT NULL')
    .all()
    .map((it) => row.parse(it))
    .filter((it) => hasEnded(it, moment));
  const drop = db.prepare('DELETE FROM downtimes WHERE cluster = ? AND instance = ?');
  for (const { downtime } of ended) {
    drop.run(downtime.cluster, downtime.instance ?? '');
  }
}

/**
 * By the machine's own clock first: what has passed on it has passed, whatever the date says. A date that says
 * otherwise by up to an hour was set. Beyond that the machine slept or started again, and the date is right: a downtime
 * may therefore end up to an hour late when the machine slept in it, or started again soon after its last start. With
 * the machine's clock behind where the downtime began it started again for certain, and the date alone counts.
 */
function hasEnded({ downtime, begunMonotonic, lastsMs }: DowntimeRow, moment: Moment): boolean {
  if (downtime.until === null || lastsMs === null) {
    return false;
  }
  const passedMs = moment.monotonic - begunMonotonic;
  const startedAgain = passedMs < 0;
  const graceMs = startedAgain ? 0 : dateJumpMs;
  return passedMs >= lastsMs || moment.now >= downtime.until + graceMs;
}
