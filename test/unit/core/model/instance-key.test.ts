import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress } from '../../../../src/config/address.ts';
import { findInstance } from '../../../../src/cli/commands/find-instance.ts';
import { keyOf, splitKey } from '../../../../src/core/model/instance.ts';
import { spellPointAt } from '../../../../src/dialect/point-at.ts';
import { draw } from '../../../support/builders/drawing.ts';

const host = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.constantFrom('db001', 'localhost', '::1'),
);
const port = fc.integer({ min: 1, max: 65_535 });

test('a key is made of its host and port, and gives them back, whatever kind of host it is', () => {
  fc.assert(
    fc.property(host, port, (name, number) => {
      const key = keyOf(name, number);
      expect(splitKey(key)).toEqual({ host: name, port: number });
      expect(keyOf(splitKey(key).host, splitKey(key).port)).toBe(key);
      expect(keyOf(`[${name}]`, number)).toBe(key);
    }),
  );
});

test('every key that is shown can be typed', () => {
  fc.assert(
    fc.property(host, port, (name, number) => {
      const key = keyOf(name, number);
      expect(readAddress(key)).toEqual({ kind: 'read', key });
    }),
  );
});

test.each([
  ['::1:38901', '[::1]:38901'],
  ['[::1]:38901', '[::1]:38901'],
  ['[fd00::2]', '[fd00::2]:3306'],
  ['db001', 'db001:3306'],
])('%s means %s', (written, key) => {
  const { host: name, port: number } = splitKey(written);
  expect(keyOf(name, number)).toBe(key);
});

test('an instance with an IPv6 address can be named in a command, with and without its port', () => {
  const [member] = draw('db1').members;
  const topology = {
    ...draw('db1'),
    members: member ? [{ ...member, key: '[fd00::2]:3306' }] : [],
  };
  expect(findInstance(topology, '[fd00::2]:3306')).toBe('[fd00::2]:3306');
  expect(findInstance(topology, '[fd00::2]')).toBe('[fd00::2]:3306');
});

test('a replica is told the bare address', () => {
  const { host: name, port: number } = splitKey('[fd00::2]:3307');
  const statements = spellPointAt(
    {
      host: name,
      port: number,
      place: { by: 'gtid', adopt: false },
      tls: false,
      connectRetrySeconds: 1,
    },
    { flavor: 'mariadb', release: [10, 11, 0], channels: [] },
    { credentials: null, placeOf: () => ({ file: '', offset: 0 }) },
  );
  expect(statements.join()).toContain("MASTER_HOST = 'fd00::2', MASTER_PORT = 3307");
});
