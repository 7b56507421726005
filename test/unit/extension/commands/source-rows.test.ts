import { expect, test } from 'vitest';
import { phrase } from '../../../../src/core/model/phrase.ts';
import { sourceRows } from '../../../../src/extension/commands/source-rows.ts';
import { viewOf } from '../../../../src/protocol/topology-view.ts';
import { english } from '../../../../src/protocol/localizer.ts';
import { korean } from '../../../support/builders/korean.ts';
import { drawn, healthy } from '../ui/states.ts';

const { cards } = viewOf(drawn(healthy), english, 0);
const already = phrase('{instance} reads from {source} already.', {
  instance: 'db2:3306',
  source: 'db1:3306',
});
const judged = [
  { instance: 'db3:3306', because: [] },
  { instance: 'db1:3306', because: [already] },
  { instance: 'db9:3306', because: [already] },
];

test('a source is shown as its card, and one that is not possible with the reason', () => {
  const rows = sourceRows(judged, cards, english);
  expect(rows.map(({ key, possible, detail }) => ({ key, possible, detail }))).toEqual([
    { key: 'db3:3306', possible: true, detail: '' },
    { key: 'db1:3306', possible: false, detail: 'db2:3306 reads from db1:3306 already.' },
    { key: 'db9:3306', possible: false, detail: 'db2:3306 reads from db1:3306 already.' },
  ]);
  expect(rows[0]?.label).toBe('db3');
  expect(rows[0]?.icon).toMatch(/^[a-z-]+$/);
  expect(rows[2]?.label).toBe('db9:3306');
});

test('the reasons are in the language of the reader', () => {
  expect(sourceRows(judged, cards, korean())[1]?.detail).toMatch(/[가-힣]/);
});
