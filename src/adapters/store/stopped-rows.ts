import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { StoppedReceiver } from '../../core/model/watch.ts';

const row: z.ZodType<StoppedReceiver> = z.object({
  instance: z.string(),
  source: z.string(),
  at: z.number(),
  by: z.string(),
});

/** Replaces what was noted for this cluster. */
export function putStopped(
  db: DatabaseSync,
  cluster: string,
  receivers: readonly StoppedReceiver[],
): void {
  db.prepare('DELETE FROM stopped_receivers WHERE cluster = ?').run(cluster);
  const put = db.prepare(
    'INSERT OR REPLACE INTO stopped_receivers (cluster, instance, source, at, by) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { instance, source, at, by } of receivers) {
    put.run(cluster, instance, source, at, by);
  }
}

export function readStopped(db: DatabaseSync, cluster: string): readonly StoppedReceiver[] {
  return db
    .prepare('SELECT * FROM stopped_receivers WHERE cluster = ? ORDER BY instance')
    .all(cluster)
    .map((it) => row.parse(it));
}
