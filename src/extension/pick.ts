import type { CardView, ClusterView } from '../protocol/panel-state.ts';
import type { Words } from '../protocol/words.ts';
import { choicesFor } from './choices.ts';
import type { Purpose } from './choices.ts';
import { byGravity, glanceOf } from './glance.ts';
import type { ClusterWatch, WatchedCluster } from './cluster-watch.ts';
import { sentences } from './sentences.ts';
import type { PickItem } from './shown.ts';
import { statusText } from './status-text.ts';
import { showInformationMessage, showQuickPick } from './window.ts';

/** Asks which cluster, the worst first; with only one there is nothing to ask. Undefined: the person changed their mind. */
export async function pickCluster(
  watch: ClusterWatch,
  words: Words,
): Promise<WatchedCluster | undefined> {
  const [first, ...others] = watch.clusters;
  if (first === undefined) {
    void showInformationMessage(words.t(sentences.noCluster));
    return undefined;
  }
  if (others.length === 0) return first;
  const glances = watch.clusters
    .map((it) => glanceOf(it.settings.id, it.backend.current()))
    .toSorted(byGravity);
  const items = glances.map((glance) => {
    const { icon, spoken = '' } = statusText([glance], words, Date.now()) ?? {};
    return { label: glance.cluster, icon, description: spoken };
  });
  const placeHolder = words.t(sentences.pickCluster);
  const chosen = await showQuickPick(items, { placeHolder, ignoreFocusOut: true });
  return chosen === undefined ? undefined : watch.cluster(chosen.label);
}

const questions: Record<Purpose, { readonly ask: string; readonly nothing: string }> = {
  promote: { ask: sentences.pickPromote, nothing: sentences.nothingToPromote },
  rejoin: { ask: sentences.pickRejoin, nothing: sentences.nothingToRejoin },
  relocate: { ask: sentences.pickRelocate, nothing: sentences.nothingToRelocate },
  plan: { ask: sentences.pickInstance, nothing: sentences.nothingToPromote },
  any: { ask: sentences.pickInstance, nothing: sentences.nothingHere },
};

/** Asks which instance. Undefined: there is none, which is said, or the person changed their mind. */
export async function pickInstance(
  view: ClusterView | undefined,
  cluster: string,
  purpose: Purpose,
  words: Words,
): Promise<string | undefined> {
  const { ask, nothing } = questions[purpose];
  const cards = view === undefined ? [] : choicesFor(purpose, view);
  if (cards.length === 0) {
    void showInformationMessage(words.t(nothing, { cluster }));
    return undefined;
  }
  const placeHolder = words.t(ask, { cluster });
  const chosen = await showQuickPick(cards.map(itemOf), {
    placeHolder,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return chosen?.key;
}

function itemOf(card: CardView): PickItem & { readonly key: string } {
  return {
    key: card.key,
    icon: card.icon,
    label: card.label,
    description: [card.roleWord, card.description].join(' · '),
  };
}
