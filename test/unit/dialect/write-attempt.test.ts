import { expect, test } from 'vitest';
import {
  attemptError,
  closedQuery,
  writeAttempt,
  writeGrant,
} from '../../../src/dialect/write-attempt.ts';

test('an attempt writes one row of its cluster, and none on a server that is closed', () => {
  expect(writeAttempt("o'rders", 17.9)).toBe(
    "INSERT INTO switchover.write_probe (cluster, tried_at) SELECT 'o''rders', 17 FROM DUAL WHERE @@GLOBAL.read_only = 0 ON DUPLICATE KEY UPDATE tried_at = 17",
  );
});

test.each([
  [1, true],
  [0, false],
])('read_only %i is closed: %s', (closed, is) => {
  expect(closedQuery.parse([{ closed }])).toBe(is);
});

test.each([
  [1114, 'storage'],
  [1021, 'storage'],
  [1598, 'storage'],
  [3675, 'storage'],
  [1142, 'rights'],
  [1044, 'rights'],
  [1146, 'no-table'],
  [1049, 'no-table'],
  // A lock that somebody holds, a server that is closed, one that has no room for connections.
  [1205, 'other'],
  [1290, 'other'],
  [1040, 'other'],
  [undefined, 'other'],
] as const)('error %s speaks of %s', (errno, of) => {
  expect(attemptError(errno)).toBe(of);
});

test('the grant names our user', () => {
  expect(writeGrant('orc')).toBe(
    "GRANT CREATE, SELECT, INSERT, UPDATE ON switchover.* TO 'orc'@'%'",
  );
});
