import { cardSize } from './tree-layout.ts';
import type { Point } from './tree-layout.ts';

/** The curve from a source's card to a replica's card; within one column it leaves and enters on the left. */
export function edgePath(from: Point, to: Point): string {
  const startY = from.y + cardSize.height / 2;
  const endY = to.y + cardSize.height / 2;
  if (to.x > from.x) {
    const startX = from.x + cardSize.width;
    const middle = (startX + to.x) / 2;
    return path([startX, startY], [middle, startY], [middle, endY], [to.x - 2, endY]);
  }
  const bulge = Math.min(from.x, to.x) - 48;
  const shift = endY > startY ? 10 : -10;
  return path(
    [from.x, startY + shift],
    [bulge, startY + shift],
    [bulge, endY + shift],
    [to.x - 2, endY + shift],
  );
}

type Pair = readonly [number, number];

function path(start: Pair, first: Pair, second: Pair, end: Pair): string {
  return `M ${start.join(' ')} C ${first.join(' ')}, ${second.join(' ')}, ${end.join(' ')}`;
}
