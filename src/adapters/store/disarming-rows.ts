import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Disarming } from '../../core/model/watch.ts';

/** A damaged row still disarms. */
const row: z.ZodType<Disarming> = z.object({
  cluster: z.string(),
  at: z.number().catch(0),
  by: z.string(),
  reason: z.string(),
});

export function putDisarming(db: DatabaseSync, { cluster, at, by, reason }: Disarming): void {
  db.prepare('INSERT OR REPLACE INTO disarmings (cluster, at, by, reason) VALUES (?, ?, ?, ?)').run(
    cluster,
    at,
    by,
    reason,
  );
}

/** False when there was none. */
export function dropDisarming(db: DatabaseSync, cluster: string): boolean {
  return Number(db.prepare('DELETE FROM disarmings WHERE cluster = ?').run(cluster).changes) === 1;
}

export function readDisarming(db: DatabaseSync, cluster: string): Disarming | undefined {
  const found = db.prepare('SELECT * FROM disarmings WHERE cluster = ?').get(cluster);
  return found === undefined ? undefined : row.parse(found);
}
