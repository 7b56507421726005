import { DatabaseSync } from 'node:sqlite';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { phrase, plain } from '../../../../src/core/model/phrase.ts';
import { clusterMemory } from '../../../../src/core/engine/observer/memory.ts';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import {
  ended,
  withHandover,
  withProblem,
  withStepEnded,
  withStepStarted,
} from '../../../../src/core/record/recovery-record.ts';
import { begun, scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

const hourMs = 3_600_000;

test('a recovery is read as it was written, at every step, by another window too', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const other = openStore(scratch.dir, { clock: setClock() });
  const start = begun('orders', 1000);
  const step = withStepStarted(start, '1', 1001);
  const note = phrase('{instance} was writable: {because}', {
    instance: 'db1',
    because: phrase('Lag: {count} {words}', { count: 2.5, words: plain('{not a name} ‘yes’') }),
  });
  const done = withStepEnded(step, '1', { state: 'done', at: 1002, note });
  const handover = {
    oldMaster: 'db1:3306',
    oldAt: { file: 'a.000001', offset: 4 },
    newMaster: 'db2:3306',
    newAt: { file: 'b.000002', offset: 8 },
  };
  const end = ended(withHandover(withProblem(done, plain('One is behind.')), handover), {
    state: 'partial',
    at: 1100,
    writeStopMs: 42,
  });
  for (const version of [start, step, done, end]) {
    store.saveRecovery(version);
    expect(other.recovery(start.id)).toEqual(version);
  }
  expect(store.recovery('nothing-like-it')).toBeUndefined();
  store.close();
  expect(other.recovery(start.id)).toEqual(end);
  other.close();
});

test('recoveries come newest first, of one cluster or of all, as many as asked for', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const names = (cluster: string | undefined, limit: number): readonly string[] =>
    store.recoveries(cluster, limit).map((it) => `${it.cluster} ${String(it.startedAt)}`);
  for (const [cluster, at] of [
    ['a', 2],
    ['b', 3],
    ['a', 1],
    ['a', 4],
  ] as const) {
    store.saveRecovery(begun(cluster, at));
  }
  expect(names(undefined, 10)).toEqual(['a 4', 'b 3', 'a 2', 'a 1']);
  expect(names('a', 2)).toEqual(['a 4', 'a 2']);
  expect(names('a', 0)).toEqual([]);
  expect(names('c', 10)).toEqual([]);
  store.saveRecovery(begun('c', 5));
  expect(names('c', 10)).toEqual(['c 5']);
  store.close();
});

test('an acknowledgement counts once and outlives a window that still writes the recovery', () => {
  using scratch = scratchDir();
  const clock = setClock();
  const store = openStore(scratch.dir, { clock });
  const other = openStore(scratch.dir, { clock });
  const recovery = over(begun('orders', 1000));
  store.saveRecovery(recovery);
  expect(other.acknowledge([recovery.id, 'unknown'], 'bob', 'seen')).toBe(1);
  expect(other.acknowledge([recovery.id], 'eve', 'me too')).toBe(0);
  store.saveRecovery(recovery);
  expect(store.recovery(recovery.id)?.acknowledgement).toEqual({
    at: clock.now(),
    by: 'bob',
    comment: 'seen',
  });
  store.close();
  other.close();
});

test('a recovery that still runs cannot be acknowledged', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const recovery = begun('orders', 1000);
  store.saveRecovery(recovery);
  expect(store.acknowledge([recovery.id], 'bob', '')).toBe(0);
  store.saveRecovery(over(recovery));
  expect(store.acknowledge([recovery.id], 'bob', '')).toBe(1);
  store.close();
});

test('a running recovery is shown as interrupted once its window is gone, and may be acknowledged', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const other = openStore(scratch.dir, { clock: setClock() });
  const recovery = withStepStarted(begun('orders', 1000), '1', 1001);
  store.saveRecovery(recovery);
  expect(other.recovery(recovery.id)?.state).toBe('running');
  store.close();
  expect(other.recoveries('orders', 1)[0]?.state).toBe('interrupted');
  expect(other.acknowledge([recovery.id], 'bob', 'looked after it')).toBe(1);
  other.close();
});

test('known instances are kept by cluster, renewed, forgotten, and keep their high-water mark', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock() });
  const db1 = {
    key: 'db1:3306',
    aliases: ['10.0.0.1:3306'],
    address: '127.0.0.1:1',
    lastSeenAt: 5,
    role: 'master',
    source: null,
  };
  const db2 = {
    key: 'db2:3306',
    aliases: [],
    address: '127.0.0.1:2',
    lastSeenAt: 5,
    role: 'replica',
    source: 'db1:3306',
  };
  store.rememberInstances('a', [
    { ...db2, highWater: null },
    { ...db1, highWater: '"0-1-9"' },
  ]);
  store.rememberInstances('b', [{ ...db1, highWater: null }]);
  store.rememberInstances('a', [{ ...db1, role: 'replica', lastSeenAt: 6, highWater: null }]);
  expect(store.knownInstances('a')).toEqual([
    { ...db1, role: 'replica', lastSeenAt: 6, highWater: '"0-1-9"' },
    { ...db2, highWater: null },
  ]);
  store.forgetInstance('a', 'db1:3306');
  expect(store.knownInstances('a').map((it) => it.key)).toEqual(['db2:3306']);
  expect(store.knownInstances('b').map((it) => it.key)).toEqual(['db1:3306']);
  store.close();
});

