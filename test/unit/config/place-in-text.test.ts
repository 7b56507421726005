import { expect, test } from 'vitest';
import { offsetOf } from '../../../src/config/place-in-text.ts';

const text = `{
  // "switchover.clusters": []
  "editor.fontSize": 14,
  "other": { "switchover.clusters": [{ "id": 1 }] },
  "switchover.recoverMasterClusterFilters": "*",
  "switchover.clusters": [
    { "id": "orders", "seeds": ["db1", "db2"], },
    /* { "id": "gone" }, */
    {
      "id": "stock",
      "tls": { "ca": "x" },
      "confirmSecond": 1,
      "addresses": { "db-1:0": "x" }
    }
  ]
}`;

function lineAt(path: string): string {
  const before = text.slice(0, offsetOf(text, path)).split('\n');
  return text.split('\n')[before.length - 1]?.trim() ?? '';
}

test.each([
  ['recoverMasterClusterFilters', '"switchover.recoverMasterClusterFilters": "*",'],
  ['clusters', '"switchover.clusters": ['],
  ['clusters[0].seeds[1]', '{ "id": "orders", "seeds": ["db1", "db2"], },'],
  ['clusters[1]', '{'],
  ['clusters[1].confirmSecond', '"confirmSecond": 1,'],
  ['clusters[1].tls.ca', '"tls": { "ca": "x" },'],
  ['clusters[1].addresses["db-1:0"]', '"addresses": { "db-1:0": "x" }'],
])('%s is found at its line', (path, line) => {
  expect(lineAt(path)).toBe(line);
});

test('what is missing is looked for where it should be, and a text without settings is no trouble', () => {
  expect(lineAt('clusters[1].user')).toBe('{');
  expect(lineAt('clusters[7].user')).toBe('"switchover.clusters": [');
  expect(offsetOf('', 'clusters')).toBe(0);
  expect(offsetOf('{"a": [1, {"b"', 'clusters[0]')).toBe(0);
});
