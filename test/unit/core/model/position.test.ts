import { expect, test } from 'vitest';
import { compareFilePositions } from '../../../../src/core/model/file-position.ts';
import { parseGtidSet } from '../../../../src/core/model/gtid-set.ts';
import { parseMariadbPosition } from '../../../../src/core/model/mariadb-gtid.ts';
import {
  parsePosition,
  PositionSyntaxError,
  serialisePosition,
} from '../../../../src/core/model/position-text.ts';
import {
  comparable,
  contains,
  describePosition,
  lacks,
  merge,
  same,
  whatLacks,
  type Position,
} from '../../../../src/core/model/position.ts';

const uuid = '17718ed7-e6e2-11f1-81b2-0242ac190002';
const other = '1a91172f-e6e2-11f1-af12-02fc00000001';

function mysql(text: string): Position {
  return { kind: 'gtid-set', set: parseGtidSet(text) };
}

function mariadb(text: string): Position {
  return { kind: 'mariadb', position: parseMariadbPosition([text], false) };
}

function file(name: string, offset: number, source = 'db1:3306'): Position {
  return { kind: 'file', source, at: { file: name, offset } };
}

test.each([
  { a: mysql(`${uuid}:1-5`), b: mysql(`${uuid}:1-3`), holds: true, missing: [] },
  {
    a: mysql(`${uuid}:1-5`),
    b: mysql(`${uuid}:1-7,${other}:2`),
    holds: false,
    missing: [`${uuid}:6-7`, `${other}:2`],
  },
  { a: mariadb('0-1-5'), b: mariadb('0-1-7'), holds: false, missing: ['0-1-6..7'] },
  { a: file('b.000002', 4), b: file('b.000001', 900), holds: true, missing: [] },
  { a: file('b.1000000', 4), b: file('b.999999', 900), holds: true, missing: [] },
  {
    a: file('b.000001', 120),
    b: file('b.000001', 500),
    holds: false,
    missing: ['b.000001:120..500 of db1:3306'],
  },
  {
    a: file('b.000001', 120),
    b: file('b.000002', 4),
    holds: false,
    missing: ['b.000001:120..b.000002:4 of db1:3306'],
  },
])('$b in $a: $holds', ({ a, b, holds, missing }) => {
  expect(contains(a, b)).toBe(holds);
  expect(lacks(a, b)).toEqual(missing);
  expect(comparable(a, b)).toBe(true);
});

test.each([
  { name: 'a set and a file', a: mysql(`${uuid}:1-5`), b: file('b.000001', 4) },
  { name: 'a set and a MariaDB position', a: mysql(''), b: mariadb('') },
  { name: 'files of two sources', a: file('b.1', 9), b: file('b.1', 4, 'db2:3306') },
  { name: 'files of two series', a: file('b.000002', 4), b: file('c.000001', 4) },
])('$name cannot be compared, so nothing is proven', ({ a, b }) => {
  expect(comparable(a, b)).toBe(false);
  expect(contains(a, b)).toBe(false);
  expect(contains(b, a)).toBe(false);
  expect(merge(a, b)).toBeNull();
  expect(lacks(a, b)).toEqual([`everything up to ${describePosition(b)}`]);
});

test('what a living master wrote meanwhile is left out, and the rest is counted and listed', () => {
  const replica = mysql(`${uuid}:1-9,${other}:3-4:tag:1`);
  const master = mysql(`${uuid}:1-7`);
  expect(whatLacks(master, replica, { serverIds: [], uuids: [uuid] }, 2)).toEqual({
    count: 3n,
    ranges: [`${other}:3-4:tag:1`],
    transactions: [`${other}:3`, `${other}:4`],
  });
  expect(
    whatLacks(mariadb('0-1-7'), mariadb('0-1-9,0-2-8'), { serverIds: [1], uuids: [] }).transactions,
  ).toEqual(['0-2-8']);
});

test('merging keeps the furthest of files and all of sets', () => {
  expect(merge(file('b.2', 4), file('b.10', 1))).toEqual(file('b.10', 1));
  expect(merge(mysql(`${uuid}:1-2`), mysql(`${uuid}:3`))).toEqual(mysql(`${uuid}:1-3`));
  expect(merge(mariadb('0-1-2'), mariadb('0-1-3,1-1-1'))).toEqual(mariadb('0-1-3,1-1-1'));
});

test('two positions are the same when each holds the other', () => {
  expect(same(mariadb('0-1-2'), mariadb('0-1-2'))).toBe(true);
  expect(same(mariadb('0-1-2'), mariadb('0-1-3'))).toBe(false);
});

test('files of one number in two spellings are not ordered', () => {
  expect(compareFilePositions({ file: 'b.1', offset: 4 }, { file: 'b.01', offset: 4 })).toBeNull();
});

test.each([
  mysql(`${uuid}:1-9007199254740993:tag:5`),
  mysql(''),
  mariadb('0-1-18446744073709551615,4-2-1'),
  { kind: 'mariadb', position: parseMariadbPosition(['0-1-1'], true) } satisfies Position,
  file('binlog.000001', 626),
])('a stored position reads back as it was', (position) => {
  expect(parsePosition(serialisePosition(position))).toEqual(position);
});

test.each([
  '',
  'null',
  '{}',
  '{"kind":"gtid-set","set":"nonsense"}',
  '{"kind":"gtid-set"}',
  '{"kind":"mariadb","gtids":"1"}',
  '{"kind":"file","source":"a:1","file":"b","offset":-1}',
  '{"kind":"other","set":""}',
])('a broken stored position is named as such: %s', (text) => {
  expect(() => parsePosition(text)).toThrow(PositionSyntaxError);
});
