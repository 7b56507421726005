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

/**
 * How long a call waits for other processes, in milliseconds. It holds up the whole process, proxies included: once it
 * waited in vain, calls of its kind are tried without waiting until one succeeds.
 */
export interface Patience {
  readonly open: number;
  readonly now: number;
  readonly soon: number;
}

const patient: Patience = { open: 5_000, now: 5_000, soon: 5_000 };

/** Opens the journal in `dir`, both made when missing and kept from other users' eyes. */
export function openJournal(dir: string, patience: Patience = patient): JournalFile {
  const path = join(dir, 'journal.db');
  const sqlite = loadSqlite(path);
  try {
    makePrivateDir(dir);
    demandTrusted(dir);
    makePrivateFile(path);
    return patiently(() => openFile(sqlite, path, patience), patience.open);
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

function openFile(sqlite: Sqlite, path: string, patience: Patience): JournalFile {
  const db = connect(sqlite, path, false);
  try {
    const version = versionOf(db);
    if (version <= knownVersion) {
      return prepared(db, path, patience);
    }
    const onlyRead = connect(sqlite, path, true);
    db.close();
    return journalOver(onlyRead, path, { patience, problem: newerSays(path, version) });
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepared(db: DatabaseSync, path: string, patience: Patience): JournalFile {
  db.exec('PRAGMA journal_mode = WAL');
  const journal = journalOver(db, path, { patience, problem: undefined });
  if (versionOf(db) < knownVersion || lacksTables(db)) {
    journal.write('now', migrate);
  }
  tightenRights(path);
  return journal;
}

function connect(sqlite: Sqlite, path: string, readOnly: boolean): DatabaseSync {
  const db = new sqlite.DatabaseSync(path, { readOnly });
  // We wait ourselves, and not for longer than we may.
  db.exec('PRAGMA busy_timeout = 0');
  keepStatements(db);
  return db;
}

/**
 * The same few statements are run in every round of every cluster, and preparing one costs more than running it. What is
 * left of one that was run before is put back when it runs again, so that none may run inside itself.
 */
function keepStatements(db: DatabaseSync): void {
  const prepare = db.prepare.bind(db);
  const kept = new Map<string, ReturnType<typeof prepare>>();
  db.prepare = (sql) => {
    const statement = kept.get(sql) ?? prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
}

function newerSays(path: string, version: number): string {
  return `The journal ${path} was written by a newer Switchover (format ${String(version)}, this one knows ${String(knownVersion)}): it is read but not changed. Update Switchover to act on clusters.`;
}

function journalOver(
  db: DatabaseSync,
  path: string,
  { patience, problem }: { readonly patience: Patience; readonly problem: string | undefined },
): JournalFile {
  const inVain = { read: false, write: false };
  const guarded = <T>(kind: 'read' | 'write', waitMs: number, work: () => T): T => {
    try {
      const result = patiently(work, inVain[kind] ? 0 : waitMs);
      inVain[kind] = false;
      return result;
    } catch (error) {
      inVain[kind] = isBusy(error);
      throw asStoreTrouble(path, error);
    }
  };
  return {
    path,
    problem,
    read: (work) => guarded('read', patience.soon, () => work(db)),
    write: (durability, work) => {
      if (problem !== undefined) {
        throw unavailable(problem);
      }
      return guarded('write', patience[durability], () => inTransaction(db, durability, work));
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

function patiently<T>(work: () => T, waitMs: number): T {
  const endsAt = performance.now() + waitMs;
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
