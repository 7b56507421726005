import { expect, test } from 'vitest';
import { hostMatches, hostPatternsFor } from '../../../../src/core/model/host-pattern.ts';

test.each([
  { seen: ['172.20.0.1', '172.20.0.3'], offered: ['172.%', '%'] },
  { seen: ['10.4.5.6'], offered: ['10.%', '%'] },
  { seen: ['192.168.16.2'], offered: ['192.168.%', '%'] },
  { seen: ['172.20.0.1', '192.168.16.2'], offered: ['%'] },
  { seen: ['localhost'], offered: ['127.0.0.1', '%'] },
  { seen: ['db-7.example.net'], offered: ['db-7.example.net', '%'] },
  { seen: ['93.184.216.34'], offered: ['93.184.216.34', '%'] },
  { seen: ['172.99.0.1'], offered: ['172.99.0.1', '%'] },
  { seen: [], offered: ['%'] },
])('who comes from $seen is offered $offered', ({ seen, offered }) => {
  expect(hostPatternsFor(seen)).toEqual(offered);
});

test.each([
  ['172.%', '172.20.0.1', true],
  ['172.%', '192.168.16.2', false],
  ['%', 'anywhere', true],
  ['10.0.0._', '10.0.0.7', true],
  ['10.0.0._', '10.0.0.77', false],
  ['10.0.0.1', '10a0b0c1', false],
  ['192.168.1.0/255.255.255.0', '192.168.1.9', true],
  ['192.168.1.0/255.255.255.0', '192.168.2.9', false],
  ['LocalHost', 'localhost', true],
] as const)('%s and %s: %s', (pattern, host, matches) => {
  expect(hostMatches(pattern, host)).toBe(matches);
});
