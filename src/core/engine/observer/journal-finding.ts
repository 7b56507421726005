import { matchesCluster } from '../../decide/filters.ts';
import { problemCodes, type Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';

export const journalAdvice =
  'Make the journal readable and writable again; nothing needs to be restarted.';

/** The findings, and that the journal fails where it does: what cannot be recorded is not done. */
export function withJournal(
  findings: readonly Finding[],
  trouble: string | undefined,
  { mode, cluster, recoverMasterFilters }: Policy,
): readonly Finding[] {
  if (trouble === undefined) return findings;
  const armed = mode === 'manage' && matchesCluster(cluster, recoverMasterFilters);
  const finding: Finding = {
    code: 'JournalUnavailable',
    severity: armed ? 'error' : 'warning',
    instance: null,
    says: `Nothing can be recorded, so nothing is changed and automatic failover does not act. ${trouble}`,
    evidence: [],
    advice: journalAdvice,
    facts: { reason: trouble },
  };
  return [finding, ...findings].toSorted((a, b) => rank(a) - rank(b));
}

function rank({ code }: Finding): number {
  return problemCodes.indexOf(code);
}
