import type { WatchState } from '../../core/backend.ts';
import { soleProject } from '../../protocol/container-view.ts';
import { problemTitles } from '../../protocol/labels.ts';
import type { CardView, ClusterView, Tone } from '../../protocol/panel-state.ts';
import type { Remedy } from '../../protocol/remedy.ts';
import { sentences } from '../../protocol/sentences.ts';
import { downtimeOf, downtimeWord, modeOf } from '../../protocol/watch-view.ts';
import type { Localizer } from '../../protocol/localizer.ts';

/** One row of the clusters tree, ready to draw. */
export interface TreeNode {
  /** Stable over rounds, so that what is open stays open. */
  readonly id: string;
  /** Empty for the row of a compose project. */
  readonly cluster: string;
  /** null for the row of the cluster itself, or of a compose project. */
  readonly instance: string | null;
  readonly label: string;
  readonly description: string;
  /** A codicon, without `codicon-`. */
  readonly icon: string;
  readonly tone: Tone;
  /** The compose project whose containers are all that it shows; null where there is no such one. */
  readonly project: string | null;
  /** `instance+replica+promotable+lab+up`: what menus decide by. */
  readonly traits: string;
  /** Plain lines; the first is the headline. */
  readonly tooltip: readonly string[];
  readonly spoken: string;
  /** Deep branches start closed. */
  readonly open: boolean;
  readonly children: readonly TreeNode[];
}

