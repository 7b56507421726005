import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopback } from '../../../../src/core/model/ip-range.ts';
import { matchesAny, readPattern } from '../../../../src/core/model/member-pattern.ts';

function matches(pattern: string, name: string): boolean {
  const read = readPattern(pattern);
  if (read.kind === 'wrong') throw new Error(read.because);
  return matchesAny(name, [read.pattern]);
}

function letters(...from: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...from), { minLength: 1, maxLength: 9 })
    .map((it) => it.join(''));
}

test.each([
  ['any', 'evil.example:1', true],
  ['db1', 'db1:3306', true],
  ['db1', 'db1:3999', true],
  ['db1:3306', 'db1:3307', false],
  ['db1:3306', 'DB1:3306', true],
  ['db1', 'db1.:3306', true],
  ['db1', 'db10:3306', false],
  ['db?', 'db1:3306', true],
  ['db?', 'db10:3306', false],
  ['db*.orders.internal:3306', 'db001.orders.internal:3306', true],
  ['db*.orders.internal:3306', 'db001.orders.internal.evil.example:3306', false],
  ['db*.orders.internal:3306', 'evil.example:3306', false],
  ['*', 'whatever:3306', true],
  ['10.20.*', '10.20.1.5:3306', true],
  ['10.20.*', '10.20.evil.example:3306', false],
  ['10.2?.*.*', '10.21.7.7:3306', true],
  ['10.2?.*.*', '10.21.evil.7:3306', false],
  ['10.20.0.0/16', '10.20.0.1:3306', true],
  ['10.20.0.0/16', '010.20.0.1:3306', false],
  ['10.20.0.0/16', '10.20.0.01:3306', false],
  ['db1?', 'db12:3306', true],
  ['주문-*', '주문-db1:3306', true],
  ['10.20.0.0/16', '10.20.255.1:3306', true],
  ['10.20.0.0/16', '10.21.0.1:3306', false],
  ['10.20.0.0/16:3306', '10.20.0.1:3307', false],
  ['10.20.0.0/16', 'db1:3306', false],
  ['10.20.0.0/16', '10.20.0.1.evil.example:3306', false],
  ['10.20.0.7', '10.20.0.7:3306', true],
  ['0.0.0.0/0', '8.8.8.8:3306', true],
  ['10.20.0.0/16', '[::ffff:10.20.0.1]:3306', true],
  ['fd00::/8', '[fd12:3456::1]:3306', true],
  ['[fd00::]/8', '[fd12:3456::1]:3306', true],
  ['fd00::/8', '[fe80::1]:3306', false],
  ['[::1]:3306', '[0:0:0:0:0:0:0:1]:3306', true],
  ['[::1]:3306', '[::1]:3307', false],
  ['::1', '[::1]:3307', true],
  ['fe80::/10', '[fe80::1%eth0]:3306', true],
])('%s for %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

test.each([
  '',
  ' ',
  'db1:0',
  'db1:65536',
  'db1:x',
  '10.0.0.0/33',
  '10.0.0/8',
  'fd00::/129',
  'a b',
  'http://db1',
  'db1/24',
])('%j is no pattern', (text) => {
  expect(readPattern(text)).toMatchObject({ kind: 'wrong' });
});

test('a glob means what a naive search of all ways finds', () => {
  const naive = (glob: string, text: string): boolean =>
    glob === ''
      ? text === ''
      : glob[0] === '*'
        ? naive(glob.slice(1), text) || (text !== '' && naive(glob, text.slice(1)))
        : text !== '' &&
          (glob[0] === '?' || glob[0] === text[0]) &&
          naive(glob.slice(1), text.slice(1));
  fc.assert(
    fc.property(letters('a', 'b', '*', '?'), letters('a', 'b', 'c'), (glob, host) => {
      expect(matches(glob, `${host}:3306`)).toBe(naive(glob, host));
    }),
  );
});

test('an address is in the range of its own first bits, and in no other of that length', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      fc.tuple(byte, byte, byte, byte),
      fc.integer({ min: 1, max: 32 }),
      (bytes, bits) => {
        const numeric = bytes.reduce((sum, it) => sum * 256 + it, 0);
        const flipped = (numeric ^ (1 << (32 - bits))) >>> 0;
        const other = [24, 16, 8, 0].map((shift) => (flipped >>> shift) & 255).join('.');
        expect(matches(`${bytes.join('.')}/${String(bits)}`, `${bytes.join('.')}:1`)).toBe(true);
        expect(matches(`${bytes.join('.')}/${String(bits)}`, `${other}:1`)).toBe(false);
      },
    ),
  );
});

test('no pattern takes long, however it is made', () => {
  const begun = performance.now();
  expect(matches(`${'*a'.repeat(120)}b`, `${'a'.repeat(250)}:3306`)).toBe(false);
  expect(readPattern(`${':'.repeat(100_000)}/1`)).toMatchObject({ kind: 'wrong' });
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('only this machine is loopback', () => {
  expect(
    ['127.0.0.1', '127.8.8.8', 'localhost', 'LOCALHOST', '::1', '[::1]'].every(isLoopback),
  ).toBe(true);
  expect(
    ['127.0.0.1.evil.example', '10.0.0.1', 'localhost.evil', '[::2]', ''].some(isLoopback),
  ).toBe(false);
});
