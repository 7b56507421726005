import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { keyOf, splitKey, type InstanceKey } from '../../core/model/instance.ts';
import type { KnownInstance } from '../../core/ports.ts';

const row = z
  .object({
    key: z.string(),
    aliases: z.string(),
    address: z.string(),
    last_seen_at: z.number(),
    role: z.string(),
    source: z.string().nullable(),
    high_water: z.string().nullable(),
  })
  .transform((it): KnownInstance => ({
    key: written(it.key),
    aliases: namesIn(it.aliases),
    address: it.address,
    lastSeenAt: it.last_seen_at,
    role: it.role,
    source: it.source === null ? null : written(it.source),
    highWater: it.high_water,
  }));

/** Earlier versions wrote an IPv6 address without brackets. */
function written(key: string): InstanceKey {
  const { host, port } = splitKey(key);
  return keyOf(host, port);
}

/** No name has a space in it. */
function namesIn(text: string): readonly InstanceKey[] {
  return text.split(' ').filter((it) => it !== '');
}

/** The last word wins, but a high-water mark is never forgotten for want of a new one. */
export function putInstances(
  db: DatabaseSync,
  cluster: string,
  instances: readonly KnownInstance[],
): void {
  const put = db.prepare(
    `INSERT INTO known_instances (cluster, key, aliases, address, last_seen_at, role, source, high_water)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (cluster, key) DO UPDATE SET
       aliases = excluded.aliases, address = excluded.address, last_seen_at = excluded.last_seen_at, role = excluded.role,
       source = excluded.source,
       high_water = coalesce(excluded.high_water, high_water)`,
  );
  for (const it of instances) {
    const aliases = it.aliases.join(' ');
    put.run(cluster, it.key, aliases, it.address, it.lastSeenAt, it.role, it.source, it.highWater);
  }
}

export function readInstances(db: DatabaseSync, cluster: string): readonly KnownInstance[] {
  return db
    .prepare('SELECT * FROM known_instances WHERE cluster = ? ORDER BY key')
    .all(cluster)
    .map((it) => row.parse(it));
}

export function dropInstance(db: DatabaseSync, cluster: string, key: InstanceKey): void {
  db.prepare('DELETE FROM known_instances WHERE cluster = ? AND key = ?').run(cluster, key);
}
