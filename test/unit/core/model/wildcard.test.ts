import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostMatches } from '../../../../src/core/model/host-pattern.ts';
import { matchesWildcards } from '../../../../src/core/model/wildcard.ts';

const wildcards = { any: '*', one: '?' };

test.each([
  ['', '', true],
  ['*', '', true],
  ['?', '', false],
  ['a*b*c', 'axxbyybzc', true],
  ['a*b*c', 'axxbyybz', false],
  ['*.internal', 'db1.orders.internal', true],
  ['db?', 'db12', false],
  ['**a', 'bba', true],
])('%s and %s: %s', (pattern, text, fits) => {
  expect(matchesWildcards(pattern, text, wildcards)).toBe(fits);
});

function letters(...of: readonly string[]): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...of), maxLength: 8 });
}

test('means what a regular expression means', () => {
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b'), (pattern, text) => {
      const expression = pattern.replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesWildcards(pattern, text, wildcards)).toBe(
        new RegExp(`^${expression}$`).test(text),
      );
    }),
  );
});

test('many wildcards in the account of a server take no time', () => {
  const beganAt = performance.now();
  expect(hostMatches(`${'%a'.repeat(20)}b`, 'a'.repeat(250))).toBe(false);
  expect(matchesWildcards(`${'*a'.repeat(1000)}b`, 'a'.repeat(10_000), wildcards)).toBe(false);
  expect(performance.now() - beganAt).toBeLessThan(1_000);
});
