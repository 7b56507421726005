import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type OpenedStore, openStore } from '../../../src/adapters/store/sqlite-store.ts';
import { plain } from '../../../src/core/model/phrase.ts';
import { detectionJson } from '../../../src/protocol/record-json.ts';
import type { Detection } from '../../../src/core/model/watch.ts';
import { call, type Ended, partsOf } from '../../support/harness/call-cli.ts';
import { recoveryAt } from '../../support/builders/sample-recovery.ts';
import { setClock } from '../../support/harness/store/scratch.ts';

const dir = mkdtempSync(join(tmpdir(), 'switchover-watch-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The time of the calls. */
const now = 1_700_000_000_000;
const actor = 'me@here (1)';

test('a downtime begins for a cluster or an instance, says until when, and ends', async () => {
  using context = contextWith({ seeds: ['db1'] });
  context.store.rememberInstances('orders', [seen('db2:3306', '127.0.0.1:13312')]);
  const whole = await context.on('downtime', 'orders', '--until-ended', '--reason', 'upgrade');
  expect(whole).toEqual(told('orders is in downtime until somebody ends it.\n'));
  const instance = await context.on('downtime', 'orders', '127.0.0.1:13312', '--minutes', '30');
  expect(instance.out).toBe('db2:3306 of orders is in downtime until 2023-11-14 22:43:20Z.\n');
  const common = { cluster: 'orders', since: now, owner: actor };
  expect(context.store.downtimes('orders', now)).toEqual([
    { ...common, instance: null, until: null, reason: 'upgrade' },
    { ...common, instance: 'db2:3306', until: now + 1_800_000, reason: '' },
  ]);
  expect((await context.on('downtime', 'orders', '--end')).out).toBe(
    'The downtime of orders has ended.\n',
  );
  expect(await context.on('downtime', 'orders', '--end')).toEqual(
    told('orders was in no downtime.\n'),
  );
  expect(context.store.downtimes('orders', now)).toHaveLength(1);
});

test('a seed that was never seen may go into downtime; what nobody knows may not', async () => {
  using context = contextWith({ seeds: ['db1'] });
  expect((await context.on('downtime', 'orders', 'db1', '--minutes', '0.5')).code).toBe(0);
  expect(context.store.downtimes('orders', now).map((it) => it.instance)).toEqual(['db1:3306']);
  const strange = await context.on('downtime', 'orders', 'db9', '--minutes', '5');
  expect([strange.code, strange.err]).toEqual([
    2,
    'error: orders has no instance db9; it has db1:3306.\n',
  ]);
  const slip = await context.on('downtime', 'ordres', '--minutes', '5');
  expect(slip.code).toBe(2);
  expect(slip.err).toContain('did you mean orders?');
});

test.each([
  [[], 'Give one of these: --minutes N, --until-ended, or --end.'],
  [['--end', '--minutes', '5'], 'Give one of these'],
  [['--end', '--reason', 'upgrade'], '--reason belongs to a downtime that begins'],
  [['--minutes', '0'], 'a number above 0'],
  [['--minutes', 'soon'], 'a number above 0'],
  [['--minutes', '999999'], 'at most 527040'],
])('downtime with %j changes nothing and ends with exit code 2', async (words, says) => {
  using context = contextWith({ seeds: ['db1'] });
  const { code, out, err } = await context.on('downtime', 'orders', ...words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
  expect(context.store.downtimes('orders', now)).toEqual([]);
});

test('disarm switches automatic failover off for everybody, with a reason; arm takes it back', async () => {
  using context = contextWith({ seeds: ['db1'] }, { recoverMasterClusterFilters: ['*'] });
  expect((await context.on('disarm', 'orders', '--reason', 'upgrade')).out).toBe(
    'Automatic failover of orders is switched off, until: switchover arm orders\n',
  );
  expect(context.store.disarmed('orders')).toEqual({
    cluster: 'orders',
    at: now,
    by: actor,
    reason: 'upgrade',
  });
  expect(await context.on('arm', 'orders')).toEqual(
    told('Automatic failover of orders is no longer switched off by hand.\n'),
  );
  expect(context.store.disarmed('orders')).toBeUndefined();
  expect(await context.on('arm', 'orders')).toEqual(
    told('Automatic failover of orders was not switched off by hand.\n'),
  );
  expect((await context.on('disarm', 'ordres')).code).toBe(2);
});

test('arm tells when the settings ask for no automatic failover', async () => {
  using context = contextWith({ seeds: ['db1'] });
  expect((await context.on('arm', 'orders')).err).toContain('automatic failover stays off');
});

test('detections are printed newest first, with the evidence and what became of them', async () => {
  using context = contextWith({ seeds: ['db1'] });
  expect((await context.on('detections')).out).toBe('Nothing was detected yet.\n');
  context.store.saveDetection(
    detection({ id: '1', because: [plain('In downtime.'), plain('Not armed.')] }),
  );
  const acted = { decision: 'acted', because: [], recovery: 'r1', at: now + 1000 } as const;
  context.store.saveDetection(detection({ id: '2', ...acted }));
  context.store.saveDetection(detection({ id: '3', cluster: 'stock' }));
  expect(await context.on('detections', 'orders')).toEqual(
    told(
      [
        '2023-11-14 22:13:21Z  orders  DeadMaster: db1 is dead.',
        '    db2 does not hear it.',
        '    Acted: recovery r1',
        '2023-11-14 22:13:20Z  orders  DeadMaster: db1 is dead.',
        '    db2 does not hear it.',
        '    Held: In downtime.',
        '    Held: Not armed.',
        '',
      ].join('\n'),
    ),
  );
  expect((await context.on('detections', 'stock')).out).toContain('stock  DeadMaster');
  expect((await context.on('detections', 'ordres')).code).toBe(2);
  const { out } = await context.on('detections', '--json');
  const shown = JSON.parse(out);
  expect(shown).toEqual({ detections: context.store.detections(undefined, 10).map(detectionJson) });
  expect(shown.detections[2]).toMatchObject({
    evidence: ['db2 does not hear it.'],
    because: ['In downtime.', 'Not armed.'],
  });
});

test('report prints one recovery as Markdown, or as JSON; an unknown one is exit code 2', async () => {
  using context = contextWith({ seeds: ['db1'] });
  context.store.saveRecovery(recoveryAt('succeeded', 'done'));
  const { code, out, err } = await context.on('report', 'r1');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^# Promote db2 to master of orders\n/);
  expect(out).toContain('- **Started:** 2023-11-14 22:13:20.000Z by me@here (1)');
  expect(out).toContain('SET GLOBAL read_only = ON');
  const json = await context.on('report', 'r1', '--json');
  expect(JSON.parse(json.out)).toMatchObject({
    recovery: { id: 'r1', state: 'succeeded', steps: [{ state: 'done' }] },
    detection: null,
  });
  expect(out).not.toContain('## Evidence');
  const acted = { decision: 'acted', because: [], recovery: 'r1' } as const;
  context.store.saveDetection(detection({ id: '9', ...acted }));
  expect((await context.on('report', 'r1')).out).toContain(
    '## Evidence\n\n- db1 is dead.\n- db2 does not hear it.\n',
  );
  expect(JSON.parse((await context.on('report', 'r1', '--json')).out)).toMatchObject({
    detection: { code: 'DeadMaster', evidence: ['db2 does not hear it.'], recovery: 'r1' },
  });
  expect(await context.on('report', 'r2')).toEqual({
    code: 2,
    out: '',
    err: 'error: No recovery has the ID "r2".\n',
  });
});

test('with --json each of them gives one document on stdout and its words on stderr', async () => {
  using context = contextWith({ seeds: ['db1'] });
  const json = async (...words: readonly string[]): Promise<unknown> => {
    const { code, out, err } = await context.on(...words, '--json');
    expect(code).toBe(0);
    expect(err).not.toBe('');
    return JSON.parse(out);
  };
  const begun = { cluster: 'orders', instance: null, since: now, until: null, owner: actor };
  expect(await json('downtime', 'orders', '--until-ended')).toEqual({
    downtime: { ...begun, reason: '' },
  });
  expect(await json('downtime', 'orders', '--end')).toEqual({ ended: true });
  expect(await json('downtime', 'orders', '--end')).toEqual({ ended: false });
  const disarmed = { cluster: 'orders', at: now, by: actor, reason: '' };
  expect(await json('disarm', 'orders')).toEqual({ cluster: 'orders', disarmed });
  expect(await json('arm', 'orders')).toEqual({ cluster: 'orders', disarmed: null, changed: true });
});

interface WatchCommandContext {
  readonly store: OpenedStore;
  /** Calls the command with the settings and the store of this test. */
  on(...words: readonly string[]): Promise<Ended>;
  [Symbol.dispose](): void;
}

test('a key that changed is shown, accepted as it was shown, and forgotten', async () => {
  using context = contextWith({ seeds: ['db1'] });
  const known = { address: 'db1:3306', key: 'SHA256:one', offered: null, at: now };
  context.store.putServerKey('orders', known);
  expect((await context.on('keys', 'orders', '--accept', 'db1:3306')).code).toBe(2);
  context.store.putServerKey('orders', { ...known, offered: 'SHA256:other' });
  expect((await context.on('keys', 'orders')).out).toBe(
    'db1:3306  SHA256:one\n          not accepted: SHA256:other\n',
  );
  expect(await context.on('keys', 'orders', '--accept', 'db1:3306')).toEqual(
    told('The key of db1:3306 is SHA256:other now.\n'),
  );
  expect(context.store.serverKeys('orders')).toEqual([{ ...known, key: 'SHA256:other' }]);
  context.store.putServerKey('orders', { ...known, offered: 'none' });
  expect((await context.on('keys', 'orders', '--accept', 'db1:3306')).out).toContain('without TLS');
  expect(context.store.serverKeys('orders')).toEqual([]);
  expect((await context.on('keys', 'orders', '--forget', 'db1:3306')).err).toContain('No key of');
});

/** A real journal, and settings with one cluster `orders`. */
function contextWith(cluster: object, more: object = {}): WatchCommandContext {
  const cwd = mkdtempSync(join(dir, 'home-'));
  const orders = { id: 'orders', user: 'orc', ...cluster };
  const own = join(cwd, '.config', 'switchover');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'switchover.json'), JSON.stringify({ clusters: [orders], ...more }));
  const clock = setClock();
  clock.time.now = now;
  const store = openStore(join(cwd, 'state'), { clock });
  return {
    store,
    on: (...words) => call(words, { cwd, parts: partsOf([], store) }),
    [Symbol.dispose]: () => {
      store.close();
    },
  };
}

function told(out: string): Ended {
  return { code: 0, out, err: '' };
}

function seen(key: string, address: string): Parameters<OpenedStore['rememberInstances']>[1][0] {
  return {
    key,
    aliases: [],
    address,
    lastSeenAt: now,
    role: 'replica',
    source: null,
    highWater: null,
  };
}

function detection(but: Partial<Detection>): Detection {
  return {
    id: '0',
    cluster: 'orders',
    at: now,
    code: 'DeadMaster',
    instance: 'db1:3306',
    says: 'db1 is dead.',
    facts: {},
    evidence: [plain('db2 does not hear it.')],
    decision: 'held',
    because: [plain('Not armed.')],
    recovery: null,
    ...but,
  };
}
