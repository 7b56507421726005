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
];

export const knownVersion = migrations.length;

export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Brings the journal to the version we know. Call it inside a transaction that writes. */
export function migrate(db: DatabaseSync): void {
  for (const [version, sql] of [...migrations.entries()].slice(versionOf(db))) {
    db.exec(sql);
    db.exec(`PRAGMA user_version = ${String(version + 1)}`);
  }
}
