import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { knownVersion } from '../../../../src/adapters/store/schema.ts';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { ReplicationError } from '../../../../src/core/model/replication-error.ts';
import { ended } from '../../../../src/core/record/recovery-record.ts';
import { startChild } from '../../../support/harness/store/child.ts';
import { begun, scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

test('a file that is no journal is left as it is, and the sentence names it', () => {
  using scratch = scratchDir();
  const path = join(scratch.dir, 'journal.db');
  writeFileSync(path, 'This is a shopping list, not a journal.\n'.repeat(100));
  const trouble = troubleOf(() => openStore(scratch.dir, { clock: setClock() }));
  expect(trouble).toBe(
    `The journal ${path} is not available (file is not a database). It is no journal of ours: move it away and start again.`,
  );
  expect(readFileSync(path, 'utf8')).toContain('shopping list');
});

test('a journal with a damaged page says so instead of showing half of it', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  for (let at = 0; at < 50; at += 1) {
    store.saveRecovery(begun('orders', at));
  }
  store.close();
  const path = join(scratch.dir, 'journal.db');
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096 * 2);
  writeFileSync(path, bytes);
  const reopened = openStore(scratch.dir, { clock: setClock() });
  const trouble = troubleOf(() => reopened.recoveries('orders', 100));
  expect(trouble).toContain(path);
  expect(trouble).toContain('It is damaged: move it away and start again.');
  reopened.close();
});

test('a folder that cannot be made is named', () => {
  using scratch = scratchDir();
  const file = join(scratch.dir, 'a-file');
  writeFileSync(file, '');
  expect(troubleOf(() => openStore(join(file, 'state'), { clock: setClock() }))).toBe(
    `The journal cannot be kept at ${join(file, 'state', 'journal.db')} (ENOTDIR). Give this user the right to write there, or choose another folder.`,
  );
});

test.runIf(process.platform === 'linux')('a file system that makes no folders is named', () => {
  expect(troubleOf(() => openStore('/proc/switchover/state', { clock: setClock() }))).toContain(
    '/proc/switchover/state/journal.db (ENOENT)',
  );
});

test('a journal that is a folder is named', () => {
  using scratch = scratchDir();
  mkdirSync(join(scratch.dir, 'journal.db'));
  expect(troubleOf(() => openStore(scratch.dir, { clock: setClock() }))).toContain(
    join(scratch.dir, 'journal.db'),
  );
});

test.skipIf(process.platform === 'win32')(
  'a state folder that every user may write is refused with the command that changes it',
  () => {
    using scratch = scratchDir();
    const dir = join(scratch.dir, 'state');
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    expect(troubleOf(() => openStore(dir, { clock: setClock() }))).toContain(
      `The state folder is not used. ${dir} can be written by every user (mode 777): run chmod go-w ${dir}`,
    );
  },
);

test('a user without the right to the folder is told so', async () => {
  using scratch = scratchDir();
  const dir = join(scratch.dir, 'state');
  mkdirSync(dir, { mode: 0o500 });
  const child = startChild('opener.ts', [dir]);
  expect(await child.end).toEqual({ code: 0, errors: '' });
  expect(child.lines()).toEqual([
    `store-unavailable: The journal cannot be kept at ${join(dir, 'journal.db')} (EACCES). Give this user the right to write there, or choose another folder.`,
  ]);
}, 30_000);

test('a Node without SQLite is told which Node to take', async () => {
  using scratch = scratchDir();
  const child = startChild('opener.ts', [scratch.dir], ['--no-experimental-sqlite']);
  expect(await child.end).toEqual({ code: 0, errors: '' });
  expect(child.lines()[0]).toMatch(
    /^store-unavailable: The journal .* needs Node 22\.13 or newer; this is Node /,
  );
}, 30_000);

test('a journal of a newer version is read, not changed, and says why', () => {
  using scratch = scratchDir();
  const path = join(scratch.dir, 'journal.db');
  const store = openStore(scratch.dir, { clock: setClock() });
  const recovery = ended(begun('orders', 1), { state: 'succeeded', at: 2, writeStopMs: null });
  store.saveRecovery(recovery);
  const open = begun('orders', 2);
  store.saveRecovery(open);
  raiseVersion(path, 999);
  const reader = openStore(scratch.dir, { clock: setClock() });
  expect(store.problem).toBeUndefined();
  expect(reader.problem).toBe(
    `The journal ${path} was written by a newer Switchover (format 999, this one knows ${String(knownVersion)}): it is read but not changed. Update Switchover to act on clusters.`,
  );
  expect(reader.recovery(recovery.id)).toEqual(recovery);
  expect(reader.recovery(open.id)?.state).toBe('running');
  const writes = [
    () => reader.saveRecovery(recovery),
    () => reader.acknowledge([recovery.id], 'bob', ''),
    () => reader.takeLease('orders', 'me', 1000),
    () => reader.forgetInstance('orders', 'db1:3306'),
    () => reader.endDowntime('orders', null),
    () => reader.arm('orders'),
  ];
  for (const write of writes) {
    expect(troubleOf(write)).toBe(reader.problem);
  }
  store.close();
  expect(reader.recovery(open.id)?.state).toBe('interrupted');
  reader.close();
  expect(statSync(path).size).toBeGreaterThan(0);
});

test('a closed store says that it is closed', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const lease = store.takeLease('orders', 'me', 1000);
  store.close();
  expect(troubleOf(() => store.recoveries('orders', 1))).toBe(
    `The journal ${join(scratch.dir, 'journal.db')} is closed already.`,
  );
  expect(troubleOf(() => store.saveRecovery(begun('orders', 1)))).toContain('closed already');
  expect(lease?.release()).toBeUndefined();
});

function raiseVersion(path: string, version: number): void {
  const raw = new DatabaseSync(path);
  raw.exec(`PRAGMA user_version = ${String(version)}`);
  raw.close();
}

/** The sentence of the `store-unavailable` that it throws. */
function troubleOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ReplicationError && error.code === 'store-unavailable') {
      return error.message;
    }
    throw error;
  }
  throw new Error('It went well, against expectation.');
}
