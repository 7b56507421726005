import { expect, test } from 'vitest';
import { mayChangeReplication } from '../../../src/dialect/advisory-lock.ts';

test.each<{
  name: string;
  held: readonly string[];
  roles: boolean | 'unknown';
  may: boolean | 'unknown';
}>([
  { name: 'USAGE alone', held: ['USAGE'], roles: false, may: false },
  { name: 'rights over data only', held: ['SELECT', 'INSERT'], roles: false, may: false },
  { name: 'SUPER', held: ['SELECT', 'SUPER'], roles: false, may: true },
  { name: 'the right of MySQL', held: ['REPLICATION_SLAVE_ADMIN'], roles: false, may: true },
  { name: 'the right of MariaDB', held: ['REPLICATION SLAVE ADMIN'], roles: false, may: true },
  { name: 'a role that may bring more', held: ['USAGE'], roles: true, may: 'unknown' },
  { name: 'roles that we may not read', held: ['USAGE'], roles: 'unknown', may: 'unknown' },
  { name: 'rights that we are not shown', held: [], roles: false, may: 'unknown' },
])('$name: $may', ({ held, roles, may }) => {
  expect(
    mayChangeReplication(
      held.map((it) => ({ PRIVILEGE_TYPE: it })),
      roles,
    ),
  ).toBe(may);
});
