import type { CardView, ClusterView, Tone } from '../../protocol/panel-state.ts';

export type Purpose = 'promote' | 'rejoin' | 'relocate' | 'plan' | 'any';

const gravity: readonly Tone[] = ['error', 'warning', 'info', 'muted', 'ok'];

/** Who may be chosen: to look at, the worst first; to be promoted, the soundest first. */
export function choicesFor(purpose: Purpose, view: ClusterView): readonly CardView[] {
  switch (purpose) {
    case 'promote':
      return view.cards.filter((it) => it.canPromote).toSorted((a, b) => -byTone(a, b));
    case 'relocate':
      return view.cards.filter((it) => it.canPromote).toSorted(byTone);
    case 'rejoin':
      return view.cards.filter((it) => it.canRejoin).toSorted(byTone);
    case 'plan':
      return view.cards.filter((it) => it.canPromote || it.canRejoin).toSorted(byTone);
    case 'any':
      return view.cards.toSorted(byTone);
    default:
      return purpose satisfies never;
  }
}

function byTone(a: CardView, b: CardView): number {
  return gravity.indexOf(a.tone) - gravity.indexOf(b.tone);
}
