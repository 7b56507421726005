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

const secret = 'Zq7-verySecret-8812';

test.each([
  [
    1396,
    `Error 'Operation CREATE USER failed for 'app'@'%'' on query. Default database: ''. Query: 'CREATE USER app@'%' IDENTIFIED BY '${secret}''`,
    "Error 'Operation CREATE USER failed for 'app'@'%''. The statement is left out, since it may hold a password.",
  ],
  [
    1064,
    `Error 'You have an error in your SQL syntax; ... near 'BY '${secret}'' at line 1' on query. Query: 'CREATE USER app IDENTIFIED BY '${secret.slice(0, 9)}`,
    null,
  ],
  [
    1470,
    `Error 'String '${secret}' is too long for user name' on query. Query: 'SET PASSWORD FOR app = '${secret}''`,
    null,
  ],
  [1133, `Query: 'UPDATE mysql.user SET authentication_string = '${secret}''`, null],
  [1477, `Query: 'CREATE SERVER s OPTIONS (USER 'u', PASSWORD '${secret}')'`, null],
  [1432, `Query: 'CREATE TABLE t (a INT) CONNECTION='mysql://u:${secret}@db9/d/t''`, null],
  [1410, `Query: 'GRANT ALL ON *.* TO app IDENTIFIED BY PASSWORD '*${secret}''`, null],
])('error %d of a statement with a password: %s', (errno, error, says) => {
  const channel = read({ Last_SQL_Errno: errno, Last_SQL_Error: error, Last_Error: error });
  for (let at = 0; at + 6 <= secret.length; at += 1) {
    expect(JSON.stringify(channel)).not.toContain(secret.slice(at, at + 6));
  }
  const words =
    says ??
    'The words of the server are left out, since they quote a statement that may hold a password.';
  expect(channel?.applierError).toEqual({ code: errno, message: words });
  expect(channel?.raw['Last_SQL_Error']).toBe(words);
});

test.each([
  "error connecting to master 'repl@db1:3306' - retry-time: 1 maximum-retries: 100000 message: Access denied for user 'repl'@'db2' (using password: YES)",
  'Authentication requires secure connection. (plugin caching_sha2_password)',
  'Your password has expired. To log in you must change it using a client that supports expired passwords.',
  "Error 'Duplicate entry '1' for key 'PRIMARY'' on query. Default database: 'shop'. Query: 'INSERT INTO orders VALUES (1)'",
])('the words of a server stay: %s', (error) => {
  const channel = read({ Last_IO_Errno: 1045, Last_IO_Error: error });
  expect(channel?.receiverError?.message).toBe(error);
  expect(channel?.raw['Last_IO_Error']).toBe(error);
});

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
