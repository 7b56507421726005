import type { SettingsFault } from '../../config/kept-settings.ts';
import type { ClusterState } from '../../core/backend.ts';
import { problemCodes, type Finding, type ProblemCode } from '../../core/model/finding.ts';
import { fill } from '../../core/model/phrase.ts';
import { problemSentences } from '../../protocol/labels.ts';
import { sentences } from '../../protocol/sentences.ts';

/** The codes of what only the editor sees: its settings, and whether a monitor runs. */
const codeOf: Readonly<Record<SettingsFault['kind'], ProblemCode>> = {
  wrong: 'SettingsError',
  removed: 'ClusterUnnamed',
  disarmed: 'FailoverUnnamed',
  dropped: 'SettingUnnamed',
};

const advice: Readonly<Record<SettingsFault['kind'], string>> = {
  wrong: sentences.correctSettings,
  removed: sentences.confirmRemoved,
  disarmed: sentences.confirmDisarmed,
  dropped: sentences.confirmDropped,
};

/** A mistake in the settings as a finding of the cluster that it concerns. */
export function findingOf(fault: SettingsFault, cluster: string): Finding {
  const code = fault.kind === 'wrong' && !fault.kept ? 'SettingsUnusable' : codeOf[fault.kind];
  return findingWith(code, { cluster, reason: fault.says, name: fault.path }, advice[fault.kind]);
}

/** Armed, but a dead master would stay. */
export function noMonitor(cluster: string): Finding {
  return findingWith('NoMonitor', { cluster }, sentences.startTheMonitor);
}

/** Whether automatic failover is armed, and no process would perform it. */
export function isUnwatched({ watch }: Pick<ClusterState, 'watch'>): boolean {
  if (watch === undefined || !watch.armed || watch.controller !== null) return false;
  return watch.downtimes.every((it) => it.instance !== null);
}

/** The state with findings that its engine does not know, gravest first. */
export function withFindings(state: ClusterState, more: readonly Finding[]): ClusterState {
  if (more.length === 0) return state;
  return { ...state, findings: [...more, ...state.findings].toSorted((a, b) => rank(a) - rank(b)) };
}

function rank({ code }: Finding): number {
  return problemCodes.indexOf(code);
}

function findingWith(code: ProblemCode, facts: Finding['facts'], says: string): Finding {
  return {
    code,
    severity: 'error',
    instance: null,
    says: fill(problemSentences[code], facts),
    evidence: [],
    advice: says,
    facts,
  };
}
