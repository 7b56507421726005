import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { distrusted } from '../trusted-file.ts';
import type * as sqliteModule from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { knownVersion, lacksTables, migrate, versionOf } from './schema.ts';
import { asStoreTrouble, isBusy, unavailable } from './store-trouble.ts';

type Sqlite = typeof sqliteModule;

/**
 * What a sudden loss of power may take. A process that dies, however, loses nothing in either way.
 * `now`: nothing, it is on the disk when the call returns. `soon`: the last seconds' writes, never part of one.
 */
export type Durability = 'now' | 'soon';

/** The open journal. Both calls wait for other processes, and throw ReplicationError `store-unavailable`. */
export interface JournalFile {
  readonly path: string;
  /** One sentence when nothing can be written; else undefined. */
  readonly problem: string | undefined;
  read<T>(work: (db: DatabaseSync) => T): T;
  /** One transaction: all of it or nothing. Other writers wait. */
  write<T>(durability: Durability, work: (db: DatabaseSync) => T): T;
  close(): void;
}

const patienceMs = 5000;
const waitMs = 1000;

/** Opens the journal in `dir`, both made when missing and kept from other users' eyes. */
export function openJournal(dir: string): JournalFile {
  const path = join(dir, 'journal.db');
  const sqlite = loadSqlite(path);
  try {
    makePrivateDir(dir);
    demandTrusted(dir);
    makePrivateFile(path);
    return patiently(() => openFile(sqlite, path));
  } catch (error) {
    throw asStoreTrouble(path, error);
  }
}

/** Who may write there could arm or disarm a failover, and read what was done. */
function demandTrusted(dir: string): void {
  const objection = distrusted(dir);
  if (objection !== undefined) throw unavailable(`The state folder is not used. ${objection}`);
}

/** Loaded late: a Node without it can do everything else. */
export function loadSqlite(path: string): Sqlite {
  const sqlite: Sqlite | undefined = process.getBuiltinModule?.('node:sqlite');
  if (sqlite === undefined) {
    throw unavailable(
      `The journal ${path} needs Node 22.13 or newer; this is Node ${process.versions.node}. Update Node, or VS Code to 1.105 or newer.`,
    );
  }
  return sqlite;
}

/** Makes what is missing of the way there. Node's own recursive way never ends where a file system makes no folders. */
export function makePrivateDir(dir: string): void {
  if (existsSync(dir)) {
    return;
  }
  makePrivateDir(dirname(dir));
  unlessThere(() => mkdirSync(dir, { mode: 0o700 }));
}

/**
 * Makes the file before SQLite does, for this user only. An existing file is never opened here:
 * closing it would drop the locks that this very process holds on it.
 */
export function makePrivateFile(path: string): void {
  unlessThere(() => {
    closeSync(openSync(path, 'wx', 0o600));
  });
}

function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw error;
    }
  }
}

function openFile(sqlite: Sqlite, path: string): JournalFile {
  const db = connect(sqlite, path, false);
  try {
    const version = versionOf(db);
    if (version <= knownVersion) {
      return prepared(db, path);
    }
    const onlyRead = connect(sqlite, path, true);
    db.close();
    return journalOver(onlyRead, path, newerSays(path, version));
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepared(db: DatabaseSync, path: string): JournalFile {
  db.exec('PRAGMA journal_mode = WAL');
  const journal = journalOver(db, path, undefined);
  if (versionOf(db) < knownVersion || lacksTables(db)) {
    journal.write('now', migrate);
  }
  tightenRights(path);
  return journal;
}

function connect(sqlite: Sqlite, path: string, readOnly: boolean): DatabaseSync {
  const db = new sqlite.DatabaseSync(path, { readOnly });
  db.exec(`PRAGMA busy_timeout = ${String(waitMs)}`);
  return db;
}

function newerSays(path: string, version: number): string {
  return `The journal ${path} was written by a newer Switchover (format ${String(version)}, this one knows ${String(knownVersion)}): it is read but not changed. Update Switchover to act on clusters.`;
}

function journalOver(db: DatabaseSync, path: string, problem: string | undefined): JournalFile {
  const guarded = <T>(work: () => T): T => {
    try {
      return patiently(work);
    } catch (error) {
      throw asStoreTrouble(path, error);
    }
  };
  return {
    path,
    problem,
    read: (work) => guarded(() => work(db)),
    write: (durability, work) => {
      if (problem !== undefined) {
        throw unavailable(problem);
      }
      return guarded(() => inTransaction(db, durability, work));
    },
    close: () => {
      db.close();
    },
  };
}

function inTransaction<T>(
  db: DatabaseSync,
  durability: Durability,
  work: (db: DatabaseSync) => T,
): T {
  db.exec(`PRAGMA synchronous = ${durability === 'now' ? 'FULL' : 'NORMAL'}`);
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work(db);
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** SQLite has rolled back by itself after some errors, and then has nothing left to roll back. */
function rollBack(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    return;
  }
}

/** SQLite's own waiting gives up at once where it fears a deadlock, e.g. while another process opens the file. */
function patiently<T>(work: () => T): T {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= endsAt) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Somebody else's file stays as it is: whether we may write it, SQLite finds out. */
function tightenRights(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    return;
  }
}
