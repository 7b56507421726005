import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type JournalFile, loadSqlite, makePrivateDir, makePrivateFile } from './journal-file.ts';
import { isBusy } from './store-trouble.ts';

/**
 * Tells the living from the dead among the processes that share a journal. Each holds a lock on a file of its own,
 * which the operating system lets go when the process ends, however it ends. Process ids are not asked: they are
 * used again, and mean nothing across containers.
 */
export interface Sessions {
  /** Of this opening of the journal; never used again. */
  readonly own: string;
  /** False only when it is certain that the process is gone. A frozen process is alive. */
  isAlive(session: string): boolean;
  close(): void;
}

const ending = '.lock';

/** A journal that cannot be written gets no session of its own: `own` is then the name of nobody. */
export function openSessions(journal: JournalFile): Sessions {
  const dir = join(dirname(journal.path), 'sessions');
  const own = randomUUID();
  if (journal.problem !== undefined) {
    return { own, isAlive: (session) => isLocked(dir, session), close: () => undefined };
  }
  const letGo = begin(journal, dir, own);
  return {
    own,
    isAlive: (session) => session === own || isLocked(dir, session),
    close: letGo,
  };
}

/**
 * Under the journal's own lock, so that nobody clears away a file between its making and its locking.
 * Returns how to let go. A process that dies leaves its file to the next opening.
 */
function begin(journal: JournalFile, dir: string, own: string): () => void {
  return journal.write('now', () => {
    makePrivateDir(dir);
    clearAway(dir);
    const path = join(dir, own + ending);
    makePrivateFile(path);
    const lock = new (loadSqlite(path).DatabaseSync)(path);
    lock.exec('BEGIN EXCLUSIVE');
    return () => {
      lock.close();
      rmSync(path, { force: true });
    };
  });
}

function clearAway(dir: string): void {
  const sessions = readdirSync(dir)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
  for (const session of sessions.filter((it) => !isLocked(dir, it))) {
    rmSync(join(dir, session + ending), { force: true });
  }
}

function isLocked(dir: string, session: string): boolean {
  const path = join(dir, session + ending);
  if (!existsSync(path)) {
    return false;
  }
  try {
    const look = new (loadSqlite(path).DatabaseSync)(path, { readOnly: true });
    try {
      look.prepare('SELECT count(*) FROM sqlite_schema').get();
      return false;
    } finally {
      look.close();
    }
  } catch (error) {
    return isBusy(error) || existsSync(path);
  }
}
