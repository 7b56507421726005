import type { CardView } from '../../src/protocol/panel-state.ts';
import type { Point } from './tree-layout.ts';

interface PlanningContext {
  readonly at: CardView | undefined;
  readonly cards: readonly CardView[];
  readonly places: ReadonlyMap<string, Point>;
}

const moves: Readonly<Record<string, (context: PlanningContext) => string | null | undefined>> = {
  ArrowLeft: ({ at }) => at?.parent,
  ArrowRight: ({ at, cards }) => cards.find((it) => it.parent === at?.key)?.key,
  ArrowUp: (context) => neighbour(-1, context),
  ArrowDown: (context) => neighbour(1, context),
  Home: ({ cards }) => cards[0]?.key,
  End: ({ cards }) => cards.at(-1)?.key,
};

/** Where a key leads from a card: left to the source, right to the first replica, up and down within the column. */
export function nextCard(
  key: string,
  from: string,
  cards: readonly CardView[],
  places: ReadonlyMap<string, Point>,
): string | undefined {
  const at = cards.find((it) => it.key === from);
  return moves[key]?.({ at, cards, places }) ?? undefined;
}

function neighbour(step: 1 | -1, { at, cards, places }: PlanningContext): string | undefined {
  const column = cards
    .filter((it) => it.level === at?.level)
    .toSorted((a, b) => height(a, places) - height(b, places));
  return column[column.findIndex((it) => it.key === at?.key) + step]?.key;
}

function height(card: CardView, places: ReadonlyMap<string, Point>): number {
  return places.get(card.key)?.y ?? 0;
}
