import { hierarchy, tree } from 'd3-hierarchy';

/** In pixels. Tall enough for three lines of Korean. */
export const cardSize = { width: 252, height: 84 } as const;
const gap = { x: 84, y: 20 } as const;

export interface Leaf {
  readonly key: string;
  /** null for a root. */
  readonly parent: string | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the upper left corner of each card goes, in pixels, from 0 on. */
export interface TreeLayout {
  readonly places: ReadonlyMap<string, Point>;
  readonly width: number;
  readonly height: number;
}

interface Branch {
  readonly key: string | null;
  readonly children: readonly Branch[];
}

/** Lays a forest out from left to right; the roots stand in one column. */
export function layoutTree(leaves: readonly Leaf[]): TreeLayout {
  const root = hierarchy<Branch>({ key: null, children: branchesOf(leaves, null) });
  const placed = tree<Branch>()
    .nodeSize([cardSize.height + gap.y, cardSize.width + gap.x])
    .separation(() => 1)(root);
  const nodes = placed.descendants().filter((it) => it.data.key !== null);
  const top = Math.min(...nodes.map((it) => it.x));
  const places = new Map(
    nodes.map((it) => [
      it.data.key ?? '',
      { x: (it.depth - 1) * (cardSize.width + gap.x), y: it.x - top },
    ]),
  );
  const points = [...places.values()];
  return {
    places,
    width: Math.max(0, ...points.map((it) => it.x + cardSize.width)),
    height: Math.max(0, ...points.map((it) => it.y + cardSize.height)),
  };
}

function branchesOf(leaves: readonly Leaf[], parent: string | null): readonly Branch[] {
  const below = new Map<string | null, Leaf[]>();
  for (const leaf of leaves) {
    const siblings = below.get(leaf.parent) ?? [];
    siblings.push(leaf);
    below.set(leaf.parent, siblings);
  }
  const grow = (key: string | null): readonly Branch[] =>
    (below.get(key) ?? []).map((it) => ({ key: it.key, children: grow(it.key) }));
  return grow(parent);
}
