import type { InstanceKey } from './instance.ts';
import type { Phrase } from './phrase.ts';
import type { Decision } from './plan.ts';
import type { ReplicationAccount, Setting, SourceOptions } from './setting.ts';

/** What the doctor looks for, gravest first within each gravity. */
export const doctorCodes = [
  'ReplicationCredentialsWrong',
  'MonitorUserRefused',
  'ReplicationUserMissing',
  'AccountConflict',
  'ReplicationPasswordUnfit',
  'WritableReplica',
  'DuplicateServerUuid',
  'DuplicateServerId',
  'PurgedBinlogsNeeded',
  'BinlogOff',
  'ReplicaUpdatesNotLogged',
  'MissingRights',
  'OthersHidden',
  'TooFewConnections',
  'TlsSwitchedOff',
  'NoGtid',
  'PlaceNotByGtid',
  'ReplicationFilters',
  'SkipsTransactions',
  'ConnectionFailoverOn',
  'LogsInByCache',
  'AccountDemandsTls',
  'AccountUnusable',
  'BinlogFilters',
  'ReplicaOlderThanSource',
  'SemiSyncSourceOnReplica',
  'GivesUpConnecting',
  'DiskFull',
  'SlowDetection',
  'SlowHeartbeat',
  'SlowConnectRetry',
  'SemiSyncReplicaStopsSlowly',
  'ReportHostMissing',
  'ReadOnlyNotKept',
  'SuperReadOnlyOff',
  'SemiSyncStopsWaiting',
  'SemiSyncFallsBack',
  'ClockSkew',
  'ShortBinlogRetention',
  'NotDurable',
  'GtidNotStrict',
  'RelayLogNotRecovered',
  'NamesAreResolved',
  'GroupMember',
  'StatementsLogged',
  'NoTls',
] as const;

export type DoctorCode = (typeof doctorCodes)[number];

/** `breaks`: a recovery fails or loses something. `slows`: it comes later than it could. `advice`: better otherwise. */
export type Gravity = 'breaks' | 'slows' | 'advice';

/** What a plan would change on the instance, as data; the planner puts it in order. */
export interface Remedy {
  readonly settings?: readonly Setting[];
  /** They follow the role of the server, so none of them is kept over a restart. */
  readonly passing?: true;
  readonly options?: Partial<SourceOptions>;
  /** `on`: the master, or the instance alone. */
  readonly account?: ReplicationAccount & { readonly on: InstanceKey };
  /** Takes no writes from now on. */
  readonly closes?: true;
  /** Takes effect when replication starts again. */
  readonly restarts?: true;
}

/** What only a person can do; the dialect spells it for the server's release. */
export type Instruction =
  /** For the `[mysqld]` section of its option file. `restart`: it takes effect with the next start. */
  | {
      readonly do: 'option-lines';
      readonly options: readonly { readonly name: OptionName; readonly value: string }[];
      readonly restart: boolean;
    }
  /** To be run as an administrator. `alone`: on a replica, not written to its binary log. */
  | {
      readonly do: 'grant-rights';
      readonly rights: readonly string[];
      readonly user: string;
      readonly host: string;
      readonly alone: boolean;
    }
  /** The same, for the user of the settings that replicas connect with. */
  | { readonly do: 'make-account'; readonly account: ReplicationAccount }
  /** On a replica that has an account which its source makes only now; then replication goes on. */
  | { readonly do: 'drop-account'; readonly user: string; readonly host: string }
  | { readonly do: 'make-monitor-user'; readonly alone: boolean }
  /** Lets an account hold as many connections as the server has. */
  | { readonly do: 'lift-connection-limit'; readonly user: string; readonly host: string }
  | { readonly do: 'switch-gtid-on' }
  | { readonly do: 'run'; readonly command: string };

/** Names of an option file that SQL cannot set, and those that it can. */
export type OptionName =
  Setting['name'] | 'log_bin' | 'log_replica_updates' | 'report_host' | 'report_port';

/** One thing that would break or slow a recovery. */
export interface DoctorItem {
  readonly code: DoctorCode;
  readonly gravity: Gravity;
  /** The one that a fix is about. */
  readonly instance: InstanceKey;
  /** One sentence. */
  readonly says: Phrase;
  /** What it does to a recovery: one sentence. */
  readonly why: Phrase;
  /** What was measured, one sentence each. */
  readonly evidence: readonly Phrase[];
  /** What to do: one sentence. */
  readonly advice: Phrase;
  readonly remedy: Remedy | null;
  readonly byHand: readonly { readonly on: InstanceKey; readonly instruction: Instruction }[];
}

/** The exact lines of an instruction. */
export interface SpelledInstruction {
  readonly on: InstanceKey;
  readonly into: 'sql' | 'option-file' | 'shell';
  readonly lines: readonly string[];
  /** It takes effect with the next start of the server. */
  readonly restart: boolean;
}

export interface CheckedItem extends DoctorItem {
  /** The plan that would mend it, or why there is none now; null where only a person can. */
  readonly fix: Decision | null;
  readonly instructions: readonly SpelledInstruction[];
}

export interface CheckReport {
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Gravest first. */
  readonly items: readonly CheckedItem[];
  /** What could not be asked. */
  readonly unasked: readonly { readonly instance: InstanceKey; readonly says: Phrase }[];
}
