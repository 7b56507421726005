import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { noKey, type ServerKey } from '../../core/model/server-key.ts';

const row: z.ZodType<ServerKey> = z.object({
  address: z.string(),
  key: z.string(),
  offered: z.string().nullable(),
  at: z.number(),
});

export function putKey(
  db: DatabaseSync,
  cluster: string,
  { address, key, offered, at }: ServerKey,
): void {
  db.prepare(
    'INSERT OR REPLACE INTO server_keys (cluster, address, key, offered, at) VALUES (?, ?, ?, ?, ?)',
  ).run(cluster, address, key, offered, at);
}

/** One that was kept, by this process or another, counts until a person accepts the new one. */
export function noteKey(
  db: DatabaseSync,
  cluster: string,
  { address, key, offered, at }: ServerKey,
): void {
  db.prepare(
    `INSERT INTO server_keys (cluster, address, key, offered, at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET key = excluded.key, offered = excluded.offered, at = excluded.at
      WHERE server_keys.key IN (excluded.key, ?)`,
  ).run(cluster, address, key, offered, at, noKey);
}

export function readKeys(db: DatabaseSync, cluster: string): readonly ServerKey[] {
  return db
    .prepare('SELECT address, key, offered, at FROM server_keys WHERE cluster = ? ORDER BY address')
    .all(cluster)
    .map((it) => row.parse(it));
}

/** False when none was kept. */
export function dropKey(db: DatabaseSync, cluster: string, address: string): boolean {
  return (
    db.prepare('DELETE FROM server_keys WHERE cluster = ? AND address = ?').run(cluster, address)
      .changes > 0
  );
}
