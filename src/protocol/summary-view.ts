import type { ClusterState } from '../core/backend.ts';
import type { PlanKind } from '../core/model/plan.ts';
import type { Recovery } from '../core/model/recovery.ts';
import { projectLines } from './container-view.ts';
import { problemTitles } from './labels.ts';
import type { BannerView, SummaryView } from './panel-state.ts';
import { endedSteps, runningNow, waitingRecovery } from './recovery-now.ts';
import { sentences } from './sentences.ts';
import { blockedSays, watchWord } from './watch-view.ts';
import type { Localizer } from './localizer.ts';

export interface SummaryContext {
  readonly banners: readonly BannerView[];
  readonly labels: ReadonlyMap<string, string>;
  readonly words: Localizer;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The cluster in one line: what runs, else what is wrong, else what waits, else its master. */
export function summaryOf(state: ClusterState, context: SummaryContext): SummaryView {
  const { banners, words, labels } = context;
  const blocked = blockedSays(state.watch, words, context.now);
  const says = [...banners.map((it) => it.says), ...(blocked === undefined ? [] : [blocked])];
  const tooltip = [state.topology.cluster, ...says, ...projectLines(state, words)];
  const running = runningNow(state);
  if (running !== null) {
    const description = runningText(running, labels, words);
    return { tone: 'warning', icon: 'sync~spin', description, tooltip };
  }
  const [gravest] = state.findings;
  const waiting = waitingRecovery(state.recoveries);
  // After a failover the old master is missed as long as it is dead: the bell would never be seen behind that.
  if (waiting !== undefined && gravest?.severity !== 'error') {
    const instance = labelOf(waiting.newMaster, labels);
    const description = words.t(sentences.acknowledgeSummary, { instance });
    return { tone: 'warning', icon: 'bell-dot', description, tooltip };
  }
  if (gravest !== undefined && gravest.severity !== 'info') {
    const description = words.t(problemTitles[gravest.code]);
    return { tone: gravest.severity, icon: gravest.severity, description, tooltip };
  }
  return {
    tone: 'ok',
    icon: 'server-environment',
    description: calm(state, context),
    tooltip,
  };
}

const runningSentences: Record<PlanKind, string> = {
  switchover: sentences.promotingSummary,
  failover: sentences.promotingSummary,
  rejoin: sentences.rejoiningSummary,
  relocate: sentences.movingSummary,
  fence: sentences.closingSummary,
  restore: sentences.restoringSummary,
  repair: sentences.repairingSummary,
  'create-user': sentences.userSummary,
  fix: sentences.fixingSummary,
  'end-session': sentences.endingSummary,
  detach: sentences.detachingSummary,
};

function runningText(
  recovery: Recovery,
  labels: ReadonlyMap<string, string>,
  words: Localizer,
): string {
  const done = Math.min(endedSteps(recovery) + 1, recovery.steps.length);
  const moves = recovery.kind === 'relocate';
  return words.t(runningSentences[recovery.kind], {
    instance: labelOf(moves ? recovery.newMaster : recovery.subject, labels),
    done,
    all: recovery.steps.length,
  });
}

function calm({ topology, watch }: ClusterState, { labels, words, now }: SummaryContext): string {
  if (topology.master === null) {
    return words.t(sentences.noMasterYet);
  }
  const master = labelOf(topology.master, labels);
  const count = topology.members.length;
  const servers =
    count === 1
      ? words.t(sentences.soleSummary, { master })
      : words.t(sentences.healthySummary, { master, count });
  return watch === undefined ? servers : `${servers} · ${watchWord(watch, words, now)}`;
}

function labelOf(key: string, labels: ReadonlyMap<string, string>): string {
  return labels.get(key) ?? key;
}
