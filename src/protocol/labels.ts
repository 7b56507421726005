import type { ProblemCode } from '../core/model/finding.ts';
import type { SilenceReason } from '../core/model/instance.ts';
import type { PlanKind } from '../core/model/plan.ts';
import type { RecoveryState } from '../core/model/recovery.ts';
import type { Role } from '../core/model/topology.ts';

/** A few words for each kind of trouble, for a line in a tree or a badge. */
export const problemTitles: Record<ProblemCode, string> = {
  TwoWritableMasters: 'Two masters take writes',
  DeadMaster: 'The master is dead',
  DeadMasterWithoutReplicas: 'The master is dead and has no replica',
  DeadMasterAndReplicas: 'The master and all replicas are silent',
  NoWritableMaster: 'No server takes writes',
  UnreachableMaster: 'The master is unreachable',
  NothingReachable: 'No server is reachable',
  AllMasterReplicasNotReplicating: 'No replica of the master replicates',
  ReplicationCredentialsWrong: 'The replication user is not let in',
  ErrantGtid: 'Transactions that the master lacks',
  NeedsRejoin: 'A former master waits for its rejoin',
  ReplicaUnreachable: 'A replica is unreachable',
  ReplicaNotReplicating: 'A replica does not replicate',
  WritableReplica: 'A replica takes writes',
  ReplicaLagging: 'A replica lags',
  MissingRights: 'The monitor user lacks rights',
  MasterHasNoReplicas: 'The master has no replica',
};

/**
 * One sentence for each kind of trouble, with the finding's facts in braces, for translation.
 * Where English is read, the engine's own sentence is shown instead: it knows more.
 */
export const problemSentences: Record<ProblemCode, string> = {
  TwoWritableMasters: '{count} instances accept writes and follow nobody: {names}.',
  DeadMaster: '{instance} is dead: {reachable} of {replicas} replicas lost it.',
  DeadMasterWithoutReplicas: '{instance} is dead and has no replicas.',
  DeadMasterAndReplicas: '{instance} and all its replicas are silent.',
  NoWritableMaster: '{instance} is the master but read-only: no server takes writes.',
  UnreachableMaster:
    '{instance} cannot be read from here; {hearing} of {replicas} replicas still hear from it.',
  NothingReachable: 'No instance of {cluster} can be reached.',
  AllMasterReplicasNotReplicating: 'No replica of {instance} replicates.',
  ReplicationCredentialsWrong: "{instance} cannot log in to {source} as '{user}' (error {code}).",
  ErrantGtid: '{instance} has {count} transactions that {master} lacks: {list}.',
  NeedsRejoin: '{instance} is outside: it needs to rejoin as a replica of {master}.',
  ReplicaUnreachable: '{instance} cannot be read.',
  ReplicaNotReplicating:
    '{instance} does not replicate: receiver {receiver}, applier {applier}, error {code}.',
  WritableReplica: '{instance} is a replica but accepts writes.',
  ReplicaLagging: '{instance} is {seconds} s behind {source}.',
  MissingRights: 'Our user lacks rights on {instance}: {missing}.',
  MasterHasNoReplicas: '{instance} has no replicas.',
};

export const roleWords: Record<Role, string> = {
  master: 'Master',
  'co-master': 'Co-master',
  replica: 'Replica',
  intermediate: 'Intermediate',
  detached: 'Detached',
};

export const silenceWords: Record<SilenceReason, string> = {
  refused: 'refuses connections',
  'timed-out': 'no answer in time',
  hung: 'accepts connections but hangs',
  'connection-lost': 'connection lost',
  'unknown-host': 'host name unknown',
  unreachable: 'no route to it',
  'tls-mismatch': 'TLS does not match',
  denied: 'access denied',
  'too-many-connections': 'too many connections',
  'host-blocked': 'blocks this host',
  'shutting-down': 'is shutting down',
  'not-a-server': 'not a database server',
  'missing-rights': 'monitor user lacks rights',
};

export const environmentWords = {
  lab: 'Lab',
  staging: 'Staging',
  production: 'Production',
} as const;

export const headlines: Record<PlanKind, string> = {
  switchover: 'Promote {instance} to master of {cluster}',
  failover: 'Promote {instance} to master of {cluster}: the master is gone',
  rejoin: 'Rejoin {instance} as a replica in {cluster}',
  fence: 'Close {instance} in {cluster}',
  restore: 'Take back what was begun in {cluster}',
};

export const recoveryWords: Record<RecoveryState, string> = {
  running: 'Running: {headline}',
  succeeded: 'Done: {headline}',
  partial: 'Done in part: {headline}',
  undone: 'Undone, everything is as before: {headline}',
  failed: 'Failed: {headline}',
  interrupted: 'Interrupted: {headline}',
};
