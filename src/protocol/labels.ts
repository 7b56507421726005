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
  InstancesRefuseUser: 'Instances refuse the monitor user',
  ServerKeyChanged: 'TLS key changed: no password is sent',
  InstancesNotResolved: 'Host names do not resolve here',
  InstancesNotReached: 'Instances were not reached yet',
  ReplicaNotReplicating: 'A replica does not replicate',
  WritableReplica: 'A replica takes writes',
  ReplicaLagging: 'A replica lags',
  SeveralSources: 'It reads from several sources',
  OutsideSource: 'The master reads from outside the cluster',
  MissingRights: 'The monitor user lacks rights',
  GroupMembers: 'Members of a group',
  NeighbourRefusesUser: 'A server beside the cluster refuses the monitor user',
  DeadMasterAndSomeReplicas: 'The master and some replicas are dead',
  DeadCoMaster: 'A co-master that takes writes is dead',
  DeadCoMasterAndSomeReplicas: 'A co-master and some replicas are dead',
  MasterCannotWrite: 'The master answers but cannot write',
  MasterBehindReplicas: 'The master lost what its replicas hold',
  LockedSemiSyncMaster: 'Writes wait for replicas that are not there',
  UnreachableMasterWithLaggingReplicas: 'The master is unreachable and all replicas lag',
  UnreachableMasterWithStaleReplicas: 'The master is unreachable and no replica applies',
  DeadIntermediateMaster: 'A source of other replicas is dead',
  DeadIntermediateMasterAndSomeReplicas: 'A source of others and some of its replicas are dead',
  DeadIntermediateMasterWithSingleReplicaFailingToConnect: 'The source of one replica is dead',
  DeadIntermediateMasterWithSingleReplica: 'The source of one stopped replica is dead',
  DeadIntermediateMasterAndReplicas: 'A source of others and all its replicas are silent',
  AllMasterReplicasNotReplicatingOrDead: 'No replica of the master replicates, and some are silent',
  MasterSingleReplicaNotReplicating: 'The only replica does not replicate',
  MasterSingleReplicaDead: 'The only replica is silent',
  UnreachableIntermediateMaster: 'A source of others is unreachable',
  UnreachableIntermediateMasterWithLaggingReplicas:
    'A source of others is unreachable and its replicas lag',
  AllIntermediateMasterReplicasFailingToConnectOrDead: 'No replica gets through to its source',
  AllIntermediateMasterReplicasNotReplicating: 'No replica of a source replicates',
  DuplicateServerUuid: 'Servers share one uuid',
  DuplicateReportHost: 'Servers report the same name',
  DuplicateServerId: 'Servers share one server id',
  PurgedBinlogsNeeded: 'A replica needs logs that are gone',
  LockedSemiSyncReplica: 'A replica applies nothing: it waits for acknowledgements',
  LockedSemiSyncMasterHypothesis: 'The next write will wait for replicas',
  NotEnoughValidSemiSyncReplicasStructureWarning: 'Too few replicas acknowledge',
  SemiSyncSourceOnReplica: 'A replica waits for acknowledgements',
  SemiSyncFellBack: 'The master no longer waits for replicas',
  LeavesOutTransactions: 'A server applies or logs less than its GTIDs say',
  ConnectionFailoverOn: 'A replica chooses its source by itself',
  NoLoggingReplicasStructureWarning: 'No replica could be promoted',
  ReplicaUpdatesNotLogged: 'A replica does not log what it replicates',
  NoFailoverSupportStructureWarning: 'A failover without GTID may leave replicas behind',
  DifferentGTIDModesStructureWarning: 'GTID is used by some and not by others',
  ReplicaOlderThanSource: 'A replica is older than its source',
  MultipleMajorVersionsLoggingReplicasStructureWarning: 'Replicas are of different releases',
  StatementAndMixedLoggingReplicasStructureWarning: 'Binary logs as STATEMENT and MIXED',
  StatementAndRowLoggingReplicasStructureWarning: 'Binary logs as STATEMENT and ROW',
  MixedAndRowLoggingReplicasStructureWarning: 'Binary logs as MIXED and ROW',
  SettingsSlowDetection: 'A replica notices a silent source late',
  MasterHasNoReplicas: 'The master has no replica',
  UnconfirmedInstance: 'Not confirmed as a member',
  UnreadSemiSyncReplicas: 'Replicas that acknowledge are not read',
  MembersToReview: 'Members to review',
  SettingsUnusable: 'Settings error',
  SettingsError: 'Settings error',
  ClusterUnnamed: 'No longer named in the settings',
  FailoverUnnamed: 'Automatic failover no longer named in the settings',
  SettingUnnamed: 'A setting was removed',
  NoMonitor: 'Armed, but no monitor is running',
  JournalUnavailable: 'Nothing can be recorded',
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
  SettingsUnusable: 'Settings error: {reason}',
  SettingsError: 'Settings error, running on the last good settings: {reason}',
  ClusterUnnamed:
    'The settings no longer name {cluster}. It is still watched, and protected as before.',
  FailoverUnnamed:
    'The settings no longer ask for automatic failover of {cluster}. It stays armed until you confirm.',
  SettingUnnamed:
    'The settings no longer name {name}, which automatic failover goes by. Its last value stays in force until you confirm.',
  JournalUnavailable:
    'Nothing can be recorded, so nothing is changed and automatic failover does not act. {reason}',
  NoMonitor:
    'Automatic failover of {cluster} is armed, but no monitor is running: a dead master would not be replaced.',
  AllMasterReplicasNotReplicating: 'No replica of {instance} replicates.',
  ReplicationCredentialsWrong: "{instance} cannot log in to {source} as '{user}' (error {code}).",
  ErrantGtid: '{instance} has {count} transactions that {master} lacks: {list}.',
  NeedsRejoin: '{instance} is outside: it needs to rejoin as a replica of {master}.',
  ReplicaUnreachable: '{instance} cannot be read.',
  ServerKeyChanged: 'The TLS key changed, so that no password is sent: {names}.',
  InstancesRefuseUser: '{count} instances refuse the monitor user: {names}.',
  InstancesNotResolved:
    '{count} instances cannot be reached because their host names do not resolve here: {names}.',
  InstancesNotReached: 'No connection to {count} instances could be made yet: {names}.',
  ReplicaNotReplicating:
    '{instance} does not replicate: receiver {receiver}, applier {applier}, error {code}.',
  WritableReplica: '{instance} is a replica but accepts writes.',
  ReplicaLagging: '{instance} is {seconds} s behind {source}.',
  SeveralSources: '{instance} reads from {count} sources: {list}.',
  OutsideSource: '{instance} is the master and reads from {list}, outside the cluster.',
  MissingRights: 'Our user lacks rights on {instance}: {missing}.',
  GroupMembers: '{names}: members of the {kind} group {name}, which elects its own primary.',
  NeighbourRefusesUser:
    '{place} refuses {user} ({number}). A replica that does not replicate would.',
  DeadMasterAndSomeReplicas:
    '{instance} and some of its replicas are dead: {reachable} of {replicas} replicas lost it.',
  DeadCoMaster: '{instance}, a co-master, is dead: {reachable} of {replicas} replicas lost it.',
  DeadCoMasterAndSomeReplicas:
    '{instance}, a co-master, and some replicas are dead: {reachable} of {replicas} replicas lost it.',
  MasterCannotWrite: '{instance} answers but cannot write: {count} attempts in a row failed.',
  MasterBehindReplicas:
    '{instance} lost transactions that it wrote: {count} of {replicas} replicas hold them, and cannot read on.',
  LockedSemiSyncMaster:
    'Writes on {instance} are blocked: {sessions} sessions wait for {waits} replicas, and {clients} acknowledge.',
  UnreachableMasterWithLaggingReplicas:
    '{instance} cannot be read from here, and all {replicas} replicas lag.',
  UnreachableMasterWithStaleReplicas:
    '{instance} is silent, and none of the {hearing} replicas that hear from it applies what it hears.',
  DeadIntermediateMaster:
    '{instance}, a source of others, is dead: {reachable} of {replicas} replicas lost it.',
  DeadIntermediateMasterAndSomeReplicas:
    '{instance}, a source of others, and some of its replicas are dead: {reachable} of {replicas} replicas lost it.',
  DeadIntermediateMasterWithSingleReplicaFailingToConnect:
    '{instance} is dead, and its only replica {names} fails to connect.',
  DeadIntermediateMasterWithSingleReplica:
    '{instance} is dead, and replication on its only replica {names} is stopped.',
  DeadIntermediateMasterAndReplicas:
    '{instance}, a source of others, and all its replicas are silent.',
  AllMasterReplicasNotReplicatingOrDead:
    'Every replica of {instance} is silent or does not replicate.',
  MasterSingleReplicaNotReplicating: 'The only replica of {instance} does not replicate.',
  MasterSingleReplicaDead: 'The only replica of {instance} is silent.',
  UnreachableIntermediateMaster:
    '{instance}, a source of others, cannot be read from here; {hearing} of {replicas} replicas hear from it.',
  UnreachableIntermediateMasterWithLaggingReplicas:
    '{instance}, a source of others, cannot be read from here, and all its replicas lag.',
  AllIntermediateMasterReplicasFailingToConnectOrDead:
    'No replica of {instance} gets through to it.',
  AllIntermediateMasterReplicasNotReplicating: 'No replica of the source {instance} replicates.',
  DuplicateServerUuid: '{names} have the same server_uuid: {value}.',
  DuplicateReportHost: '{names} report the same name: {value}.',
  DuplicateServerId: '{names} have the same server_id: {value}.',
  PurgedBinlogsNeeded: '{instance} needs binary logs that {source} no longer has (error {code}).',
  LockedSemiSyncReplica:
    '{instance} applies nothing: what it applies waits for {waits} replicas of its own, and {clients} acknowledge.',
  LockedSemiSyncMasterHypothesis:
    'The next write on {instance} will wait for {waits} replicas, and {clients} acknowledge.',
  NotEnoughValidSemiSyncReplicasStructureWarning:
    '{instance} should wait for {waits} replicas, but {able} could acknowledge.',
  SemiSyncSourceOnReplica:
    '{instance} is a replica, and its commits wait for {waits} replicas of its own: {clients} acknowledge.',
  SemiSyncFellBack: '{instance} no longer waits for its replicas: its timeout ran out.',
  LeavesOutTransactions: '{instance} applies or logs less than its GTIDs say: {list}.',
  ConnectionFailoverOn: '{instance} chooses another source by itself when it loses {source}.',
  NoLoggingReplicasStructureWarning:
    'No replica of {cluster} logs what it replicates, so none can be promoted.',
  ReplicaUpdatesNotLogged: '{instance} does not log what it replicates.',
  NoFailoverSupportStructureWarning:
    'No GTID in {cluster}: after a failover some replicas may not be able to follow.',
  DifferentGTIDModesStructureWarning: 'Some replicas of {cluster} use GTID and others do not.',
  ReplicaOlderThanSource: '{instance} ({version}) reads from the newer {source} ({newer}).',
  MultipleMajorVersionsLoggingReplicasStructureWarning:
    'Replicas of {cluster} are of different releases: {list}.',
  StatementAndMixedLoggingReplicasStructureWarning:
    'Replicas of {cluster} log in different formats: {one} and {other}.',
  StatementAndRowLoggingReplicasStructureWarning:
    'Replicas of {cluster} log in different formats: {one} and {other}.',
  MixedAndRowLoggingReplicasStructureWarning:
    'Replicas of {cluster} log in different formats: {one} and {other}.',
  SettingsSlowDetection: '{instance} notices only after {seconds} s that its source is silent.',
  MasterHasNoReplicas: '{instance} has no replicas.',
  UnconfirmedInstance:
    '{instance} is not confirmed as a member of {cluster}: Switchover does not log in to it.',
  UnreadSemiSyncReplicas:
    '{instance} counts {count} semi-sync replicas, and {read} of them are members that Switchover reads.',
  MembersToReview:
    'Members of {cluster} because they replicated before members were confirmed: {names}.',
};

