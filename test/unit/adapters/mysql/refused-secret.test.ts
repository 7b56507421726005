import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { replicationErrorOf } from '../../../../src/adapters/mysql/error-codes.ts';
import { carriesSecret, withoutSecret } from '../../../../src/dialect/secret-statement.ts';

const secret = 'Zq7-verySecret-8812';

/** As the driver makes it: the server's words twice, and the whole statement. */
function driverError(errno: number, says: string, sql: string): Error {
  return Object.assign(new Error(says), {
    errno,
    code: 'ER_X',
    sqlMessage: says,
    sql,
    sqlState: 'HY000',
  });
}

const statements = [
  `CHANGE MASTER TO MASTER_HOST = 'db1', MASTER_PASSWORD = '${secret}'`,
  `CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = '${secret}'`,
  `CREATE USER IF NOT EXISTS 'repl'@'%' IDENTIFIED BY '${secret}'`,
  `ALTER USER 'repl'@'%' IDENTIFIED VIA mysql_native_password USING '*${secret}'`,
  `GRANT USAGE ON *.* TO 'repl'@'%' IDENTIFIED BY '${secret}'`,
  `SET PASSWORD FOR 'repl'@'%' = '${secret}'`,
  `START SLAVE USER='repl' PASSWORD='${secret}'`,
  `SET NAMES utf8mb4;\nCHANGE MASTER TO MASTER_PASSWORD='${secret}'`,
];

test.each(statements)('nothing of a password, also not a part, is in the error of: %s', (sql) => {
  expect(carriesSecret(sql)).toBe(true);
  for (const [errno, says] of [
    [
      1470,
      `String '${secret.slice(0, 12)}...' is too long for MASTER_PASSWORD (should be no longer than 96)`,
    ],
    [1064, `You have an error in your SQL syntax; ... near '${secret.slice(4)}' at line 1`],
    [1227, `Access denied; you need (at least one of) the SUPER privilege(s) for '${secret}'`],
    [9999, `Something with ${secret}`],
  ] as const) {
    const error = replicationErrorOf(driverError(errno, says, sql), 'db1:3306');
    const shown = inspect(error, { depth: null, showHidden: true });
    for (let at = 0; at + 6 <= secret.length; at += 1) {
      expect(shown).not.toContain(secret.slice(at, at + 6));
    }
    expect(error.errno).toBe(errno);
    expect(error.message).toContain('db1:3306 refused a statement that holds a password');
    expect(error.message).toContain(String(errno));
  }
});

test('a statement of somebody else, which a server quotes in an answer to ours, is left out', () => {
  const says = `Could not start: Query: 'CREATE USER app IDENTIFIED BY '${secret}''`;
  const error = replicationErrorOf(driverError(1872, says, 'START SLAVE'), 'db1:3306');
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret.slice(0, 6));
  expect(error.message).toContain('(error 1872)');
});

test.each([
  "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('strict_password_validation')",
  'START SLAVE IO_THREAD',
  'SHOW GRANTS',
])('the words of the server stay for: %s', (sql) => {
  expect(carriesSecret(sql)).toBe(false);
  const error = replicationErrorOf(
    driverError(1200, 'The server is not configured', sql),
    'db1:3306',
  );
  expect(error.message).toBe('db1:3306: The server is not configured (error 1200)');
  // A statement is dropped anyway: the log shows causes.
  expect(inspect(error.cause, { showHidden: true })).not.toContain(sql);
});

test('a connection that is lost while a password is sent says what was lost', () => {
  const error = Object.assign(new Error('Connection lost'), {
    code: 'PROTOCOL_CONNECTION_LOST',
    sql: statements[0],
  });
  const told = replicationErrorOf(error, 'db1:3306');
  expect(told.code).toBe('connection-lost');
  expect(inspect(told, { depth: null, showHidden: true })).not.toContain(secret);
});

test('a plug-in that refuses hashes is told from other options that forbid a statement', () => {
  const sql = statements[3] ?? '';
  const says =
    'The MariaDB server is running with the --strict-password-validation option so it cannot execute this statement';
  const error = replicationErrorOf(driverError(1290, says, sql), 'db1:3306');
  expect(error.message).toContain('strict_password_validation refuses the hash');
});

test('the shortest address with a password is left out as well', () => {
  expect(withoutSecret('://a:b@', undefined)).not.toContain('a:b');
});
