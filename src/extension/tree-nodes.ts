import type { CardView, ClusterView, Tone } from '../protocol/panel-state.ts';
import { sentences } from '../protocol/sentences.ts';
import type { Words } from '../protocol/words.ts';

/** One row of the clusters tree, ready to draw. */
export interface TreeNode {
  /** Stable over rounds, so that what is open stays open. */
  readonly id: string;
  readonly cluster: string;
  /** null for the row of the cluster itself. */
  readonly instance: string | null;
  readonly label: string;
  readonly description: string;
  /** A codicon, without `codicon-`. */
  readonly icon: string;
  readonly tone: Tone;
  /** `instance+replica+promotable+lab+up`: what menus decide by. */
  readonly traits: string;
  /** Plain lines; the first is the headline. */
  readonly tooltip: readonly string[];
  readonly spoken: string;
  /** Deep branches start closed. */
  readonly open: boolean;
  readonly children: readonly TreeNode[];
}

export interface TreeGround {
  readonly words: Words;
  /** Instances of our own lab. */
  readonly lab: ReadonlySet<string>;
}

const openLevels = 3;

/** `view` is undefined before the first round has ended. */
export function clusterNode(
  cluster: string,
  view: ClusterView | undefined,
  ground: TreeGround,
): TreeNode {
  const lab = view?.cards.some((it) => ground.lab.has(it.key)) ?? false;
  const summary = view?.summary ?? {
    tone: 'info' as const,
    icon: 'loading~spin',
    description: ground.words.t(sentences.noMasterYet),
    tooltip: [cluster],
  };
  return {
    id: `cluster/${cluster}`,
    cluster,
    instance: null,
    label: cluster,
    description: summary.description,
    icon: summary.icon,
    tone: summary.tone,
    traits: lab ? 'cluster+lab' : 'cluster',
    tooltip: summary.tooltip,
    spoken: `${cluster}, ${summary.description}`,
    open: true,
    children: view === undefined ? [] : below(view, null, ground),
  };
}

function below(view: ClusterView, parent: string | null, ground: TreeGround): readonly TreeNode[] {
  return view.cards
    .filter((it) => it.parent === parent)
    .map((it) => instanceNode(view, it, ground));
}

function instanceNode(view: ClusterView, card: CardView, ground: TreeGround): TreeNode {
  return {
    id: `instance/${view.cluster}/${card.key}`,
    cluster: view.cluster,
    instance: card.key,
    label: card.label,
    description: card.description,
    icon: card.icon,
    tone: card.tone,
    traits: traitsOf(card, ground.lab.has(card.key)),
    tooltip: card.tooltip,
    spoken: card.spoken,
    open: card.level < openLevels,
    children: below(view, card.key, ground),
  };
}

/** What the menus may offer for an instance, the same for a row of the tree and a card of the panel. */
export function traitsOf(card: CardView, lab: boolean): string {
  return [
    'instance',
    card.role,
    ...(card.canPromote ? ['promotable'] : []),
    ...(card.canRejoin ? ['rejoinable'] : []),
    ...(lab ? ['lab'] : []),
    card.ghost ? 'down' : 'up',
  ].join('+');
}
