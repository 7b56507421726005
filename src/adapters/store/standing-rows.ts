import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Standing } from '../../core/model/standing.ts';
import { hasTable, standingsOfOld } from './schema.ts';

const row: z.ZodType<Standing> = z.object({
  name: z.string(),
  // What a later release notes makes nobody a member here.
  kind: z.enum(['confirmed', 'ignored', 'kept', 'found', 'changed']).catch('ignored'),
  identity: z.string().nullable(),
  at: z.number(),
  by: z.string(),
});

export function readStandings(db: DatabaseSync, cluster: string): readonly Standing[] {
  const sql = hasTable(db, 'member_standings')
    ? 'SELECT name, kind, identity, at, by FROM member_standings WHERE cluster = ? ORDER BY name'
    : standingsOfOld;
  return db
    .prepare(sql)
    .all(cluster)
    .map((it) => row.parse(it));
}

export function putStandings(
  db: DatabaseSync,
  cluster: string,
  standings: readonly Standing[],
): void {
  const put = db.prepare(
    `INSERT OR REPLACE INTO member_standings (cluster, name, kind, identity, at, by)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  for (const { name, kind, identity, at, by } of standings) {
    put.run(cluster, name, kind, identity, at, by);
  }
}

/** False when there was none. */
export function dropStanding(db: DatabaseSync, cluster: string, name: InstanceKey): boolean {
  const { changes } = db
    .prepare('DELETE FROM member_standings WHERE cluster = ? AND name = ?')
    .run(cluster, name);
  return Number(changes) === 1;
}
