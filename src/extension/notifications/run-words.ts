import type { ClusterState } from '../../core/backend.ts';
import type { Recovery } from '../../core/model/recovery.ts';
import { endedSteps, runningNow } from '../../protocol/recovery-now.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { sentences } from '../language/sentences.ts';

/** What a message offers to do. */
export type RunAction = 'report' | 'acknowledge' | 'rejoin' | 'failover' | 'topology' | 'log';

/** How a run ended, for a message. `ok` needs none: the tree, the panel and the status bar show it. */
export interface RunNews {
  readonly tone: 'ok' | 'warning' | 'error';
  readonly text: string;
  readonly actions: readonly RunAction[];
}

/** `disarmed`: a person switched automatic failover off, perhaps by cancelling this very one. */
export function newsOf(recovery: Recovery, words: Localizer, disarmed = false): RunNews {
  if (recovery.trigger === 'user') return ownNews(recovery, words);
  const news = automaticNews(recovery, words);
  const given = disarmed && recovery.openedAt === null;
  return given ? { ...news, text: `${news.text} ${words.t(sentences.failoverOff)}` } : news;
}

function ownNews(recovery: Recovery, words: Localizer): RunNews {
  const { cluster } = recovery;
  const headline = spell(recovery.headline, words);
  const values = { cluster, headline, problems: problemsOf(recovery, words) };
  const actions = ['topology', 'log'] as const;
  switch (recovery.state) {
    case 'succeeded':
      return { tone: 'ok', text: words.t(sentences.succeeded, values), actions };
    case 'partial':
      return { tone: 'warning', text: words.t(sentences.partial, values), actions };
    case 'undone':
      return { tone: 'error', text: words.t(sentences.undone, values), actions };
    case 'failed':
    case 'interrupted':
    case 'running':
      return { tone: 'error', text: words.t(sentences.failed, values), actions };
    default:
      return recovery.state satisfies never;
  }
}

/** Nobody asked for it, so even a success is told: the writes are elsewhere now. */
function automaticNews(recovery: Recovery, words: Localizer): RunNews {
  const { cluster, oldMaster, newMaster, state, kind } = recovery;
  const from = oldMaster ?? words.t(sentences.noMaster);
  const problems = problemsOf(recovery, words);
  if (kind === 'switchover' && recovery.openedAt !== null)
    return { ...ownNews(recovery, words), actions: ['report', 'acknowledge'] };
  if (kind !== 'failover') return { ...ownNews(recovery, words), actions: ['report', 'topology'] };
  const afterwards: readonly RunAction[] =
    oldMaster === null ? ['report', 'acknowledge'] : ['report', 'acknowledge', 'rejoin'];
  if (state === 'succeeded') {
    const text = words.t(sentences.failedOver, { cluster, from, to: newMaster });
    return { tone: 'warning', text, actions: afterwards };
  }
  if (state === 'partial') {
    const text = words.t(sentences.failedOverPartly, { cluster, from, to: newMaster, problems });
    return { tone: 'warning', text, actions: afterwards };
  }
  const text = words.t(sentences.failoverFailed, { cluster, from, problems });
  return { tone: 'error', text, actions: ['failover', 'report', 'log'] };
}

function problemsOf(recovery: Recovery, words: Localizer): string {
  return recovery.problems.map((it) => spell(it, words)).join(' ');
}

/** The step that runs now; undefined when nothing runs. `share`: per cent of the steps that have ended. */
export function stepNow(
  state: ClusterState,
  words: Localizer,
): { readonly text: string; readonly share: number } | undefined {
  const running = runningNow(state);
  if (running === null || running.steps.length === 0) {
    return undefined;
  }
  const ended = endedSteps(running);
  const all = running.steps.length;
  const now = running.steps.find((it) => it.state === 'running') ?? running.steps[ended];
  const done = Math.min(ended + 1, all);
  const says = now === undefined ? '' : spell(now.says, words);
  return {
    text: words.t(sentences.runningStep, { done, all, says }),
    share: (ended / all) * 100,
  };
}
