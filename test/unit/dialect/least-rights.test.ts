import { expect, test } from 'vitest';
import { privilegesFor, rightsFor } from '../../../src/dialect/least-rights.ts';

test.each([
  { flavor: 'mysql', release: [9, 7, 4], has: 'REPLICATION_SLAVE_ADMIN' },
  { flavor: 'mysql', release: [8, 0, 0], has: 'REPLICATION_SLAVE_ADMIN' },
  { flavor: 'mysql', release: [5, 7, 44], has: 'SUPER' },
  { flavor: 'mariadb', release: [11, 8, 6], has: 'SLAVE MONITOR' },
] as const)('$flavor $release needs $has', ({ flavor, release, has }) => {
  expect(privilegesFor('manage', { flavor, release })).toContain(has);
});

test.each([
  { flavor: 'mysql', release: [9, 7, 4] },
  { flavor: 'mysql', release: [8, 0, 0] },
  { flavor: 'mysql', release: [5, 7, 44] },
  { flavor: 'mariadb', release: [11, 8, 6] },
  { flavor: 'mariadb', release: [10, 4, 1] },
] as const)('$flavor $release: who only looks may change nothing', (version) => {
  const names = privilegesFor('observe', version);
  expect(names.length).toBeGreaterThan(2);
  // MariaDB lists its replicas only to who may also change how it waits for them.
  const allowed = new Set(version.flavor === 'mariadb' ? ['REPLICATION MASTER ADMIN'] : []);
  expect(names.filter((it) => /SUPER|ADMIN|RELOAD/.test(it) && !allowed.has(it))).toEqual([]);
  expect(privilegesFor('replication', version)).toEqual(['REPLICATION SLAVE']);
});

test('an unknown old release gets what the oldest known one gets', () => {
  expect(rightsFor('manage', { flavor: 'mysql', release: [5, 1, 0] })).toEqual(
    rightsFor('manage', { flavor: 'mysql', release: [5, 6, 0] }),
  );
});

test.each([
  { flavor: 'mysql', release: [8, 0, 11], names: ['EVENT', 'SET_USER_ID'] },
  { flavor: 'mysql', release: [8, 0, 36], names: ['EVENT', 'SET_USER_ID', 'SYSTEM_USER'] },
  { flavor: 'mysql', release: [8, 4, 6], names: ['EVENT', 'SET_ANY_DEFINER', 'SYSTEM_USER'] },
  { flavor: 'mariadb', release: [10, 11, 1], names: ['EVENT', 'SUPER'] },
  { flavor: 'mariadb', release: [11, 8, 6], names: ['EVENT', 'SUPER', 'SET USER'] },
] as const)('$flavor $release: events need $names more', ({ names, ...version }) => {
  const plain = new Set(privilegesFor('manage', version));
  expect(privilegesFor('manage-events', version).filter((it) => !plain.has(it))).toEqual(names);
});
