import type { Phrase } from '../model/phrase.ts';
import type { Finding, ProblemCode, Severity } from '../model/finding.ts';

/** What a rule of a table says when it holds. */
export interface Holding {
  readonly instance: string | null;
  readonly says: string;
  readonly evidence?: readonly Phrase[];
  readonly facts?: Readonly<Record<string, string | number>>;
  /** Where that of the kind does not fit. */
  readonly advice?: string;
}

/** One entry of a table: a kind of trouble, when it holds, and what may be done about it. */
export interface Problem<View> {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly advice: string;
  /** Undefined when the trouble is absent. Reads only its view. */
  readonly holds: (view: View) => Holding | undefined;
}

export function findingOf<View>(problem: Problem<View>, holding: Holding): Finding {
  return {
    code: problem.code,
    severity: problem.severity,
    instance: holding.instance,
    says: holding.says,
    evidence: holding.evidence ?? [],
    advice: holding.advice ?? problem.advice,
    facts: holding.facts ?? {},
  };
}
