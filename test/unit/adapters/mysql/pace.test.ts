import { expect, test } from 'vitest';
import { Pace } from '../../../../src/adapters/mysql/pace.ts';

function paceAt(): { readonly pace: Pace; readonly pass: (ms: number) => void } {
  let now = 0;
  return {
    pace: new Pace(() => now),
    pass: (ms) => {
      now += ms;
    },
  };
}

test('one that was never heard, or is quick, is waited for as long as the settings say', () => {
  const { pace } = paceAt();
  expect(pace.bound('db1:3306', 1_000)).toBe(1_000);
  pace.note('db1:3306', 40);
  expect(pace.bound('db1:3306', 1_000)).toBe(1_000);
});

test('a slow one is waited for three times as long as it needed, and never without end', () => {
  const { pace } = paceAt();
  pace.note('db1:3306', 900);
  expect(pace.bound('db1:3306', 1_000)).toBe(2_700);
  expect(pace.bound('db2:3306', 1_000)).toBe(1_000);
  pace.note('db1:3306', 60_000);
  expect(pace.bound('db1:3306', 1_000)).toBe(5_000);
});

test('one stall is forgotten soon', () => {
  const { pace, pass } = paceAt();
  pace.note('db1:3306', 4_000);
  pass(20_000);
  expect(pace.bound('db1:3306', 1_000)).toBe(1_000);
});
