import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardSize, layoutTree } from '../../../../webview/layout/tree-layout.ts';
import type { Leaf } from '../../../../webview/layout/tree-layout.ts';

/** A forest of up to 60: each card hangs under one before it, or is a root. */
const forests = fc
  .array(fc.option(fc.nat(), { nil: null }), { minLength: 1, maxLength: 60 })
  .map((parents) =>
    parents.map((it, index): Leaf => {
      const parent = it === null || index === 0 ? null : `db${String(it % index)}`;
      return { key: `db${String(index)}`, parent };
    }),
  );

test('every card has a place, none overlaps another, and each stands right of its source', () => {
  fc.assert(
    fc.property(forests, (leaves) => {
      const { places, width, height } = layoutTree(leaves);
      expect(places.size).toBe(leaves.length);
      const all = [...places.values()];
      all.forEach((a, index) => {
        expect(a.x >= 0 && a.x + cardSize.width <= width).toBe(true);
        expect(a.y >= 0 && a.y + cardSize.height <= height).toBe(true);
        for (const b of all.slice(index + 1)) {
          const apart =
            Math.abs(a.x - b.x) >= cardSize.width || Math.abs(a.y - b.y) >= cardSize.height;
          expect(apart).toBe(true);
        }
      });
      for (const { key, parent } of leaves) {
        const own = places.get(key)?.x ?? Number.NaN;
        const source = parent === null ? 0 : (places.get(parent)?.x ?? Number.NaN) + cardSize.width;
        expect(parent === null ? own === 0 : own > source).toBe(true);
      }
    }),
  );
});

test('nothing to draw takes no room', () => {
  expect(layoutTree([])).toEqual({ places: new Map(), width: 0, height: 0 });
});
