import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAtLeast, readVersion } from '../../../../src/adapters/lab/server-distribution.ts';

test.each([
  {
    answer: '/usr/sbin/mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64',
    flavor: 'mariadb',
    release: [10, 11, 19],
  },
  {
    answer: '/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))',
    flavor: 'mysql',
    release: [9, 7, 4],
  },
  {
    answer: './mysqld  Ver 5.6.24 for Linux on x86_64 (MySQL Community Server (GPL))',
    flavor: 'mysql',
    release: [5, 6, 24],
  },
] as const)('reads $answer', ({ answer, flavor, release }) => {
  expect(readVersion(answer)).toMatchObject({ flavor, release });
});

test('knows what is no answer of a server', () => {
  expect(readVersion('')).toBeUndefined();
  expect(readVersion('mysqld: command not found')).toBeUndefined();
});

const number = fc.nat({ max: 999 });
const release = fc.tuple(number, number, number);

test('releases are compared number by number', () => {
  fc.assert(
    fc.property(release, release, (one, other) => {
      expect(isAtLeast(one, other)).toBe(weight(one) >= weight(other));
    }),
  );
});

function weight([major, minor, patch]: readonly [number, number, number]): number {
  return (major * 1000 + minor) * 1000 + patch;
}
