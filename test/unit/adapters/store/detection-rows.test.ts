import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openStore } from '../../../../src/adapters/store/sqlite-store.ts';
import { plain } from '../../../../src/core/model/phrase.ts';
import type { Detection } from '../../../../src/core/model/watch.ts';
import { scratchDir, setClock } from '../../../support/harness/store/scratch.ts';

const minuteMs = 60_000;

test('detections are read by another window as they were written, newest first, by cluster or all', () => {
  using scratch = scratchDir();
  const [one, other] = [open(scratch.dir), open(scratch.dir)];
  const held = detection({ id: '1' });
  const acted = detection({ id: '2', decision: 'acted', because: [], recovery: '000-abc' });
  const elsewhere = detection({ id: '3', cluster: 'stock', instance: null });
  for (const it of [held, acted, elsewhere]) {
    one.saveDetection(it);
  }
  expect(other.detections(undefined, 10)).toEqual([elsewhere, acted, held]);
  expect(other.detections('orders', 1)).toEqual([acted]);
  expect(other.detections('nowhere', 10)).toEqual([]);
  one.close();
  other.close();
});

test('a held finding that goes on is saved once, whoever says it and beside what other finding', () => {
  using scratch = scratchDir();
  const [one, other] = [open(scratch.dir), open(scratch.dir)];
  const lagging = { code: 'ReplicaLagging', instance: 'db2:3306' } as const;
  for (let second = 0; second < 1200; second += 1) {
    const window = second % 2 === 0 ? one : other;
    window.saveDetection(detection({ id: `a${String(second)}`, at: second * 1000 }));
    window.saveDetection(detection({ ...lagging, id: `b${String(second)}`, at: second * 1000 }));
  }
  expect(idsOf(one.detections('orders', 100))).toEqual(['b0', 'a0']);
  one.close();
  other.close();
});

test('another reason, another instance, an act, or the same after it was over is a detection of its own', () => {
  using scratch = scratchDir();
  const store = open(scratch.dir);
  const cases: readonly Partial<Detection>[] = [
    { because: [plain('In downtime.')] },
    { because: [plain('In downtime.'), plain('Not armed.')] },
    { instance: 'db2:3306' },
    { instance: null },
    { code: 'UnreachableMaster' },
    { cluster: 'stock' },
    { decision: 'acted', because: [] },
    { decision: 'acted', because: [] },
    { at: 7 * minuteMs },
    { at: 13 * minuteMs },
  ];
  store.saveDetection(detection({ id: 'first' }));
  cases.forEach((it, index) => {
    store.saveDetection(detection({ ...it, id: String(index) }));
  });
  expect(idsOf(store.detections(undefined, 100))).toEqual(
    ['first', ...cases.keys()].map(String).toReversed(),
  );
  store.close();
});

test('a date that is set back neither hides what is new nor fills the journal', () => {
  using scratch = scratchDir();
  const store = open(scratch.dir);
  const late = 60 * minuteMs;
  store.saveDetection(detection({ id: 'before', at: late }));
  for (let second = 0; second < 100; second += 1) {
    store.saveDetection(detection({ id: `after${String(second)}`, at: second * 1000 }));
  }
  expect(idsOf(store.detections('orders', 10))).toEqual(['after0', 'before']);
  store.close();
});

test('saving a detection again under its id tells what became of it', () => {
  using scratch = scratchDir();
  const store = open(scratch.dir);
  const acted = detection({ id: '1', decision: 'acted', because: [] });
  store.saveDetection(acted);
  store.saveDetection({ ...acted, recovery: '000-abc' });
  expect(store.detections('orders', 10)).toEqual([{ ...acted, recovery: '000-abc' }]);
  store.close();
});

test('the newest detections of each cluster are kept, as many as told', () => {
  using scratch = scratchDir();
  const store = openStore(scratch.dir, { clock: setClock(), keepDetections: 3 });
  store.saveDetection(detection({ id: 'elsewhere', cluster: 'stock' }));
  for (let turn = 1; turn <= 5; turn += 1) {
    store.saveDetection(
      detection({ id: String(turn), because: [plain(`Reason ${String(turn)}.`)] }),
    );
  }
  expect(idsOf(store.detections(undefined, 100))).toEqual(['5', '4', '3', 'elsewhere']);
  store.close();
});

test('a detection that cannot be read is told once and takes no place', () => {
  using scratch = scratchDir();
  const told: string[] = [];
  const store = openStore(scratch.dir, { clock: setClock(), warn: (says) => told.push(says) });
  for (const id of ['1', '2', '3']) {
    store.saveDetection(detection({ id, because: [plain(id)] }));
  }
  const raw = new DatabaseSync(join(scratch.dir, 'journal.db'));
  raw.exec(`UPDATE detections SET body = json_set(body, '$.code', 'Odd') WHERE id = '2'`);
  raw.exec(`UPDATE detections SET body = '{' WHERE id = '3'`);
  raw.close();
  expect(idsOf(store.detections('orders', 1))).toEqual(['1']);
  expect(idsOf(store.detections('orders', 1))).toEqual(['1']);
  expect(told).toEqual([
    `The journal's record of detection 3 cannot be read; it is left aside.`,
    `The journal's record of detection 2 cannot be read; it is left aside.`,
  ]);
  store.close();
});

test('what an earlier version wrote in English is read, and goes on as the same finding', () => {
  using scratch = scratchDir();
  const store = open(scratch.dir);
  store.saveDetection(detection({ id: '1' }));
  const raw = new DatabaseSync(join(scratch.dir, 'journal.db'));
  raw.exec(`UPDATE detections SET body = json_remove(json_set(body,
    '$.because', json('["Not armed."]'), '$.evidence', json('["db2 does not hear it."]')), '$.facts')`);
  raw.close();
  expect(store.detections('orders', 1)).toEqual([
    detection({ id: '1', facts: {}, evidence: [plain('db2 does not hear it.')] }),
  ]);
  store.saveDetection(detection({ id: '2', at: 1000 }));
  expect(idsOf(store.detections('orders', 10))).toEqual(['1']);
  store.close();
});

function open(dir: string): ReturnType<typeof openStore> {
  return openStore(dir, { clock: setClock() });
}

function idsOf(detections: readonly Detection[]): readonly string[] {
  return detections.map((it) => it.id);
}

function detection(but: Partial<Detection>): Detection {
  return {
    id: '0',
    cluster: 'orders',
    at: 0,
    code: 'DeadMaster',
    instance: 'db1:3306',
    says: 'db1 is dead: it refuses connections.',
    facts: { why: 'it refuses connections', seconds: 3 },
    evidence: [plain('db2 does not hear it.'), plain('db3 does not hear it.')],
    decision: 'held',
    because: [plain('Not armed.')],
    recovery: null,
    ...but,
  };
}
