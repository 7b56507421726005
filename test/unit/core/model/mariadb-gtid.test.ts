import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  caughtUp,
  contains,
  countOf,
  difference,
  executedPosition,
  listTransactions,
  MariadbGtidSyntaxError,
  merge,
  ownTransactions,
  parseMariadbPosition,
  printMariadbPosition,
  printRange,
  unprovable,
  type MariadbPosition,
} from '../../../../src/core/model/mariadb-gtid.ts';

function loose(...texts: string[]): MariadbPosition {
  return parseMariadbPosition(texts, false);
}

function strict(...texts: string[]): MariadbPosition {
  return parseMariadbPosition(texts, true);
}

test('lists are read together, the highest number of each domain and server counts', () => {
  const position = loose('0-2-7, 0-1-100', '0-1-101', '', '10-1-3,2-1-5');
  expect(printMariadbPosition(position)).toBe('0-1-101,0-2-7,2-1-5,10-1-3');
});

test('numbers use all 64 bits', () => {
  const position = loose('0-4294967295-18446744073709551615');
  expect(printMariadbPosition(position)).toBe('0-4294967295-18446744073709551615');
  expect(contains(loose('0-4294967295-18446744073709551614'), position)).toBe(false);
});

test.each(['0-1', '0-1-2-3', 'x-1-2', '0-1--2', '4294967296-1-1', '0-1-18446744073709551616'])(
  '"%s" is refused by name',
  (text) => {
    expect(() => loose(text)).toThrow(MariadbGtidSyntaxError);
  },
);

test.each([
  {
    name: 'a replica that is behind lacks the last ones',
    a: loose('0-1-100'),
    b: loose('0-1-103'),
    lacks: ['0-1-101..103'],
  },
  {
    name: 'a new master lacks what the old one wrote alone',
    a: loose('0-1-100,0-2-150'),
    b: loose('0-1-103'),
    lacks: ['0-1-101..103'],
  },
  {
    name: 'the same number of two servers is two histories',
    a: loose('0-1-100'),
    b: loose('0-2-100'),
    lacks: ['0-2-..100'],
  },
  {
    name: 'the first number of a new writer follows the last common one',
    a: loose('0-1-100'),
    b: loose('0-1-100,0-2-103'),
    lacks: ['0-2-101..103'],
  },
  {
    name: 'domains are compared one by one',
    a: loose('0-1-100,1-1-5'),
    b: loose('0-1-90,1-1-6'),
    lacks: ['1-1-6'],
  },
  {
    name: 'a write on a replica is found, though the master went on',
    a: loose('0-1-160'),
    b: loose('0-1-150,0-3-101'),
    lacks: ['0-3-..101'],
  },
  {
    name: 'a server restored from a backup holds the older writers that strict order puts before',
    a: strict('0-2-150'),
    b: strict('0-1-100,0-2-150'),
    lacks: [],
  },
  {
    name: 'without strict order the older writers prove nothing',
    a: strict('0-2-150'),
    b: loose('0-1-100,0-2-150'),
    lacks: ['0-1-..100'],
  },
  {
    name: 'strict order does not excuse what a master wrote last',
    a: strict('0-2-150'),
    b: strict('0-2-150,0-1-153'),
    lacks: ['0-1-151..153'],
  },
  {
    name: 'nor what came after all that both hold in another domain',
    a: strict('0-2-150'),
    b: strict('0-2-150,1-1-100'),
    lacks: ['1-1-..100'],
  },
])('$name', ({ a, b, lacks }) => {
  expect(difference(b, a).map(printRange)).toEqual(lacks);
  expect(contains(a, b)).toBe(lacks.length === 0);
});

test('newer transactions of a living master are not its replica’s own', () => {
  const master = loose('0-1-100');
  const replica = loose('0-1-102,0-2-101');
  expect(ownTransactions(replica, master, [1]).map(printRange)).toEqual(['0-2-101']);
  expect(ownTransactions(replica, master, []).length).toBe(2);
});

test('transactions are listed one by one up to the limit', () => {
  const ranges = difference(loose('0-1-18446744073709551615,0-2-5'), loose('0-1-3'));
  expect(listTransactions(ranges, 3)).toEqual(['0-1-4', '0-1-5', '0-1-6']);
  expect(listTransactions(difference(loose('0-3-101'), loose('0-1-160')), 9)).toEqual(['0-3-101']);
  expect(countOf(difference(loose('0-1-103'), loose('0-1-100')))).toBe(3n);
});

/**
 * A linear history of one domain: who wrote number 1, 2, 3 ... Servers hold a prefix of it; one of
 * them may have gone on alone after its prefix, as a master does that dies.
 */
