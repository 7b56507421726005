import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonMistake } from '../../../src/cli/json-mistake.ts';

test.each([
  ['{"a": 1,}', 1, 9, 'a key in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or }'],
  ['[1, 2', 1, 6, 'a comma or ]'],
  ['{"a" 1}', 1, 6, 'a colon'],
  ["{'a': 1}", 1, 2, 'a key in double quotes'],
  ['{"a": hunter2}', 1, 7, 'a value'],
  ['// hello\n{}', 1, 1, 'a value, and JSON has no comments'],
  ['{} x', 1, 4, 'the end of the file'],
  ['{"a": "b\n"}', 1, 7, 'a text that ends on its line, in double quotes'],
  ['[01]', 1, 2, 'a value'],
])('%j is told by line and column', (text, line, column, expected) => {
  expect(jsonMistake(text)).toEqual({ line, column, expected });
});

test('it finds a mistake exactly where the language does', () => {
  const almost = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', 'x', '\\', '\n', ' ', '1', '\u0001'),
  );
  fc.assert(
    fc.property(almost, ([json, at, put]) => {
      const place = at % (json.length + 1);
      const text = json.slice(0, place) + put + json.slice(place + put.length);
      expect(jsonMistake(text) === undefined).toBe(parses(text));
    }),
    { numRuns: 2000 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
