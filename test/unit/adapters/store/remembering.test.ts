import { expect, test } from 'vitest';
import { remembering } from '../../../../src/adapters/store/remembering.ts';

/** Reads capitals only; tells what it was really asked. */
function reader(most: number) {
  const asked: string[] = [];
  const read = remembering((text) => {
    asked.push(text);
    return text === text.toUpperCase() ? { text } : undefined;
  }, most);
  return { asked, read };
}

test('the same text is read once, and gives the same value', () => {
  const { asked, read } = reader(10);
  expect(read('A')).toBe(read('A'));
  expect(read('B')).toEqual({ text: 'B' });
  expect(asked).toEqual(['A', 'B']);
});

test('what cannot be read is tried again each time', () => {
  const { asked, read } = reader(10);
  expect([read('a'), read('a')]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['a', 'a']);
});

test('of more than it may remember, the one read longest ago is forgotten', () => {
  const { asked, read } = reader(2);
  ['A', 'B', 'A', 'C', 'A', 'B'].forEach(read);
  expect(asked).toEqual(['A', 'B', 'C', 'B']);
});
