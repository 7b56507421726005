import { cardSize } from './tree-layout.ts';
import type { Point, TreeLayout } from './tree-layout.ts';

/** How the layer is moved and scaled: `k` is the scale. */
export interface ZoomPlace {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
}

const margin = 48;
/** Below this, cards are too small to read. */
const readableScale = 0.6;

/** Shows the whole tree where that stays readable or `whole` is asked for, else the surroundings of `first`. */
export function fitPlace(
  frame: Frame,
  layout: TreeLayout,
  first: Point,
  whole: boolean,
): ZoomPlace {
  const scale = Math.min(
    1,
    frame.width / (layout.width + 2 * margin),
    frame.height / (layout.height + 2 * margin),
  );
  const k = Math.max(scale, whole ? 0.1 : readableScale);
  const room = { x: frame.width - layout.width * k, y: frame.height - layout.height * k };
  return {
    k,
    x: room.x >= 0 ? room.x / 2 : margin * k,
    y: room.y >= 0 ? room.y / 2 : frame.height / 2 - (first.y + cardSize.height / 2) * k,
  };
}
