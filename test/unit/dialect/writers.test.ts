import { expect, test } from 'vitest';
import { killStatement, writersQuery } from '../../../src/dialect/writers.ts';
import { rowsOf, sampleNames, sampleOf } from './samples.ts';

/** The recording's own session: the only client there was. */
const own = {
  'mariadb-10.5': 20,
  'mariadb-10.11': 20,
  'mariadb-11.8': 20,
  'mysql-5.6': 17,
  'mysql-9.7': 25,
};

test.each(sampleNames)(
  '%s: only clients are writers, not replication, not the server itself',
  (name) => {
    for (const role of ['master', 'replica'] as const) {
      const rows = rowsOf(sampleOf(name, role), 'SHOW PROCESSLIST');
      expect(writersQuery([]).parse(rows)).toMatchObject([{ user: 'root', command: 'Query' }]);
    }
  },
);

test.each(sampleNames)('%s: our own session is left alone', (name) => {
  const rows = rowsOf(sampleOf(name, 'master'), 'SHOW PROCESSLIST');
  expect(rows.some((it) => it['Id'] === own[name])).toBe(true);
  expect(writersQuery([own[name]]).parse(rows)).toEqual([]);
});

test('a session that has not logged in is no writer', () => {
  const row = { Id: '7', User: 'unauthenticated user', Host: '10.0.0.1:4', Command: 'Connect' };
  expect(writersQuery([]).parse([row, { ...row, User: 'app', Command: 'Sleep' }])).toEqual([
    { id: 7, user: 'app', host: '10.0.0.1:4', command: 'Sleep', waitsForReplica: false },
  ]);
});

test('a session is ended by its number, and by nothing else', () => {
  expect(killStatement(17)).toBe('KILL CONNECTION 17');
  expect(() => killStatement(Number.NaN)).toThrow(RangeError);
  expect(() => killStatement(0)).toThrow(RangeError);
});

test.each([
  ['Waiting for semi-sync ACK from replica', true],
  ['Waiting for semi-sync ACK from slave', true],
  ['waiting for handler commit', false],
  [null, false],
])('a session in the state %s waits for a replica: %s', (state, waits) => {
  const row = { Id: '7', User: 'app', Host: '10.0.0.1:4', Command: 'Query', State: state };
  expect(
    writersQuery([])
      .parse([row])
      .map((it) => it.waitsForReplica),
  ).toEqual([waits]);
});
