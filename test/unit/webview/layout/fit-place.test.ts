import { expect, test } from 'vitest';
import { fitPlace } from '../../../../webview/layout/fit-place.ts';

const frame = { width: 1000, height: 600 };

test('a small tree is shown in the middle at its own size', () => {
  const layout = { places: new Map(), width: 400, height: 200 };
  expect(fitPlace(frame, layout, { x: 0, y: 0 }, false)).toEqual({ k: 1, x: 300, y: 200 });
});

test('a tree that would become too small to read is shown around its first card', () => {
  const layout = { places: new Map(), width: 400, height: 6000 };
  const { k, y } = fitPlace(frame, layout, { x: 0, y: 3000 }, false);
  expect(k).toBe(0.6);
  expect(y + (3000 + 42) * k).toBeCloseTo(300);
});

test('asked for the whole tree, it shrinks as far as needed', () => {
  const layout = { places: new Map(), width: 400, height: 3000 };
  const { k, y } = fitPlace(frame, layout, { x: 0, y: 0 }, true);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y + 3000 * k).toBeLessThanOrEqual(600);
});
