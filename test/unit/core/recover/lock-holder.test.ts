import { expect, test } from 'vitest';
import type { LockHolder } from '../../../../src/core/model/lock-answer.ts';
import { lockTerms, mayBeEnded } from '../../../../src/core/recover/lock-holder.ts';

const holder: LockHolder = {
  session: 42,
  user: 'app',
  client: '10.0.0.5:41000',
  sameForSeconds: 0,
  mayChangeReplication: 'unknown',
  runs: { kind: 'none' },
};

test.each<{ name: string; holder: Partial<LockHolder>; heldSeconds: number; ends: boolean }>([
  {
    name: 'without the right',
    holder: { mayChangeReplication: false },
    heldSeconds: 0,
    ends: true,
  },
  { name: 'with the right', holder: { mayChangeReplication: true }, heldSeconds: 899, ends: false },
  { name: 'of unknown rights', holder: {}, heldSeconds: 899, ends: false },
  { name: 'seen for longer than a plan lasts', holder: {}, heldSeconds: 901, ends: true },
  {
    name: 'idle for longer than that',
    holder: { sameForSeconds: 901 },
    heldSeconds: 0,
    ends: true,
  },
])('a holder $name is ended: $ends', ({ holder: more, heldSeconds, ends }) => {
  expect(mayBeEnded({ ...holder, ...more }, heldSeconds, 900)).toBe(ends);
});

test('how long a session was seen counts from its first sight, and anew for another session of an account with the right', () => {
  let now = 0;
  const { heldSeconds, mayEnd } = lockTerms({ monotonic: () => now })(300);
  const powerful = { ...holder, mayChangeReplication: true };
  const next = { ...powerful, session: 43 };
  expect(heldSeconds('db2:3306', powerful)).toBe(0);
  now = 60_000;
  expect(heldSeconds('db2:3306', powerful)).toBe(60);
  expect(heldSeconds('db3:3306', powerful)).toBe(0);
  expect(heldSeconds('db2:3306', next)).toBe(0);
  expect(mayEnd('db2:3306', next)).toBe(false);
  now += 901_000;
  expect(mayEnd('db2:3306', next)).toBe(true);
});

test('sessions of an account of unknown rights that hand the lock on are counted as one, as long as they are seen', () => {
  let now = 0;
  const { mayEnd } = lockTerms({ monotonic: () => now })(300);
  const ended = [];
  for (let session = 1; session <= 32; session += 1) {
    ended.push(mayEnd('db2:3306', { ...holder, session }));
    now += 30_000;
  }
  expect(ended.indexOf(true)).toBe(31);
  // Hours later it may be another plan of another person.
  now += 7_200_000;
  expect(mayEnd('db2:3306', { ...holder, session: 99 })).toBe(false);
  expect(mayEnd('db2:3306', { ...holder, session: 100, user: 'other' })).toBe(false);
});
