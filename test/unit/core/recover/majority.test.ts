import { expect, test } from 'vitest';
import type { LockAnswer } from '../../../../src/core/model/lock-answer.ts';
import { inEnglish, plain } from '../../../../src/core/model/phrase.ts';
import { lockObjection } from '../../../../src/core/recover/majority.ts';

const held: LockAnswer = { kind: 'held' };
const silent: LockAnswer = { kind: 'silent', says: plain('db2 is silent.') };
const taken: LockAnswer = { kind: 'taken', by: plain('session 7'), end: null };

test.each<{
  name: string;
  electorate: readonly string[];
  answers: Record<string, LockAnswer>;
  says: RegExp | null;
}>([
  { name: 'the sole replica', electorate: ['b'], answers: { b: held }, says: null },
  { name: 'both of two', electorate: ['b', 'c'], answers: { b: held, c: held }, says: null },
  {
    name: 'one of two',
    electorate: ['b', 'c'],
    answers: { b: held, c: silent },
    says: /1 of 2.*no majority/,
  },
  {
    name: 'two of three',
    electorate: ['b', 'c', 'd'],
    answers: { b: held, c: held, d: taken },
    says: null,
  },
  {
    name: 'one of three',
    electorate: ['b', 'c', 'd'],
    answers: { b: held, c: taken, d: silent },
    says: /session 7 holds one/,
  },
  {
    name: 'the candidate is taken',
    electorate: ['b', 'c', 'd'],
    answers: { b: taken, c: held, d: held },
    says: /lock of b is held by session 7/,
  },
  {
    name: 'the candidate is silent',
    electorate: ['b', 'c', 'd'],
    answers: { b: silent, c: held, d: held },
    says: /silent/,
  },
  { name: 'nobody was replicating', electorate: [], answers: { b: held }, says: null },
])('$name: $says', ({ electorate, answers, says }) => {
  const objection = lockObjection(electorate, 'b', new Map(Object.entries(answers)));
  expect(objection === null ? '' : inEnglish(objection)).toMatch(says ?? /^$/);
});

test('no two of the same electorate can both have a majority', () => {
  const electorate = ['b', 'c', 'd', 'e'];
  for (let mask = 0; mask < 16; mask += 1) {
    const mine = new Map(
      electorate.map((it, bit) => [it, (mask >> bit) % 2 === 1 ? held : taken] as const),
    );
    const theirs = new Map(
      [...mine].map(([it, answer]) => [it, answer === held ? taken : held] as const),
    );
    const winners = [mine, theirs].filter((answers) =>
      electorate.some((candidate) => lockObjection(electorate, candidate, answers) === null),
    );
    expect(winners.length).toBeLessThanOrEqual(1);
  }
});
