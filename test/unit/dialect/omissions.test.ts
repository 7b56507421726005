import { expect, test } from 'vitest';
import { columnsOf } from '../../../src/dialect/answer.ts';
import { readChannelOmissions, readOmissions } from '../../../src/dialect/omissions.ts';

test.each([
  { variables: { replica_skip_errors: 'OFF', slave_exec_mode: 'STRICT' }, gives: [] },
  { variables: { slave_skip_errors: 'ALL' }, gives: ['slave_skip_errors = ALL'] },
  // MySQL knows it by both names.
  {
    variables: { replica_skip_errors: '1146', slave_skip_errors: '1146' },
    gives: ['replica_skip_errors = 1146'],
  },
  { variables: { slave_exec_mode: 'IDEMPOTENT' }, gives: ['slave_exec_mode = IDEMPOTENT'] },
  {
    variables: { replicate_events_marked_for_skip: 'FILTER_ON_SLAVE' },
    gives: ['replicate_events_marked_for_skip = FILTER_ON_SLAVE'],
  },
  { variables: { gtid_ignore_duplicates: 'ON' }, gives: ['gtid_ignore_duplicates = ON'] },
  {
    variables: { init_connect: 'SET sql_log_bin = 0' },
    gives: ['init_connect = SET sql_log_bin = 0'],
  },
  { variables: { init_connect: 'SET NAMES utf8mb4' }, gives: [] },
  {
    variables: { default_storage_engine: 'BLACKHOLE' },
    gives: ['default_storage_engine = BLACKHOLE'],
  },
])('of $variables it tells $gives', ({ variables, gives }) => {
  const read = readOmissions(columnsOf(variables, 'SHOW GLOBAL VARIABLES'), []);
  expect(read.map((it) => `${it.name} = ${it.value}`)).toEqual(gives);
});

test('what a server keeps out of its binary log stands in the status of that', () => {
  const row = { File: 'b.1', Position: 4, Binlog_Do_DB: '', Binlog_Ignore_DB: 'scratch,tmp' };
  expect(readOmissions(columnsOf({}, 'SHOW GLOBAL VARIABLES'), [row])).toEqual([
    { kind: 'log', name: 'binlog_ignore_db', value: 'scratch,tmp' },
  ]);
});

test.each([
  // Its own id is left out anyway. MariaDB tells a list with commas, MySQL one with blanks.
  { row: { Replicate_Ignore_Server_Ids: '' }, gives: [] },
  { row: { Replicate_Ignore_Server_Ids: '103' }, gives: [] },
  { row: { Replicate_Ignore_Server_Ids: '102, 103' }, gives: ['IGNORE_SERVER_IDS = 102'] },
  { row: { Replicate_Ignore_Server_Ids: '101 102' }, gives: ['IGNORE_SERVER_IDS = 101, 102'] },
  { row: { Skip_Counter: 3 }, gives: ['Skip_Counter = 3'] },
  { row: { Replicate_Do_Table: 'a.b' }, gives: ['replicate_do_table = a.b'] },
])('of $row a channel tells $gives', ({ row, gives }) => {
  const { omissions } = readChannelOmissions(columnsOf(row, 'SHOW SLAVE STATUS'), 103);
  expect(omissions.map((it) => `${it.name} = ${it.value}`)).toEqual(gives);
});
