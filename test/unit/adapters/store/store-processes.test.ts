import { execFileSync } from 'node:child_process';
import { truncateSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { inEnglish } from '../../../../src/core/model/phrase.ts';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Recovery } from '../../../../src/core/model/recovery.ts';
import type { Lease, Store } from '../../../../src/core/ports.ts';
import { startChild } from '../../../support/harness/store/child.ts';
import { begun, scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

test('twenty writers killed at random moments lose nothing that the store had taken', async () => {
  using scratch = scratchDir();
  const told: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const writers = ['a', 'b', 'c', 'd'].map((cluster) =>
      startChild('writer.ts', [scratch.dir, cluster]),
    );
    await Promise.all(writers.map((it) => it.line('open')));
    const ends = writers.map(async (writer) => {
      writer.process.stdin.write('begin\n');
      await writer.line('begun');
      await systemClock.sleep(Math.random() * 60, AbortSignal.timeout(1000));
      writer.process.kill('SIGKILL');
      return writer.end;
    });
    expect(await Promise.all(ends)).toEqual(writers.map(() => ({ code: null, errors: '' })));
    told.push(...writers.flatMap((it) => it.lines().slice(1)));
    expectAllKept(scratch.dir, told);
  }
  expect(told.length).toBeGreaterThan(20);
}, 60_000);

test('a journal whose last writes were cut off at any byte opens, and holds all before them', () => {
  using scratch = scratchDir();
  const dir = join(scratch.dir, 'state');
  const store = openStore(dir, { clock: setClock() });
  const ids = Array.from({ length: 12 }, (_, at) => begun('orders', at));
  ids.forEach((it) => {
    store.saveRecovery(it);
  });
  const size = statSync(join(dir, 'journal.db-wal')).size;
  const kept = new Set<number>();
  for (let cut = 0; cut < 25; cut += 1) {
    const copy = join(scratch.dir, `copy-${String(cut)}`);
    execFileSync('cp', ['-r', dir, copy]);
    truncateSync(join(copy, 'journal.db-wal'), Math.floor(Math.random() * size));
    const reopened = openStore(copy, { clock: setClock() });
    const found = reopened.recoveries('orders', 100).map((it) => it.startedAt);
    expect(found.toReversed()).toEqual(Array.from({ length: found.length }, (_, at) => at));
    reopened.saveRecovery(begun('orders', 99));
    expect(integrityOf(copy)).toBe('ok');
    reopened.close();
    kept.add(found.length);
  }
  expect(kept.size).toBeGreaterThan(2);
  store.close();
}, 30_000);

test('four processes take one lease in turn, never two at a time, and no write is lost', async () => {
  using scratch = scratchDir();
  const turns = 25;
  const takers = Array.from({ length: 4 }, () =>
    startChild('lease-taker.ts', [scratch.dir, String(turns)]),
  );
  const ends = await Promise.all(takers.map((it) => it.end));
  expect(ends).toEqual(takers.map(() => ({ code: 0, errors: '' })));
  const tokens = readFileSync(join(scratch.dir, 'tokens'), 'utf8').trim().split('\n').map(Number);
  expect(tokens).toEqual(Array.from({ length: 4 * turns }, (_, index) => index + 1));
  const store = openStore(join(scratch.dir, 'state'), { clock: systemClock });
  expect(store.recoveries('orders', 1000)).toHaveLength(4 * turns);
  store.close();
}, 60_000);

test('the lease of a killed process is free at once, and its recovery is shown as interrupted', async () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: systemClock });
  const holder = startChild('lease-holder.ts', [scratch.dir, '3600000']);
  expect(await holder.line('token')).toBe('token 1');
  expect(store.leaseHolder('orders')).toBe('the other process');
  expect(store.takeLease('orders', 'me', 1000)).toBeUndefined();
  expect(store.recoveries('orders', 1)[0]?.state).toBe('running');
  holder.process.kill('SIGKILL');
  await holder.end;
  expect(store.leaseHolder('orders')).toBeUndefined();
  expect(store.takeLease('orders', 'me', 1000)?.token).toBe(2);
  expect(store.recoveries('orders', 1)[0]?.state).toBe('interrupted');
  store.close();
}, 30_000);

test('a frozen process loses its lease after its time, and notices when it thaws', async () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: systemClock });
  const holder = startChild('lease-holder.ts', [scratch.dir, '300']);
  await holder.line('token');
  holder.process.stdin.write('early\n');
  expect(await holder.line('early')).toBe('early true');
  holder.process.kill('SIGSTOP');
  try {
    const lease = await leaseWhenFree(store);
    expect(lease.token).toBe(2);
    holder.process.kill('SIGCONT');
    holder.process.stdin.write('late\n');
    expect(await holder.line('late')).toBe('late false');
    expect(lease.renew()).toBe(true);
  } finally {
    holder.process.kill('SIGKILL');
    await holder.end;
  }
  store.close();
}, 30_000);

async function leaseWhenFree(store: Store): Promise<Lease> {
  const givesUp = AbortSignal.timeout(10_000);
  for (;;) {
    const lease = store.takeLease('orders', 'me', 10_000);
    if (lease !== undefined) {
      return lease;
    }
    await systemClock.sleep(10, givesUp);
  }
}

/** Whatever a writer told before it was killed is in the journal, at that stage or a later one. */
function expectAllKept(dir: string, told: readonly string[]): void {
  const store = openStore(dir, { clock: systemClock });
  const recoveries = store.recoveries(undefined, 1_000_000);
  const reached = new Map(recoveries.map((it) => [it.id, stages.indexOf(stageOf(it))]));
  const lost = told.filter((line) => {
    const [stage = '', id = ''] = line.split(' ');
    return (reached.get(id) ?? -1) < stages.indexOf(stage);
  });
  expect(lost).toEqual([]);
  expect(recoveries.filter((it) => it.state === 'running')).toEqual([]);
  expect(integrityOf(dir)).toBe('ok');
  store.close();
}

/** As the writers tell them, in order. */
const stages = ['begun', 'stepped', 'ended', 'acknowledged'];

function stageOf({ acknowledgement, state, steps }: Recovery): string {
  if (acknowledgement?.comment === 'Seen.') {
    return 'acknowledged';
  }
  if (state === 'succeeded') {
    return 'ended';
  }
  const note = steps[0]?.note ?? null;
  return note !== null && inEnglish(note) === 'Done.' ? 'stepped' : 'begun';
}

function integrityOf(dir: string): unknown {
  const raw = new DatabaseSync(join(dir, 'journal.db'));
  try {
    return raw.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  } finally {
    raw.close();
  }
}
