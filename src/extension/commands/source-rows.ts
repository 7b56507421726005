import type { PossibleSource } from '../../core/model/plan.ts';
import type { CardView } from '../../protocol/panel-state.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';

/** One row of the question from whom a replica shall read. */
export interface SourceRow {
  readonly key: string;
  readonly icon: string | undefined;
  readonly label: string;
  readonly description: string;
  /** Why not; empty where it is possible. */
  readonly detail: string;
  readonly possible: boolean;
}

/** In the order of the judgement: the possible ones first. */
export function sourceRows(
  sources: readonly PossibleSource[],
  cards: readonly CardView[],
  words: Localizer,
): readonly SourceRow[] {
  return sources.map(({ instance, because }) => {
    const card = cards.find((it) => it.key === instance);
    return {
      key: instance,
      icon: card?.icon,
      label: card?.label ?? instance,
      description: card === undefined ? '' : [card.roleWord, card.description].join(' · '),
      detail: because.map((it) => spell(it, words)).join(' '),
      possible: because.length === 0,
    };
  });
}
