import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contains,
  countOf,
  emptyGtidSet,
  GtidSetSyntaxError,
  isEmpty,
  listTransactions,
  parseGtidSet,
  printGtidSet,
  subtract,
  unionOf,
  withoutSource,
} from '../../../../src/core/model/gtid-set.ts';

const a = '17718ed7-e6e2-11f1-81b2-0242ac190002';
const b = '1a91172f-e6e2-11f1-af12-02fc00000001';

test.each([
  { name: 'an empty text is the empty set', text: ' \n', prints: '' },
  { name: 'intervals are sorted and joined', text: `${a}:7:1-3:4`, prints: `${a}:1-4:7` },
  {
    name: 'lines, spaces and capitals do not matter',
    text: `${b.toUpperCase()}:1 - 2,\n${a}:5 ,`,
    prints: `${a}:5,${b}:1-2`,
  },
  {
    name: 'a tag holds for the intervals behind it',
    text: `${a}:zeta:9:1-3:Alpha:4:6,${a}:2`,
    prints: `${a}:2:alpha:4:6:zeta:1-3:9`,
  },
  {
    name: 'numbers beyond 2^53 stay exact',
    text: `${a}:9007199254740993-9223372036854775806`,
    prints: `${a}:9007199254740993-9223372036854775806`,
  },
])('$name', ({ text, prints }) => {
  expect(printGtidSet(parseGtidSet(text))).toBe(prints);
});

test.each([
  'hello',
  a,
  `${a}:`,
  `${a}:0`,
  `${a}:5-3`,
  `${a}:1-`,
  `${a}:tag`,
  `${a}:9tag:1`,
  `${a}:9223372036854775807`,
  `${a.slice(1)}:1`,
  '0-1-100',
])('"%s" is refused by name', (text) => {
  expect(() => parseGtidSet(text)).toThrow(GtidSetSyntaxError);
  expect(() => parseGtidSet(text)).toThrow('is not a MySQL GTID set');
});

test('transactions of a tag are not those without a tag', () => {
  expect(contains(parseGtidSet(`${a}:1-5`), parseGtidSet(`${a}:tag:3`))).toBe(false);
});

test('without a source, nothing of that server is left, tagged or not', () => {
  const set = parseGtidSet(`${a}:1-5:tag:1,${b}:2`);
  expect(printGtidSet(withoutSource(set, a.toUpperCase()))).toBe(`${b}:2`);
});

test('the list stops at its limit, however large the set', () => {
  const set = parseGtidSet(`${a}:3-9223372036854775000:tag:8`);
  expect(listTransactions(set, 3)).toEqual([`${a}:3`, `${a}:4`, `${a}:5`]);
  expect(listTransactions(parseGtidSet(`${a}:1:tag:8`), 9)).toEqual([`${a}:1`, `${a}:tag:8`]);
  expect(listTransactions(set, 0)).toEqual([]);
});

test('a count can exceed what a number holds', () => {
  expect(countOf(parseGtidSet(`${a}:1-9223372036854775806,${b}:1-2`))).toBe(9223372036854775808n);
  expect(countOf(emptyGtidSet)).toBe(0n);
});

/** The naive model: transactions one by one, `origin:number`. */
const origins = [a, `${a}:alpha`, `${a}:beta`, b] as const;
const naiveSets = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...origins), fc.integer({ min: 1, max: 12 })), {
    selector: ([origin, number]) => `${origin}:${String(number)}`,
    maxLength: 40,
  })
  .map((pairs) => new Set(pairs.map(([origin, number]) => `${origin}:${String(number)}`)));

function real(naive: ReadonlySet<string>): ReturnType<typeof parseGtidSet> {
  return parseGtidSet([...naive].join(','));
}

function listed(set: ReturnType<typeof parseGtidSet>): ReadonlySet<string> {
  return new Set(listTransactions(set, 1000));
}

function minus(from: ReadonlySet<string>, taken: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...from].filter((it) => !taken.has(it)));
}

test('union, difference, containment and count agree with sets of single transactions', () => {
  fc.assert(
    fc.property(naiveSets, naiveSets, (left, right) => {
      const x = real(left);
      const y = real(right);
      expect(listed(unionOf(x, y))).toEqual(new Set([...left, ...right]));
      expect(listed(subtract(x, y))).toEqual(minus(left, right));
      expect(contains(x, y)).toBe(minus(right, left).size === 0);
      expect(isEmpty(x)).toBe(left.size === 0);
      expect(countOf(x)).toBe(BigInt(left.size));
    }),
  );
});

test('printing and reading again gives the same set, and the same text', () => {
  fc.assert(
    fc.property(naiveSets, (naive) => {
      const set = real(naive);
      const text = printGtidSet(set);
      expect(parseGtidSet(text)).toEqual(set);
      expect(printGtidSet(parseGtidSet(text.replaceAll(',', ',\n')))).toBe(text);
    }),
  );
});
