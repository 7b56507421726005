import { expect, test } from 'vitest';
import { UnexpectedAnswer, type Row } from '../../../src/dialect/answer.ts';
import { readChannels } from '../../../src/dialect/replica-status.ts';
import { rowsOf, sampleOf } from './samples.ts';

const statement = 'SHOW ALL SLAVES STATUS';
const [real = {}] = rowsOf(sampleOf('mariadb-10.11', 'replica'), statement);

function read(changed: Row) {
  const [channel] = readChannels([{ ...real, ...changed }], statement);
  return channel;
}

test.each([
  {
    name: 'stopped threads',
    row: { Slave_IO_Running: 'No', Slave_SQL_Running: 'No' },
    gives: { receiver: 'no', applier: 'no' },
  },
  {
    name: 'a receiver that tries',
    row: { Slave_IO_Running: 'Connecting' },
    gives: { receiver: 'connecting' },
  },
  {
    name: 'a receiver that prepares',
    row: { Slave_IO_Running: 'Preparing' },
    gives: { receiver: 'connecting' },
  },
  { name: 'unknown lag', row: { Seconds_Behind_Master: null }, gives: { lagSeconds: null } },
  { name: 'lag as text', row: { Seconds_Behind_Master: '17' }, gives: { lagSeconds: 17 } },
  { name: 'a configured delay', row: { SQL_Delay: 3600 }, gives: { delaySeconds: 3600 } },
  {
    name: 'a filter',
    row: { Replicate_Wild_Ignore_Table: 'shop.tmp%' },
    gives: { filtered: true },
  },
  { name: 'a domain filter', row: { Replicate_Do_Domain_Ids: '1' }, gives: { filtered: true } },
  {
    name: 'ignored server ids are no filter of data',
    row: { Replicate_Ignore_Server_Ids: '9' },
    gives: { filtered: false },
  },
  {
    name: 'a place by file',
    row: { Using_Gtid: 'No', Gtid_IO_Pos: '' },
    gives: { method: 'file', retrieved: '' },
  },
  { name: 'the other GTID place', row: { Using_Gtid: 'Current_Pos' }, gives: { method: 'gtid' } },
  { name: 'a connection name', row: { Connection_name: 'east' }, gives: { name: 'east' } },
  {
    name: 'the receiver’s error',
    row: { Last_IO_Errno: 1236, Last_IO_Error: 'Got fatal error 1236' },
    gives: { receiverError: { code: 1236, message: 'Got fatal error 1236' }, applierError: null },
  },
  {
    name: 'the applier’s error',
    row: { Last_SQL_Errno: '1062', Last_SQL_Error: 'Duplicate entry' },
    gives: { applierError: { code: 1062, message: 'Duplicate entry' }, receiverError: null },
  },
])('$name', ({ row, gives }) => {
  expect(read(row)).toMatchObject(gives);
});

test('the row is kept as the server gave it, for people to read', () => {
  const channel = read({ Seconds_Behind_Master: null, When: new Date(0) });
  expect(channel?.raw).toMatchObject({
    Master_Host: 'fxs1',
    Read_Master_Log_Pos: '626',
    Seconds_Behind_Master: null,
    When: '1970-01-01T00:00:00.000Z',
  });
  expect(channel?.statement).toBe(statement);
});

test('inner channels of group replication have no source and are left out', () => {
  expect(
    readChannels(
      [
        { ...real, Master_Host: '<NULL>' },
        { ...real, Master_Host: '' },
      ],
      statement,
    ),
  ).toEqual([]);
});

test.each([
  { row: { Slave_IO_Running: 'Sometimes' }, says: 'Slave_IO_Running is "Sometimes"' },
  { row: { Slave_SQL_Running: undefined }, says: 'Slave_SQL_Running is missing or NULL' },
  { row: { Master_Port: 'x' }, says: 'Master_Port is "x", not a whole number' },
  { row: { Read_Master_Log_Pos: -1 }, says: 'Read_Master_Log_Pos is "-1"' },
  { row: { Seconds_Behind_Master: 'soon' }, says: 'Seconds_Behind_Master is "soon"' },
])('an unexpected row is a clear error: $says', ({ row, says }) => {
  expect(() => read(row)).toThrow(UnexpectedAnswer);
  expect(() => read(row)).toThrow(says);
  expect(() => read(row)).toThrow(statement);
});
