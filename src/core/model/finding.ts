import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';

/** Gravest first. Orchestrator's word where it has one. */
export const problemCodes = [
  'TwoWritableMasters',
  'DeadMaster',
  'DeadMasterAndSomeReplicas',
  'DeadCoMaster',
  'DeadCoMasterAndSomeReplicas',
  'DeadMasterWithoutReplicas',
  'DeadMasterAndReplicas',
  'NoWritableMaster',
  'MasterCannotWrite',
  'MasterBehindReplicas',
  'LockedSemiSyncMaster',
  'UnreachableMaster',
  'UnreachableMasterWithLaggingReplicas',
  'UnreachableMasterWithStaleReplicas',
  'NothingReachable',
  'SettingsUnusable',
  'SettingsError',
  'ClusterUnnamed',
  'FailoverUnnamed',
  'SettingUnnamed',
  'NoMonitor',
  'JournalUnavailable',
  'DeadIntermediateMaster',
  'DeadIntermediateMasterAndSomeReplicas',
  'DeadIntermediateMasterWithSingleReplicaFailingToConnect',
  'DeadIntermediateMasterWithSingleReplica',
  'DeadIntermediateMasterAndReplicas',
  'AllMasterReplicasNotReplicating',
  'AllMasterReplicasNotReplicatingOrDead',
  'MasterSingleReplicaNotReplicating',
  'MasterSingleReplicaDead',
  'UnreachableIntermediateMaster',
  'UnreachableIntermediateMasterWithLaggingReplicas',
  'AllIntermediateMasterReplicasFailingToConnectOrDead',
  'AllIntermediateMasterReplicasNotReplicating',
  'DuplicateServerUuid',
  'DuplicateServerId',
  'DuplicateReportHost',
  'ReplicationCredentialsWrong',
  'PurgedBinlogsNeeded',
  'LockedSemiSyncReplica',
  'LockedSemiSyncMasterHypothesis',
  'NotEnoughValidSemiSyncReplicasStructureWarning',
  'SemiSyncFellBack',
  'SemiSyncSourceOnReplica',
  'ErrantGtid',
  'LeavesOutTransactions',
  'ConnectionFailoverOn',
  'NeedsRejoin',
  'ReplicaUnreachable',
  'InstancesRefuseUser',
  'ServerKeyChanged',
  'InstancesNotResolved',
  'InstancesNotReached',
  'ReplicaNotReplicating',
  'WritableReplica',
  'ReplicaLagging',
  'NoLoggingReplicasStructureWarning',
  'ReplicaUpdatesNotLogged',
  'NoFailoverSupportStructureWarning',
  'DifferentGTIDModesStructureWarning',
  'ReplicaOlderThanSource',
  'MultipleMajorVersionsLoggingReplicasStructureWarning',
  'StatementAndMixedLoggingReplicasStructureWarning',
  'StatementAndRowLoggingReplicasStructureWarning',
  'MixedAndRowLoggingReplicasStructureWarning',
  'UnconfirmedInstance',
  'UnreadSemiSyncReplicas',
  'SettingsSlowDetection',
  'MissingRights',
  'SeveralSources',
  'OutsideSource',
  'NeighbourRefusesUser',
  'GroupMembers',
  'MasterHasNoReplicas',
  'MembersToReview',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** Codes that differ in detail but are answered in the same way. */
type ProblemFamily = 'dead-master' | 'unreachable-master' | 'silent-cluster' | 'dead-intermediate';

const families: Partial<Record<ProblemCode, ProblemFamily>> = {
  DeadMaster: 'dead-master',
  DeadMasterAndSomeReplicas: 'dead-master',
  DeadCoMaster: 'dead-master',
  DeadCoMasterAndSomeReplicas: 'dead-master',
  UnreachableMaster: 'unreachable-master',
  UnreachableMasterWithLaggingReplicas: 'unreachable-master',
  UnreachableMasterWithStaleReplicas: 'unreachable-master',
  DeadMasterAndReplicas: 'silent-cluster',
  DeadIntermediateMaster: 'dead-intermediate',
  DeadIntermediateMasterAndSomeReplicas: 'dead-intermediate',
  DeadIntermediateMasterWithSingleReplicaFailingToConnect: 'dead-intermediate',
};

/** Undefined for a trouble that nothing answers by itself. */
export function familyOf(code: ProblemCode): ProblemFamily | undefined {
  return families[code];
}

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
