import type { CardView, ClusterView } from '../../protocol/panel-state.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import { choicesFor } from './choices.ts';
import type { Purpose } from './choices.ts';
import { byGravity, statusOf } from '../ui/cluster-status.ts';
import type { ClusterWatch, WatchedCluster } from '../engine/cluster-watch.ts';
import { sentences } from '../language/sentences.ts';
import type { PickItem } from '../ui/shown.ts';
import { statusText } from '../ui/status-text.ts';
import { showInformationMessage, showQuickPick } from '../ui/window.ts';

/** Asks which cluster, the worst first; with only one there is nothing to ask. Undefined: the person changed their mind. */
export async function pickCluster(
  watch: ClusterWatch,
  words: Localizer,
): Promise<WatchedCluster | undefined> {
  const [first, ...others] = watch.clusters;
  if (first === undefined) {
    void showInformationMessage(words.t(sentences.noCluster));
    return undefined;
  }
  if (others.length === 0) return first;
  const statuses = watch.clusters
    .map((it) => statusOf(it.settings.id, it.backend.current()))
    .toSorted(byGravity);
  const items = statuses.map((status) => {
    const { icon, spoken = '' } = statusText([status], words, Date.now()) ?? {};
    return { label: status.cluster, icon, description: spoken };
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
  words: Localizer,
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
