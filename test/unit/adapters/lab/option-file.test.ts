import { expect, test } from 'vitest';
import { optionFile } from '../../../../src/adapters/lab/option-file.ts';
import type { ServerDistribution } from '../../../../src/adapters/lab/server-distribution.ts';

const mysql97: ServerDistribution = {
  flavor: 'mysql',
  version: '9.7.4',
  release: [9, 7, 4],
  command: ['mysqld'],
  options: { basedir: '/opt/my sql' },
  environment: {},
  emptyData: { by: 'server' },
};
const mysql56: ServerDistribution = { ...mysql97, version: '5.6.24', release: [5, 6, 24] };
const mariadb: ServerDistribution = { ...mysql97, flavor: 'mariadb', release: [10, 11, 19] };
const instance = { port: 20_001, serverId: 7, gtid: true, readOnlyAtStart: true };

test('a file name with a space, a quote or a number sign is kept whole', () => {
  const lines = optionFile(mysql97, '/Users/a "b" #1/lab', instance).split('\n');
  expect(lines).toContain('datadir="/Users/a \\"b\\" #1/lab/data"');
  expect(lines).toContain('basedir="/opt/my sql"');
});

test('every release is spoken to in its own words', () => {
  expect(optionFile(mysql97, '/lab', instance)).toMatch(/^log-replica-updates=1$/m);
  expect(optionFile(mysql97, '/lab', instance)).not.toMatch(/master-info-repository/);
  expect(optionFile(mysql56, '/lab', instance)).toMatch(/^log-slave-updates=1$/m);
  expect(optionFile(mysql56, '/lab', instance)).toMatch(/^master-info-repository="TABLE"$/m);
  expect(optionFile(mariadb, '/lab', instance)).toMatch(/^gtid-strict-mode=1$/m);
  expect(optionFile(mariadb, '/lab', instance)).not.toMatch(/^gtid-mode/m);
});

test('without GTID MySQL keeps none', () => {
  expect(optionFile(mysql97, '/lab', instance)).toMatch(/^gtid-mode="ON"$/m);
  expect(optionFile(mysql97, '/lab', { ...instance, gtid: false })).not.toMatch(/gtid/);
});

test('an option of the caller wins', () => {
  const text = optionFile(mariadb, '/lab', instance, { 'read-only': 0 });
  expect(text.match(/^read-only=.*$/gm)).toEqual(['read-only=0']);
});
