import { expect, test } from 'vitest';
import type { Row } from '../../../src/dialect/answer.ts';
import { binaryLogsQuery, binlogEventsQuery } from '../../../src/dialect/binlog-events.ts';
import { rowsOf, sampleNames, sampleOf } from './samples.ts';
import { uuid } from './servers.ts';

/** `TYPE info`, one event a line, each 100 bytes long. */
function events(drawing: string, from = 4): readonly Row[] {
  return drawing
    .split('\n')
    .map((it) => it.trim())
    .filter((it) => it !== '')
    .map((line, index) => {
      const [type = '', ...info] = line.split(' ');
      const Pos = from + index * 100;
      return {
        Log_name: 'b.1',
        Pos,
        Event_type: type,
        Server_id: 1,
        End_log_pos: Pos + 100,
        Info: info.join(' '),
      };
    });
}

const start = { file: 'b.1', offset: 4, within: 'nothing' } as const;

test.each([
  {
    name: 'MariaDB: a statement alone, and a transaction',
    drawing: `
      Format_desc Server ver: 10.11.19-MariaDB-log, Binlog ver: 4
      Gtid_list []
      Gtid GTID 0-15306-2
      Query CREATE TABLE fx.t(id INT)
      Gtid BEGIN GTID 0-15306-3
      Annotate_rows INSERT INTO fx.t(v) VALUES('0-9-9')
      Write_rows_v1 table_id: 18 flags: STMT_END_F
      Xid COMMIT /* xid=17 */
      Gtid BEGIN GTID 0-15306-4 cid=18
      Query use \`fx\`; INSERT INTO t VALUES (1)
      Query COMMIT`,
    lists: ['0-15306-2', '0-15306-3', '0-15306-4'],
  },
  {
    name: 'MySQL with GTIDs, one of them tagged',
    drawing: `
      Previous_gtids ${uuid}:1-4
      Gtid SET @@SESSION.GTID_NEXT= '${uuid}:5'
      Query BEGIN
      Query use \`fx\`; INSERT INTO t VALUES (1)
      Xid COMMIT /* xid=17 */
      Gtid_tagged_log_event SET @@SESSION.GTID_NEXT= '${uuid}:blue:1'
      Query CREATE DATABASE x`,
    lists: [`${uuid}:5`, `${uuid}:blue:1`],
  },
  {
    name: 'MySQL with anonymous transactions',
    drawing: `
      Anonymous_Gtid SET @@SESSION.GTID_NEXT= 'ANONYMOUS'
      Query BEGIN
      Xid COMMIT /* xid=17 */
      Anonymous_Gtid SET @@SESSION.GTID_NEXT= 'ANONYMOUS'
      Query CREATE DATABASE x`,
    lists: ['b.1:4', 'b.1:304'],
  },
  {
    name: 'MySQL before GTIDs',
    drawing: `
      Query BEGIN
      Query use \`fx\`; INSERT INTO t VALUES (1)
      Query use \`fx\`; INSERT INTO t VALUES (2)
      Xid COMMIT /* xid=17 */
      Query CREATE DATABASE x
      Rotate b.2;pos=4`,
    lists: ['b.1:4', 'b.1:404'],
  },
])('$name', ({ drawing, lists }) => {
  const rows = events(drawing);
  const page = binlogEventsQuery(start, 100).parse(rows);
  expect(page.transactions).toEqual(lists);
  // Read event by event, the list is the same: a page may end anywhere.
  let place: typeof page.next = start;
  const byOne = rows.flatMap((row) => {
    const { transactions, next } = binlogEventsQuery(place ?? start, 1).parse([row]);
    place = next;
    return transactions;
  });
  expect(byOne).toEqual(lists);
  expect(place).toEqual(page.next);
});

test('the end of a file is an empty page', () => {
  expect(binlogEventsQuery(start, 100).parse([])).toEqual({ transactions: [], next: null });
});

test('a place is spelled safely', () => {
  expect(binlogEventsQuery({ file: "b'1", offset: 120, within: 'nothing' }, 50).sql).toBe(
    "SHOW BINLOG EVENTS IN 'b''1' FROM 120 LIMIT 50",
  );
});

test.each(sampleNames)('%s: binary logs are listed', (name) => {
  const logs = binaryLogsQuery.parse(rowsOf(sampleOf(name, 'master'), binaryLogsQuery.sql));
  expect(logs).toMatchObject([{ file: 'binlog.000001' }]);
  expect(logs[0]?.sizeBytes).toBeGreaterThan(600);
});
