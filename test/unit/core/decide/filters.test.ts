import { expect, test } from 'vitest';
import { hostFilterFor, matchesCluster } from '../../../../src/core/decide/filters.ts';

test.each([
  { filters: [], matches: false },
  { filters: ['*'], matches: true },
  { filters: ['orders'], matches: true },
  { filters: ['ord.*'], matches: true },
  { filters: ['^rders'], matches: false },
  { filters: ['alias=orders'], matches: true },
  { filters: ['alias=order'], matches: false },
  { filters: ['alias~=^ord'], matches: true },
  { filters: ['alias~=^x'], matches: false },
  { filters: ['billing', 'orders'], matches: true },
  { filters: ['('], matches: false },
  { filters: [''], matches: false },
])('$filters on the cluster orders: $matches', ({ filters, matches }) => {
  expect(matchesCluster('orders', filters)).toBe(matches);
});

test.each([
  { filters: ['db003'], key: 'db003:3306', by: 'db003' },
  { filters: ['db003'], key: 'db001:3306', by: undefined },
  { filters: ['db00[12]'], key: 'db002:3307', by: 'db00[12]' },
  { filters: [':3307$'], key: 'db002:3307', by: ':3307$' },
  { filters: ['['], key: 'db002:3307', by: undefined },
])('$filters names $key by $by', ({ filters, key, by }) => {
  expect(hostFilterFor(key, filters)).toBe(by);
});
