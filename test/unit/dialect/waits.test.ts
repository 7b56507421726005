import { expect, test } from 'vitest';
import { parseGtidSet } from '../../../src/core/model/gtid-set.ts';
import { parseMariadbPosition } from '../../../src/core/model/mariadb-gtid.ts';
import { describePosition, type Position } from '../../../src/core/model/position.ts';
import { UnexpectedAnswer } from '../../../src/dialect/answer.ts';
import { receivedPosition, waitQuery } from '../../../src/dialect/waits.ts';
import { channel, serverOf, uuid } from './servers.ts';

const set: Position = { kind: 'gtid-set', set: parseGtidSet(`${uuid}:1-5`) };
const file: Position = {
  kind: 'file',
  source: 'db1:3306',
  at: { file: 'binlog.000002', offset: 900 },
};
const mariadb: Position = {
  kind: 'mariadb',
  position: parseMariadbPosition(['0-1-100,0-2-150,7-2-9'], true),
};

test.each([
  ['5.6.24', set, `SELECT WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS('${uuid}:1-5', 2) AS waited`],
  ['5.7.44', set, `SELECT WAIT_FOR_EXECUTED_GTID_SET('${uuid}:1-5', 2) AS waited`],
  ['9.7.4', set, `SELECT WAIT_FOR_EXECUTED_GTID_SET('${uuid}:1-5', 2) AS waited`],
  ['10.11.19-MariaDB', mariadb, "SELECT MASTER_GTID_WAIT('0-2-150,7-2-9', 2) AS waited"],
  ['8.0.25', file, "SELECT MASTER_POS_WAIT('binlog.000002', 900, 2) AS waited"],
  ['8.0.26', file, "SELECT SOURCE_POS_WAIT('binlog.000002', 900, 2) AS waited"],
  ['10.5.23-MariaDB', file, "SELECT MASTER_POS_WAIT('binlog.000002', 900, 2) AS waited"],
])('%s waits in its own words', (version, position, sql) => {
  expect(waitQuery(serverOf(version), position, 1_100).sql).toBe(sql);
});

test('a wait never lasts for ever', () => {
  expect(waitQuery(serverOf('8.4.6'), set, 0).sql).toContain(', 1)');
});

test('a named channel is waited for by its name', () => {
  const east = { channels: [{ ...channel, name: 'east' }] };
  expect(waitQuery(serverOf('8.4.6', east), file, 1000).sql).toContain("900, 1, 'east')");
  expect(waitQuery(serverOf('5.6.24', east), file, 1000).sql).toContain('900, 1)');
});

test.each([
  { version: '8.4.6', position: set, waited: 0, means: 'reached' },
  { version: '8.4.6', position: set, waited: '1', means: 'timed-out' },
  { version: '5.6.24', position: set, waited: 1, means: 'reached' },
  { version: '5.6.24', position: set, waited: -1, means: 'timed-out' },
  { version: '5.6.24', position: set, waited: null, means: 'not-applying' },
  { version: '10.11.19-MariaDB', position: mariadb, waited: 0, means: 'reached' },
  { version: '10.11.19-MariaDB', position: mariadb, waited: -1, means: 'timed-out' },
  { version: '8.4.6', position: file, waited: 3, means: 'reached' },
  { version: '8.4.6', position: file, waited: -1, means: 'timed-out' },
  { version: '8.4.6', position: file, waited: null, means: 'not-applying' },
])('$version: $waited means $means', ({ version, position, waited, means }) => {
  expect(waitQuery(serverOf(version), position, 1000).parse([{ waited }])).toBe(means);
});

test('another answer is an error', () => {
  const { parse } = waitQuery(serverOf('8.4.6'), set, 1000);
  expect(() => parse([])).toThrow(UnexpectedAnswer);
  expect(() => parse([{ waited: 'soon' }])).toThrow('is "soon"');
});

test.each([
  {
    name: 'MySQL by GTID',
    version: '8.4.6',
    is: { retrieved: `${uuid}:4-6` },
    gives: `${uuid}:4-6`,
  },
  {
    name: 'MySQL with GTIDs, though its channel is by file',
    version: '8.4.6',
    is: { retrieved: `${uuid}:4-6`, method: 'file' },
    gives: `${uuid}:4-6`,
  },
  {
    name: 'MariaDB by GTID',
    version: '11.8.6-MariaDB',
    is: { retrieved: '0-1-7' },
    gives: '0-1-7',
  },
  {
    name: 'MariaDB by file',
    version: '11.8.6-MariaDB',
    is: { method: 'file' },
    gives: 'binlog.000002:900 of db1:3306',
  },
  {
    name: 'MySQL that does not tell what it retrieved',
    version: '8.4.6',
    is: { retrieved: '' },
    gives: 'binlog.000002:900 of db1:3306',
  },
] as const)('what was received: $name', ({ version, is, gives }) => {
  const position = receivedPosition(serverOf(version, { channels: [{ ...channel, ...is }] }));
  expect(position === null ? null : describePosition(position)).toBe(gives);
});

test('nothing was received by a channel that never connected, and without a channel', () => {
  const never = { ...channel, received: { file: '', offset: 4 } };
  expect(receivedPosition(serverOf('8.4.6', { channels: [never] }))).toBeNull();
  expect(receivedPosition(serverOf('8.4.6', { channels: [] }))).toBeNull();
});