const histories = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 });
const lengths = fc.integer({ min: 0, max: 12 });

interface Naive {
  readonly held: ReadonlySet<string>;
  readonly position: MariadbPosition;
}

function prefix(history: readonly number[], length: number, alone: number, server: number): Naive {
  const common = history.slice(0, length);
  const numbers = [...common, ...Array.from({ length: alone }, () => server)];
  const held = numbers.map((writer, at) =>
    // What was written alone is another transaction, though its number may be the same.
    at < common.length ? `0-${String(writer)}-${String(at + 1)}` : `alone-${String(at)}`,
  );
  const state = numbers.map((writer, at) => `0-${String(writer)}-${String(at + 1)}`);
  return { held: new Set(held), position: strict(...state) };
}

function minus(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...a].filter((it) => !b.has(it));
}

test('under linear replication the map tells containment exactly', () => {
  fc.assert(
    fc.property(histories, lengths, lengths, (history, left, right) => {
      const x = prefix(history, left, 0, 0);
      const y = prefix(history, right, 0, 0);
      expect(contains(x.position, y.position)).toBe(minus(y.held, x.held).length === 0);
      // Of an empty server nothing tells where the other began; else every missing one is named.
      const listed = listTransactions(difference(y.position, x.position), 100);
      const unnamed = minus(y.held, new Set([...x.held, ...listed]));
      expect(left === 0 ? [] : unnamed).toEqual([]);
    }),
  );
});

test('what one server wrote alone is never taken for held by another', () => {
  fc.assert(
    fc.property(
      histories,
      lengths,
      lengths,
      fc.integer({ min: 1, max: 3 }),
      (history, left, right, alone) => {
        const x = prefix(history, left, 0, 0);
        // Server 9 writes nothing of the common history, so its numbers are its own.
        const y = prefix(history, right, alone, 9);
        expect(contains(x.position, y.position)).toBe(false);
        expect(contains(y.position, x.position)).toBe(minus(x.held, y.held).length === 0);
      },
    ),
  );
});

test('merging holds both, and is the same in either order', () => {
  fc.assert(
    fc.property(histories, lengths, lengths, (history, left, right) => {
      const x = prefix(history, left, 0, 0).position;
      const y = prefix(history, right, 1, 9).position;
      expect(merge(x, y)).toEqual(merge(y, x));
      expect(contains(merge(x, y), x) && contains(merge(x, y), y)).toBe(true);
    }),
  );
});

/** A server whose log is not strictly ordered. `state`: its binary log state, of which `end` is the last. */
function logged(serverId: number, state: string, end: string, slavePos = ''): MariadbPosition {
  return executedPosition(
    { binlogState: state, binlogPos: end, slavePos },
    { strict: false, serverId },
  );
}

// 103 wrote first, then 101. 102 was rebuilt from a backup at 0-101-90 and read on.
const master = logged(101, '0-103-30,0-101-100', '0-101-100');
const rebuilt = logged(102, '0-101-100', '0-101-100', '0-101-100');

test('whoever holds the last transaction that a server wrote itself holds all of its log', () => {
  expect(contains(rebuilt, master)).toBe(true);
  expect(contains(logged(102, '0-101-99', '0-101-99'), master)).toBe(false);
});

test('what a replica wrote itself, or copied from such a one, is not hidden by what came later', () => {
  const errant = logged(103, '0-103-30,0-101-100', '0-101-100');
  expect(contains(rebuilt, errant)).toBe(false);
  expect(contains(rebuilt, logged(103, '0-103-101,0-101-100', '0-103-101'))).toBe(false);
  expect(contains(rebuilt, logged(104, '0-103-30,0-101-100', '0-101-100'))).toBe(false);
});

test('a master that wrote nothing yet is caught up with at the end of its log', () => {
  const fresh = logged(104, '0-103-30,0-101-100', '0-101-100');
  expect(caughtUp(rebuilt, fresh)).toBe(true);
  expect(caughtUp(logged(102, '', '', '0-101-100'), fresh)).toBe(true);
  expect(caughtUp(logged(102, '0-101-99', '0-101-99'), fresh)).toBe(false);
});

test('a domain that a restored server never heard of is no matter of waiting', () => {
  const two = logged(101, '0-101-100,7-104-9', '0-101-100,7-104-9');
  expect(unprovable(two, rebuilt).map(printRange)).toEqual(['7-104-..9']);
  expect(unprovable(master, rebuilt)).toEqual([]);
  expect(unprovable(logged(101, '7-101-9', '7-101-9'), rebuilt)).toEqual([]);
});
