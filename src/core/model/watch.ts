import type { ProblemCode } from './finding.ts';
import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';

/** A window in which findings are shown but nothing is done by itself. Times: milliseconds since the epoch. */
export interface Downtime {
  readonly cluster: string;
  /** null: the whole cluster. */
  readonly instance: InstanceKey | null;
  readonly since: number;
  /** null: until somebody ends it. */
  readonly until: number | null;
  readonly owner: string;
  readonly reason: string;
}

/** Automatic failover of one cluster, switched off by hand although its filters allow it. */
export interface Disarming {
  readonly cluster: string;
  readonly at: number;
  readonly by: string;
  readonly reason: string;
}

/** One finding that an automatic recovery could answer, and what became of it. */
export interface Detection {
  /** Sorts by time. */
  readonly id: string;
  readonly cluster: string;
  readonly at: number;
  readonly code: ProblemCode;
  readonly instance: InstanceKey | null;
  /** The finding's sentence in English; the views translate by `code` and `facts`. */
  readonly says: string;
  readonly facts: Readonly<Record<string, string | number>>;
  /** Who saw what: one sentence each. */
  readonly evidence: readonly Phrase[];
  readonly decision: 'acted' | 'held';
  /** Why it was held, one sentence each; empty when it was acted upon. */
  readonly because: readonly Phrase[];
  /** The recovery that answered it; null when held. */
  readonly recovery: string | null;
}

/**
 * A receiver that the watch stops, to ask whether it gets through or because nobody got through, until it is started
 * again: noted before, so that whoever comes after a process that died knows why it stands.
 */
export interface StoppedReceiver {
  readonly instance: InstanceKey;
  readonly source: InstanceKey;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `user@host (pid)`. */
  readonly by: string;
}

/** Who keeps the watch over a cluster. */
export interface Controller {
  /** `user@host (pid)`. */
  readonly holder: string;
  /** It is this process. */
  readonly us: boolean;
}
