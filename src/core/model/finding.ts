import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';

/** Gravest first. Orchestrator's word where it has one. */
export const problemCodes = [
  'TwoWritableMasters',
  'DeadMaster',
  'DeadMasterWithoutReplicas',
  'DeadMasterAndReplicas',
  'NoWritableMaster',
  'UnreachableMaster',
  'NothingReachable',
  'AllMasterReplicasNotReplicating',
  'ReplicationCredentialsWrong',
  'ErrantGtid',
  'NeedsRejoin',
  'ReplicaUnreachable',
  'ReplicaNotReplicating',
  'WritableReplica',
  'ReplicaLagging',
  'MissingRights',
  'MasterHasNoReplicas',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

export type Severity = 'error' | 'warning' | 'info';

/** That trouble, seen at an instance of one topology. */
export interface Finding {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** null when the whole cluster is meant. */
  readonly instance: InstanceKey | null;
  /** One sentence for a person, in English; the views translate by `code` and `facts`. */
  readonly says: string;
  /** Who saw what: one sentence each. */
  readonly evidence: readonly Phrase[];
  /** What may be done about it: one sentence. */
  readonly advice: string;
  /** The values in the sentence, by name, for translation. */
  readonly facts: Readonly<Record<string, string | number>>;
}
