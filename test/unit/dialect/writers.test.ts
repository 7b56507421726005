import { expect, test } from 'vitest';
import {
  clientsQuery,
  killStatement,
  leftQuery,
  powerfulUsersQuery,
  writesForLong,
} from '../../../src/dialect/writers.ts';

const row = {
  ID: '7',
  USER: 'app',
  HOST: '10.0.0.1:4',
  COMMAND: 'Query',
  TIME: '-1',
  STATE: null,
  INFO: 'ALTER TABLE t',
};

test('the server leaves out its own threads, replication, and our own user', () => {
  const { sql } = clientsQuery({ own: 9, ownUser: "o'r", idle: 'all' });
  expect(sql).toContain("USER NOT IN ('system user', 'event_scheduler', 'unauthenticated user', ");
  expect(sql).toContain("'o''r')");
  expect(sql).toContain('ID <> 9');
  expect(sql).toContain("COMMAND NOT LIKE 'Binlog Dump%'");
  expect(sql).not.toContain('Sleep');
});

test('of idle sessions only those of users who may write all the same are asked for', () => {
  expect(clientsQuery({ ownUser: 'us', idle: [] }).sql).toMatch(/AND \(COMMAND <> 'Sleep'\) ORDER/);
  expect(clientsQuery({ ownUser: 'us', idle: ['dba', 'root'] }).sql).toMatch(
    /AND \(COMMAND <> 'Sleep' OR USER IN \('dba', 'root'\)\) ORDER/,
  );
});

test('a session as the server lists it', () => {
  expect(clientsQuery({ ownUser: 'us', idle: 'all' }).parse([row])).toEqual([
    {
      id: 7,
      user: 'app',
      host: '10.0.0.1:4',
      command: 'Query',
      seconds: 0,
      state: '',
      statement: 'ALTER TABLE t',
      waitsForReplica: false,
    },
  ]);
});

test.each([
  ['Waiting for semi-sync ACK from replica', true],
  ['Waiting for semi-sync ACK from slave', true],
  ['waiting for handler commit', false],
  [null, false],
])('a session in the state %s waits for a replica: %s', (state, waits) => {
  const [parsed] = clientsQuery({ ownUser: 'us', idle: [] }).parse([{ ...row, STATE: state }]);
  expect(parsed?.waitsForReplica).toBe(waits);
});

const mariadb = { flavor: 'mariadb', release: [10, 11, 19] } as const;
const powerful = powerfulUsersQuery(mariadb);

test('who may write on a read-only server: by its own right, or perhaps by a role', () => {
  const users = powerful.parse([
    { whose: "'root'@'localhost'" },
    { whose: "'it's'@'%'" },
    { whose: 'clerk' },
  ]);
  expect(users).toEqual(['root', "it's", 'clerk']);
});

test.each([
  { says: 'only our own account is shown', rows: [] },
  { says: 'only roles are shown', rows: [{ whose: 'clerk' }] },
  { says: 'anybody may log in with it', rows: [{ whose: "''@'%'" }] },
  {
    says: 'they are thousands',
    rows: Array.from({ length: 1_001 }, (_, at) => ({ whose: `'u${String(at)}'@'%'` })),
  },
])('nothing is known of who may write where $says', ({ rows }) => {
  expect(() => powerful.parse(rows)).toThrow('cannot be read');
});

test('no question grows with the accounts or the sessions of a server', () => {
  for (const version of [mariadb, { flavor: 'mysql', release: [5, 6, 51] } as const]) {
    expect(powerfulUsersQuery(version).sql).toMatch(/ LIMIT 1001$/);
  }
  for (const idle of ['all', [], ['root']] as const) {
    expect(clientsQuery({ ownUser: 'us', idle }).sql).toMatch(/ ORDER BY ID LIMIT 2000$/);
  }
  const rest = clientsQuery({ ownUser: 'us', idle: 'all', after: 77, order: 'longest-first' });
  expect(rest.sql).toMatch(/ AND ID > 77 ORDER BY TIME DESC LIMIT 2000$/);
  expect(leftQuery([3, 4]).sql).toMatch(/ WHERE ID IN \(3, 4\) .* LIMIT 100$/);
});

test('of those that are left, who waits for a replica is told', () => {
  const left = leftQuery([3, 4]).parse([
    { STATE: 'Waiting for semi-sync ACK from replica' },
    { STATE: null },
  ]);
  expect(left.map((it) => it.waitsForReplica)).toEqual([true, false]);
});

test('a session is ended by its number, and by nothing else', () => {
  expect(killStatement(17)).toBe('KILL CONNECTION 17');
  expect(() => killStatement(Number.NaN)).toThrow(RangeError);
  expect(() => killStatement(0)).toThrow(RangeError);
});

test.each<{ says: string; with: object; long: boolean }>([
  { says: 'an update that has run for long', with: { INFO: 'update t set a = 1' }, long: true },
  { says: 'a comment in front', with: { INFO: '/* app */ /* 7 */ DELETE FROM t' }, long: true },
  { says: 'a comment that does not end', with: { INFO: '/* DELETE FROM t' }, long: false },
  { says: 'a read', with: { INFO: 'SELECT * FROM t' }, long: false },
  { says: 'one that is young', with: { TIME: '1' }, long: false },
  {
    says: 'one that only waits for a lock',
    with: { STATE: 'Waiting for table metadata lock' },
    long: false,
  },
  {
    says: 'a commit that waits for a replica',
    with: { INFO: 'COMMIT', STATE: 'Waiting for semi-sync ACK from replica' },
    long: false,
  },
])('writes for long or not: $says', ({ with: changed, long }) => {
  const sessions = clientsQuery({ ownUser: 'us', idle: [] }).parse([
    { ...row, TIME: '60', ...changed },
  ]);
  expect(sessions.map((it) => writesForLong(it, 2))).toEqual([long]);
});
