import type { DatabaseSync } from 'node:sqlite';

/**
 * Each entry takes the journal one version further; none is ever changed once released.
 * An acknowledgement has columns of its own, so that a window that still writes the recovery's body cannot undo it.
 * Where an instance may be missing (the whole cluster is meant), it is empty: NULL would not be unique.
 */
const migrations: readonly string[] = [
  `CREATE TABLE recoveries (
     id TEXT PRIMARY KEY,
     cluster TEXT NOT NULL,
     state TEXT NOT NULL,
     started_at REAL NOT NULL,
     ended_at REAL,
     session TEXT NOT NULL,
     body TEXT NOT NULL,
     acknowledged_at REAL,
     acknowledged_by TEXT,
     acknowledged_comment TEXT
   ) STRICT;
   CREATE INDEX recoveries_by_time ON recoveries (started_at, id);
   CREATE INDEX recoveries_by_cluster ON recoveries (cluster, started_at, id);
   CREATE TABLE known_instances (
     cluster TEXT NOT NULL,
     key TEXT NOT NULL,
     address TEXT NOT NULL,
     last_seen_at REAL NOT NULL,
     role TEXT NOT NULL,
     source TEXT,
     high_water TEXT,
     PRIMARY KEY (cluster, key)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE leases (
     name TEXT PRIMARY KEY,
     token INTEGER NOT NULL,
     holder TEXT,
     session TEXT,
     renewed_at REAL NOT NULL,
     ttl_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE detections (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     cluster TEXT NOT NULL,
     code TEXT NOT NULL,
     instance TEXT NOT NULL,
     gist TEXT NOT NULL,
     said_at REAL NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX detections_by_cluster ON detections (cluster, seq);
   CREATE INDEX detections_by_finding ON detections (cluster, code, instance, seq);
   CREATE TABLE downtimes (
     cluster TEXT NOT NULL,
     instance TEXT NOT NULL,
     since REAL NOT NULL,
     until REAL,
     owner TEXT NOT NULL,
     reason TEXT NOT NULL,
     begun_monotonic REAL NOT NULL,
     lasts_ms REAL,
     PRIMARY KEY (cluster, instance)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE disarmings (
     cluster TEXT PRIMARY KEY,
     at REAL NOT NULL,
     by TEXT NOT NULL,
     reason TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE stopped_receivers (
     cluster TEXT NOT NULL,
     instance TEXT NOT NULL,
     source TEXT NOT NULL,
     at REAL NOT NULL,
     by TEXT NOT NULL,
     PRIMARY KEY (cluster, instance)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE known_instances ADD COLUMN aliases TEXT NOT NULL DEFAULT '';`,
];

/**
 * Tables that stand beside the versions: a process of an earlier release, which knows nothing of them, goes on with the
 * same journal. Each is made once, where it is missing. Whoever replicated in a cluster before there were confirmations
 * stays a member, and so does whoever a recovery opened or replaced.
 */
const seenReplicating = `SELECT cluster, key FROM known_instances
   WHERE source IS NOT NULL OR role <> 'detached' OR EXISTS (
     SELECT 1 FROM recoveries WHERE recoveries.cluster = known_instances.cluster
       AND CASE WHEN json_valid(body) THEN known_instances.key IN
         (json_extract(body, '$.oldMaster'), json_extract(body, '$.newMaster')) END)`;

const beside: Readonly<Record<string, string>> = {
  server_keys: `CREATE TABLE server_keys (
       cluster TEXT NOT NULL,
       address TEXT NOT NULL,
       key TEXT NOT NULL,
       offered TEXT,
       at REAL NOT NULL,
       PRIMARY KEY (cluster, address)
     ) STRICT, WITHOUT ROWID;`,
  member_standings: `CREATE TABLE member_standings (
       cluster TEXT NOT NULL,
       name TEXT NOT NULL,
       kind TEXT NOT NULL,
       identity TEXT,
       at REAL NOT NULL,
       by TEXT NOT NULL,
       PRIMARY KEY (cluster, name)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO member_standings (cluster, name, kind, identity, at, by)
       SELECT cluster, key, 'kept', NULL, unixepoch() * 1000, 'update' FROM (${seenReplicating});`,
};

/** For a journal that cannot be changed any more and has no such table: what would be in it. */
export const standingsOfOld = `SELECT key AS name, 'kept' AS kind, NULL AS identity, 0 AS at, 'update' AS by
   FROM (${seenReplicating}) WHERE cluster = ?`;

export function lacksTables(db: DatabaseSync): boolean {
  return missingTables(db).length > 0;
}

export function hasTable(db: DatabaseSync, name: string): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !==
    undefined
  );
}

function missingTables(db: DatabaseSync): readonly string[] {
  return Object.entries(beside).flatMap(([name, sql]) => (hasTable(db, name) ? [] : [sql]));
}

export const knownVersion = migrations.length;

export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Brings the journal to the version we know, with the tables that stand beside it. Call it inside a transaction that writes. */
export function migrate(db: DatabaseSync): void {
  for (const [version, sql] of [...migrations.entries()].slice(versionOf(db))) {
    db.exec(sql);
    db.exec(`PRAGMA user_version = ${String(version + 1)}`);
  }
  for (const sql of missingTables(db)) {
    db.exec(sql);
  }
}
