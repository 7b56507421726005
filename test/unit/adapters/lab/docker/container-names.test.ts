import { expect, test } from 'vitest';
import {
  freeNames,
  freeNetworkName,
} from '../../../../../src/adapters/lab/docker/container-names.ts';

test('containers are named as in the tutorial where all these names are free', () => {
  expect(freeNames(3, new Set(['web', 'db004']))).toEqual(['db001', 'db002', 'db003']);
});

test('one taken name gives all of them a prefix', () => {
  expect(freeNames(2, new Set(['db002']))).toEqual(['lab-db001', 'lab-db002']);
  expect(freeNames(2, new Set(['db002', 'lab-db001']))).toEqual(['lab2-db001', 'lab2-db002']);
});

test('where no prefix helps there are no names', () => {
  const taken = ['', 'lab-', ...Array.from({ length: 18 }, (_, at) => `lab${String(at + 2)}-`)];
  expect(freeNames(1, new Set(taken.map((it) => `${it}db001`)))).toBeUndefined();
});

test('a second network gets a number', () => {
  expect(freeNetworkName(new Set(['bridge']))).toBe('switchover-lab');
  expect(freeNetworkName(new Set(['switchover-lab']))).toBe('switchover-lab-2');
});
