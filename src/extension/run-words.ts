import type { ClusterState } from '../core/backend.ts';
import type { Recovery } from '../core/model/recovery.ts';
import { spell, type Words } from '../protocol/words.ts';
import { sentences } from './sentences.ts';

/** How a run ended, for a message. `ok` needs none: the tree, the panel and the status bar show it. */
export interface RunNews {
  readonly tone: 'ok' | 'warning' | 'error';
  readonly text: string;
}

export function newsOf(recovery: Recovery, words: Words): RunNews {
  const { cluster } = recovery;
  const headline = spell(recovery.headline, words);
  const problems = recovery.problems.map((it) => spell(it, words)).join(' ');
  const values = { cluster, headline, problems };
  switch (recovery.state) {
    case 'succeeded':
      return { tone: 'ok', text: words.t(sentences.succeeded, values) };
    case 'partial':
      return { tone: 'warning', text: words.t(sentences.partial, values) };
    case 'undone':
      return { tone: 'error', text: words.t(sentences.undone, values) };
    case 'failed':
    case 'interrupted':
    case 'running':
      return { tone: 'error', text: words.t(sentences.failed, values) };
    default:
      return recovery.state satisfies never;
  }
}

/** The step that runs now; undefined when nothing runs. `share`: per cent of the steps that have ended. */
export function stepNow(
  state: ClusterState,
  words: Words,
): { readonly text: string; readonly share: number } | undefined {
  const { running } = state;
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

function endedSteps(recovery: Recovery): number {
  return recovery.steps.filter((it) => it.state !== 'waiting' && it.state !== 'running').length;
}