test('only the newest recoveries of a cluster are kept, but all that run or may still block', () => {
  using scratch = scratchDir();
  const clock = setClock();
  const store = openStore(scratch.dir, { clock, keepPerCluster: 3 });
  const other = openStore(scratch.dir, { clock, keepPerCluster: 3 });
  const longAgo = clock.now() - 5 * hourMs;
  other.saveRecovery(begun('a', longAgo, 'running'));
  other.saveRecovery(begun('b', longAgo, 'othercluster'));
  const recent = over(begun('a', clock.now() - hourMs / 2, 'unseen'));
  const seen = over(begun('a', clock.now() - hourMs / 2 - 1, 'seen'));
  for (const it of [over(begun('a', longAgo + 1, 'old')), recent, seen]) {
    store.saveRecovery(it);
  }
  store.acknowledge([seen.id], 'bob', '');
  for (const letters of ['new1', 'new2', 'new3']) {
    store.saveRecovery(over(begun('a', clock.now(), letters)));
  }
  const left = (): readonly string[] =>
    store.recoveries(undefined, 100).map((it) => it.id.split('-')[1] ?? '');
  expect(left()).toEqual(['new3', 'new2', 'new1', 'unseen', 'running', 'othercluster']);
  other.close();
  clock.time.now += hourMs + 11;
  store.saveRecovery(over(begun('a', clock.now(), 'new4')));
  expect(left()).toEqual(['new4', 'new3', 'new2', 'othercluster']);
  store.close();
});

test('a record that cannot be read is told once and left aside, and the others are read', () => {
  using scratch = scratchDir();
  const told: string[] = [];
  const store = openStore(scratch.dir, { clock: setClock(), warn: (says) => told.push(says) });
  const ids = [1, 2, 3, 4].map((at) => begun('a', at)).map((it) => (store.saveRecovery(it), it.id));
  const raw = new DatabaseSync(join(scratch.dir, 'journal.db'));
  raw.prepare('UPDATE recoveries SET body = ? WHERE id = ?').run('{"id":', ids[1] ?? '');
  raw
    .prepare(`UPDATE recoveries SET body = json_set(body, '$.steps[0].state', 'odd') WHERE id = ?`)
    .run(ids[2] ?? '');
  raw.close();
  expect(store.recoveries('a', 2).map((it) => it.id)).toEqual([ids[3], ids[0]]);
  expect(store.recovery(ids[1] ?? '')).toBeUndefined();
  expect(store.recoveries('a', 2)).toHaveLength(2);
  expect(told).toEqual([
    `The journal's record of recovery ${ids[2] ?? ''} cannot be read; it is left aside.`,
    `The journal's record of recovery ${ids[1] ?? ''} cannot be read; it is left aside.`,
  ]);
  store.saveRecovery(begun('a', 5));
  store.close();
});

test('the folder and all files in it are for this user only, and a closed session leaves none', () => {
  using scratch = scratchDir();
  const dir = join(scratch.dir, 'state', 'deep');
  const store = openStore(dir, { clock: setClock() });
  store.saveRecovery(begun('a', 1));
  expect(modeOf(dir)).toBe(0o700);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((it) =>
    it.isFile(),
  );
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const file of files) {
    expect([file.name, modeOf(join(file.parentPath, file.name))]).toEqual([file.name, 0o600]);
  }
  store.close();
  store.close();
  expect(readdirSync(join(dir, 'sessions'))).toEqual([]);
});

function modeOf(path: string): number {
  return statSync(path).mode % 0o1000;
}

function over(recovery: Recovery): Recovery {
  return ended(recovery, { state: 'succeeded', at: recovery.startedAt + 10, writeStopMs: 5 });
}

test('a promotion is found and kept however many other records come after it', () => {
  using scratch = scratchDir();
  const clock = setClock();
  const store = openStore(scratch.dir, { clock, keepPerCluster: 5, blockPeriodMs: 0 });
  const closed = { state: 'succeeded', at: 2, writeStopMs: null } as const;
  const promotion = ended({ ...begun('orders', 1), kind: 'failover', openedAt: 1 }, closed);
  store.saveRecovery(promotion);
  for (let at = 10; at < 40; at += 1) {
    store.saveRecovery(ended({ ...begun('orders', at), kind: 'fence' }, { ...closed, at }));
  }
  expect(store.recoveries('orders', 50).filter((it) => it.kind === 'fence').length).toBe(5);
  expect(store.promotions('orders', 10).map((it) => it.id)).toEqual([promotion.id]);
  expect(clusterMemory('orders', store).lastPromotion()).toEqual({
    opened: promotion.newMaster,
    replaced: promotion.oldMaster,
  });
  store.close();
});
