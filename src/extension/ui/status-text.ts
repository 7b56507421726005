import { blockedSays } from '../../protocol/watch-view.ts';
import type { Localizer } from '../../protocol/localizer.ts';
import { byGravity } from './cluster-status.ts';
import type { ClusterStatus, ClusterStatusKind } from './cluster-status.ts';
import { sentences } from '../language/sentences.ts';

/** What the one item of the status bar shows. */
export interface StatusText {
  /** A name of the editor's icons. */
  readonly icon: string;
  /** `orders: db-1` */
  readonly spoken: string;
  readonly background: 'error' | 'warning' | null;
  /** What a click does. */
  readonly click: 'topology' | 'recovery' | 'arm' | 'monitor' | 'line' | 'start-monitor';
  /** Which cluster a click is about; null where the person must choose. */
  readonly opens: string | null;
  /** Rows of the tooltip: cluster, state. */
  readonly rows: readonly {
    readonly cluster: string;
    readonly icon: string;
    readonly says: string;
  }[];
  /** Sentences below them. */
  readonly remarks: readonly string[];
}

interface Look {
  readonly icon: string;
  readonly background: StatusText['background'];
  readonly sentence: (status: ClusterStatus) => string;
}

const looks: Record<ClusterStatusKind, Look> = {
  'no-master': { icon: 'error', background: 'error', sentence: () => sentences.statusNoMaster },
  'two-masters': { icon: 'error', background: 'error', sentence: () => sentences.statusTwoMasters },
  unreachable: {
    icon: 'debug-disconnect',
    background: 'error',
    sentence: () => sentences.statusUnreachable,
  },
  'recovery-failed': {
    icon: 'error',
    background: 'error',
    sentence: () => sentences.statusFailed,
  },
  running: {
    icon: 'sync~spin',
    background: 'warning',
    sentence: ({ failover }) => (failover ? sentences.statusFailover : sentences.statusRunning),
  },
  checking: {
    icon: 'sync~spin',
    background: null,
    sentence: ({ witnesses }) =>
      witnesses === 0 ? sentences.statusChecking : sentences.statusCheckingOf,
  },
  settings: { icon: 'error', background: 'error', sentence: () => sentences.statusSettings },
  unwatched: { icon: 'error', background: 'error', sentence: () => sentences.statusUnwatched },
  degraded: { icon: 'warning', background: 'warning', sentence: degradedSentence },
  acknowledge: {
    icon: 'bell-dot',
    background: 'warning',
    sentence: () => sentences.statusAcknowledge,
  },
  lagging: { icon: 'clock', background: null, sentence: () => sentences.statusLagging },
  waiting: { icon: 'loading~spin', background: null, sentence: () => sentences.statusWaiting },
  manual: { icon: 'debug-pause', background: null, sentence: () => sentences.statusManual },
  elsewhere: { icon: 'eye', background: null, sentence: () => sentences.statusHealthy },
  healthy: { icon: 'database', background: null, sentence: () => sentences.statusHealthy },
};

const clicks: Partial<Record<ClusterStatusKind, StatusText['click']>> = {
  'recovery-failed': 'recovery',
  acknowledge: 'recovery',
  manual: 'arm',
  elsewhere: 'monitor',
  settings: 'line',
  unwatched: 'start-monitor',
};

/** The worst cluster speaks, the others are counted. Undefined when there is none: the item hides. `now`: milliseconds since the epoch. */
export function statusText(
  statuses: readonly ClusterStatus[],
  words: Localizer,
  now: number,
): StatusText | undefined {
  const ordered = statuses.toSorted(byGravity);
  const [worst] = ordered;
  if (worst === undefined) {
    return undefined;
  }
  const rows = ordered.map((it) => ({
    cluster: it.cluster,
    icon: looks[it.kind].icon,
    says: says(it, words),
  }));
  const one = says(worst, words);
  const more = ordered.length - 1;
  const spoken = more === 0 ? one : words.t(sentences.statusMore, { text: one, count: more });
  return {
    icon: looks[worst.kind].icon,
    spoken,
    background: looks[worst.kind].background,
    click: clicks[worst.kind] ?? 'topology',
    opens: more === 0 || worst.kind !== 'healthy' ? worst.cluster : null,
    rows,
    remarks: ordered.flatMap(({ cluster, watch }) => {
      const blocked = blockedSays(watch, words, now);
      return blocked === undefined ? [] : [`${cluster}: ${blocked}`];
    }),
  };
}

/** The badge on the view container: undefined when nothing asks for a person. */
export function badgeOf(
  statuses: readonly ClusterStatus[],
  words: Localizer,
): { readonly value: number; readonly tooltip: string } | undefined {
  const problems = statuses.reduce((sum, it) => sum + it.problems, 0);
  const open = statuses.reduce((sum, it) => sum + it.open, 0);
  const parts = [
    counted(open, sentences.badgeAcknowledgeOne, sentences.badgeAcknowledge, words),
    counted(problems, sentences.badgeProblem, sentences.badgeProblems, words),
  ].filter((it) => it !== '');
  return parts.length === 0 ? undefined : { value: problems + open, tooltip: parts.join(', ') };
}

function counted(count: number, one: string, many: string, words: Localizer): string {
  if (count === 0) return '';
  return words.t(count === 1 ? one : many, { count });
}

function says(status: ClusterStatus, words: Localizer): string {
  return words.t(looks[status.kind].sentence(status), {
    cluster: status.cluster,
    master: status.master ?? words.t(sentences.noMaster),
    count: countOf(status),
    down: status.down,
    lost: status.lost,
    witnesses: status.witnesses,
    done: status.step,
    all: status.steps,
  });
}

function countOf(status: ClusterStatus): number {
  if (status.kind === 'lagging') return status.lagSeconds;
  return status.down > 0 ? status.count : status.problems;
}

function degradedSentence({ down, problems }: ClusterStatus): string {
  if (down > 0) return sentences.statusDown;
  return problems === 1 ? sentences.statusProblem : sentences.statusProblems;
}