export interface TreeContext {
  readonly words: Localizer;
  /** Instances of our own lab. */
  readonly lab: ReadonlySet<string>;
  /** Undefined before the first round has ended. */
  readonly watch?: WatchState | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const openLevels = 3;

/** `view` is undefined before the first round has ended. */
export function clusterNode(
  cluster: string,
  view: ClusterView | undefined,
  context: TreeContext,
): TreeNode {
  const lab = view?.cards.some((it) => context.lab.has(it.key)) ?? false;
  const summary = view?.summary ?? {
    tone: 'info' as const,
    icon: 'loading~spin',
    description: context.words.t(sentences.noMasterYet),
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
    project: view === undefined ? null : soleProject(view),
    traits: clusterTraits(lab, context.watch),
    tooltip: summary.tooltip,
    spoken: `${cluster}, ${summary.description}`,
    open: true,
    children:
      view === undefined
        ? []
        : [
            ...remedyNodes(view),
            ...below(view, null, context),
            ...besideNodes(view, 'NeighbourRefusesUser', { traits: 'refusing', icon: 'lock' }),
            ...besideNodes(view, 'UnconfirmedInstance', { traits: 'outsider', icon: 'question' }),
            ...readersNode(view, context.words),
          ],
  };
}

/** What is wrong with the settings, that no monitor runs, and who cannot be reached, first: each with its remedy. */
function remedyNodes({ cluster, banners }: ClusterView): readonly TreeNode[] {
  return banners.flatMap(({ code, instance, title, tone, icon, says, advice, remedy }) =>
    // Servers beside the cluster have rows of their own.
    remedy === null || code === 'NeighbourRefusesUser'
      ? []
      : [
          {
            ...remedyNode({
              id: `remedy/${cluster}/${code}/${says}`,
              cluster,
              label: title,
              remedy,
              says,
              advice,
            }),
            instance,
            tone,
            icon,
          },
        ],
  );
}

/** A cluster whose settings have a mistake, and that was never read without one. */
export function faultyNode(cluster: string, says: string, words: Localizer): TreeNode {
  const advice = words.t(problemTitles.SettingsUnusable);
  const id = `cluster/${cluster}`;
  return remedyNode({ id, cluster, label: cluster, remedy: 'open-line', says, advice });
}

function remedyNode(
  row: Pick<TreeNode, 'id' | 'cluster' | 'label'> & {
    readonly remedy: Remedy;
    readonly says: string;
    readonly advice: string;
  },
): TreeNode {
  const { id, cluster, label, remedy, says, advice } = row;
  return {
    id,
    cluster,
    instance: null,
    label,
    description: says,
    icon: 'error',
    tone: 'error',
    project: null,
    traits: `remedy+${remedy}`,
    tooltip: [says, advice],
    spoken: `${label}: ${says}`,
    open: false,
    children: [],
  };
}

/** Programs that read a binary log, in a group of their own: nothing can be done with them. */
function readersNode({ cluster, readers }: ClusterView, words: Localizer): readonly TreeNode[] {
  const label = words.t(sentences.nameReaders);
  const group = { cluster, instance: null, project: null, tone: 'muted', open: false } as const;
  const tooltip = words.t(sentences.readerTooltip);
  const children = readers.map(({ name, says }, place): TreeNode => ({
    ...group,
    id: `reader/${cluster}/${String(place)}/${name}`,
    label: name,
    description: says,
    icon: 'output',
    traits: 'reader',
    tooltip: [name, says, tooltip],
    spoken: `${name} ${says}`,
    children: [],
  }));
  const count = String(children.length);
  return children.length === 0
    ? []
    : [
        {
          ...group,
          id: `readers/${cluster}`,
          label,
          description: count,
          icon: 'output',
          traits: 'readers',
          tooltip: [label, tooltip],
          spoken: `${label}, ${count}`,
          children,
        },
      ];
}

/** Servers that may belong to the cluster, last: those that refuse our user, and those that nobody confirmed. */
function besideNodes(
  { cluster, banners }: ClusterView,
  code: string,
  { traits, icon }: Pick<TreeNode, 'traits' | 'icon'>,
): readonly TreeNode[] {
  return banners
    .filter((it) => it.code === code)
    .map((it): TreeNode => ({
      id: `${traits}/${cluster}/${it.instance ?? ''}`,
      cluster,
      instance: it.instance,
      label: it.instance ?? '',
      description: it.title,
      icon,
      tone: 'warning',
      project: null,
      // Without a remedy there is nothing to create: its menu is empty.
      traits: traits === 'refusing' && it.remedy === null ? 'refusing-known-user' : traits,
      tooltip: [it.says, ...it.evidence, it.advice],
      spoken: it.says,
      open: false,
      children: [],
    }));
}

function below(
  view: ClusterView,
  parent: string | null,
  context: TreeContext,
): readonly TreeNode[] {
  return view.cards
    .filter((it) => it.parent === parent)
    .map((it) => instanceNode(view, it, context));
}

/** `cluster+lab+armed+downtime`: what menus decide by. */
function clusterTraits(lab: boolean, watch: WatchState | undefined): string {
  if (watch === undefined) return lab ? 'cluster+lab' : 'cluster';
  return [
    'cluster',
    ...(lab ? ['lab'] : []),
    watch.armed ? 'armed' : 'manual',
    modeOf(watch) === 'downtime' ? 'downtime' : 'watched',
  ].join('+');
}

function instanceNode(view: ClusterView, card: CardView, context: TreeContext): TreeNode {
  const downtime = downtimeOf(context.watch, card.key);
  const quiet =
    downtime === undefined
      ? {}
      : {
          description: downtimeWord(downtime, context.words, context.now),
          icon: 'bell-slash',
          tone: 'muted' as const,
        };
  return {
    id: `instance/${view.cluster}/${card.key}`,
    cluster: view.cluster,
    instance: card.key,
    label: card.label,
    description: withProject(card, view),
    icon: card.icon,
    tone: card.tone,
    project: card.container?.project ?? null,
    traits: traitsOf(card, context),
    tooltip: card.tooltip,
    spoken: card.spoken,
    ...quiet,
    open: card.level < openLevels,
    children: below(view, card.key, context),
  };
}

/** Where the instances of a cluster are of several projects, each says its own. */
function withProject({ description, container }: CardView, view: ClusterView): string {
  const project = container?.project ?? null;
  return project === null || soleProject(view) !== null
    ? description
    : `${description} · ${project}`;
}

/** What the menus may offer for an instance, the same for a row of the tree and a card of the panel. */
export function traitsOf(
  card: CardView,
  { lab, watch }: Omit<TreeContext, 'words' | 'now'>,
): string {
  return [
    'instance',
    card.role,
    ...(card.canPromote ? ['promotable'] : []),
    ...(card.canRejoin ? ['rejoinable'] : []),
    ...(card.obstacle === null ? [] : [card.obstacle]),
    downtimeOf(watch, card.key) === undefined ? 'watched' : 'downtime',
    ...(card.container === undefined ? [] : [`container-${card.container.activity}`]),
    ...(lab.has(card.key) ? ['lab'] : []),
    card.ghost ? 'down' : 'up',
  ].join('+');
}
