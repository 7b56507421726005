import { expect, test } from 'vitest';
import { UnexpectedAnswer } from '../../../src/dialect/answer.ts';
import { can } from '../../../src/dialect/capabilities.ts';
import { compareReleases, readVersion } from '../../../src/dialect/version.ts';

test.each([
  ['5.6.24-log', 'MySQL Community Server (GPL)', 'mysql', [5, 6, 24]],
  ['8.0.35-27', 'Percona Server (GPL), Release 27, Revision 2f8eeab2', 'mysql', [8, 0, 35]],
  ['9.7.4-2', '(Debian)', 'mysql', [9, 7, 4]],
  ['26.7.0', 'MySQL Community Server - GPL', 'mysql', [26, 7, 0]],
  ['26.10', '', 'mysql', [26, 10, 0]],
  ['10.11.18-MariaDB-0+deb12u1-log', 'Debian 12', 'mariadb', [10, 11, 18]],
  ['5.5.5-10.5.23-MariaDB-0+deb11u1', 'Debian 11', 'mariadb', [10, 5, 23]],
  [
    '11.8.6-MariaDB-0+deb13u1 from Debian-log',
    '-- Please help get to 10k stars',
    'mariadb',
    [11, 8, 6],
  ],
  ['12.1.2', 'MariaDB Server', 'mariadb', [12, 1, 2]],
  ['5.5.5-m3', 'MySQL Community Server', 'mysql', [5, 5, 5]],
] as const)('%s (%s) is %s %j', (version, comment, flavor, release) => {
  expect(readVersion(version, comment)).toEqual({ flavor, release });
});

test.each(['', 'unknown', 'v8.0'])('"%s" is no version', (version) => {
  expect(() => readVersion(version, '')).toThrow(UnexpectedAnswer);
});

test('releases compare by number, not as text', () => {
  expect(compareReleases([8, 0, 9], [8, 0, 22])).toBeLessThan(0);
  expect(compareReleases([26, 7, 0], [9, 7, 4])).toBeGreaterThan(0);
  expect(compareReleases([10, 11, 0], [10, 11, 0])).toBe(0);
});

test('a capability begins with its release, and never with another flavor’s number', () => {
  expect(can({ flavor: 'mysql', release: [8, 0, 21] }, 'replicaWords')).toBe(false);
  expect(can({ flavor: 'mysql', release: [8, 0, 22] }, 'replicaWords')).toBe(true);
  expect(can({ flavor: 'mariadb', release: [12, 1, 0] }, 'replicaWords')).toBe(false);
  expect(can({ flavor: 'mysql', release: [9, 7, 4] }, 'allSlavesStatus')).toBe(false);
});
