import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { statusGroups, verticalText } from '../../../src/protocol/status-groups.ts';
import { english } from '../../../src/protocol/localizer.ts';

type Row = Record<string, string | number | null>;
type Raw = Record<string, string | null>;

/** As a channel keeps a row. */
function rawOf(row: Row): Raw {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}

const folder = new URL('../../fixtures/server-rows/', import.meta.url);
const recorded = readdirSync(folder).flatMap((file) => {
  const sample: { replica: { statements: Record<string, Row[] | object> } } = JSON.parse(
    readFileSync(new URL(file, folder), 'utf8'),
  );
  return Object.entries(sample.replica.statements).flatMap(([statement, rows]) =>
    statement.endsWith('STATUS') && /SLAVE|REPLICA/.test(statement) && Array.isArray(rows)
      ? rows.map((row): [string, string, Raw] => [file, statement, rawOf(row)])
      : [],
  );
});

test('there are recorded rows of five servers', () => {
  expect(new Set(recorded.map(([file]) => file)).size).toBe(5);
});

test.each(recorded)(
  '%s %s: every field that is not empty is in one group',
  (_file, _statement, row) => {
    const groups = statusGroups(row, english);
    const names = groups.flatMap((it) => it.rows.map(({ name }) => name));
    const filled = Object.keys(row).filter((it) => row[it] !== '');
    expect(names.toSorted()).toEqual(filled.toSorted());
  },
);

test.each(recorded)(
  '%s %s: the fields stand where people look for them',
  (_file, _statement, row) => {
    const group = new Map(
      statusGroups(row, english).flatMap((it) => it.rows.map(({ name }) => [name, it.title])),
    );
    const titleOf = (pattern: RegExp): unknown =>
      [...group].find(([name]) => pattern.test(name))?.[1];
    expect(titleOf(/_IO_Running$/)).toBe('Threads');
    expect(titleOf(/_SQL_Running$/)).toBe('Threads');
    expect(titleOf(/_Host$/)).toBe('Threads');
    expect(titleOf(/^Seconds_Behind/)).toBe('Lag');
    expect(titleOf(/^Exec_.*_Log_Pos$/)).toBe('Position and GTID');
    expect(titleOf(/^Last_IO_Errno$/)).toBe('Errors');
    expect(titleOf(/_SSL_Allowed$/)).toBe('Security');
    const others = [...group.values()].filter((it) => it === 'Other').length;
    expect(others).toBeLessThan(12);
  },
);

test('a stopped thread, an error and an unknown lag stand out', () => {
  const rows = statusGroups(
    {
      Slave_IO_Running: 'Connecting',
      Slave_SQL_Running: 'No',
      Seconds_Behind_Master: null,
      Last_IO_Errno: '1045',
      Last_SQL_Errno: '0',
    },
    english,
  ).flatMap((it) => it.rows);
  expect(rows.map(({ name, tone }) => [name, tone])).toEqual([
    ['Slave_IO_Running', 'warning'],
    ['Slave_SQL_Running', 'error'],
    ['Seconds_Behind_Master', 'warning'],
    ['Last_IO_Errno', 'error'],
    ['Last_SQL_Errno', 'muted'],
  ]);
});

test('the raw text is what the client of the server prints', () => {
  expect(
    verticalText(
      { Slave_IO_State: '', Master_Port: '3306', SQL_Remaining_Delay: null },
      'SHOW SLAVE STATUS',
    ),
  ).toBe(
    `SHOW SLAVE STATUS\\G
*************************** 1. row ***************************
     Slave_IO_State: 
        Master_Port: 3306
SQL_Remaining_Delay: NULL
1 row in set
`,
  );
});