export const roleWords: Record<Role, string> = {
  master: 'Master',
  'co-master': 'Co-master',
  replica: 'Replica',
  intermediate: 'Intermediate',
  detached: 'Detached',
  'group-member': 'Group member',
  unknown: 'Unknown',
};

export const silenceWords: Record<SilenceReason, string> = {
  refused: 'refuses connections',
  'timed-out': 'no answer in time',
  hung: 'accepts connections but hangs',
  'connection-lost': 'connection lost',
  'unknown-host': 'host name unknown',
  unreachable: 'no route to it',
  'tls-mismatch': 'TLS does not match',
  'key-changed': 'TLS key changed',
  denied: 'access denied',
  'too-many-connections': 'too many connections',
  'host-blocked': 'blocks this host',
  'shutting-down': 'is shutting down',
  'not-a-server': 'not a database server',
  'missing-rights': 'monitor user lacks rights',
  'server-error': 'answers with an error',
  'not-asked': 'could not be asked',
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
  relocate: 'Give replicas another source in {cluster}',
  fence: 'Close {instance} in {cluster}',
  repair: 'Start receivers again in {cluster}',
  detach: 'Detach {instance} in {cluster}',
  restore: 'Take back what was begun in {cluster}',
  'create-user': 'Create a user in {cluster}',
  fix: 'Fix {instance} in {cluster}',
  'end-session': 'End a session on {instance} in {cluster}',
};

export const recoveryWords: Record<RecoveryState, string> = {
  running: 'Running: {headline}',
  succeeded: 'Done: {headline}',
  partial: 'Done in part: {headline}',
  undone: 'Undone, everything is as before: {headline}',
  failed: 'Failed: {headline}',
  interrupted: 'Interrupted: {headline}',
};
