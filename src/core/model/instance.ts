import type { Group } from './group.ts';
import type { GtidState } from './gtid-state.ts';
import type { Phrase } from './phrase.ts';
import type { ScheduledEvents } from './scheduled-events.ts';

/** `host:port`, as the servers of a cluster name each other. The name of an instance, never the way to reach it. */
export type InstanceKey = string;

export type Flavor = 'mysql' | 'mariadb';

/** `[major, minor, patch]`. */
export type Release = readonly [number, number, number];

/**
 * Splits at the last colon; the port is 3306 where none is given. The host of an IPv6 address comes without its brackets, as
 * servers and resolvers take it.
 */
export function splitKey(key: InstanceKey): { readonly host: string; readonly port: number } {
  const colon = key.lastIndexOf(':');
  const port = colon === -1 || key.endsWith(']') ? Number.NaN : Number(key.slice(colon + 1));
  return Number.isInteger(port)
    ? { host: withoutBrackets(key.slice(0, colon)), port }
    : { host: withoutBrackets(key), port: 3306 };
}

/** An IPv6 address stands in brackets: else nobody could tell where its port begins. */
export function keyOf(host: string, port: number): InstanceKey {
  const bare = withoutBrackets(host);
  return bare.includes(':') ? `[${bare}]:${String(port)}` : `${bare}:${String(port)}`;
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

const silenceReasons = [
  'refused',
  'timed-out',
  'hung',
  'connection-lost',
  'unknown-host',
  'unreachable',
  'tls-mismatch',
  'key-changed',
  'denied',
  'too-many-connections',
  'host-blocked',
  'shutting-down',
  'not-a-server',
  'missing-rights',
  'server-error',
  'not-asked',
] as const;

/** Why an instance gave no picture of itself. `denied` and `too-many-connections` mean that it lives: it spoke. */
export type SilenceReason = (typeof silenceReasons)[number];

export function isSilenceReason(code: string): code is SilenceReason {
  return silenceReasons.some((it) => it === code);
}

/** Reasons that are an answer of a living server, though not the one we asked for. */
export const livingReasons: ReadonlySet<SilenceReason> = new Set([
  'denied',
  'too-many-connections',
  'host-blocked',
  'shutting-down',
  'missing-rights',
  'tls-mismatch',
  'key-changed',
  'server-error',
  // It was never dialled, or its answer could not be read: nothing follows from that.
  'not-asked',
]);

/** One attempt to ask one instance. `at`: milliseconds since the epoch, when the attempt ended. */
export type Probe =
  | { readonly kind: 'answered'; readonly at: number; readonly server: Server }
  | {
      readonly kind: 'silent';
      readonly at: number;
      readonly reason: SilenceReason;
      /** One plain sentence; never a password. */
      readonly says: Phrase;
      /** The server's own error number, where it spoke, e.g. 1045. */
      readonly errno?: number;
    };

/** A variable that keeps applications from writing although the server is not read-only. */
export type WriteBarrier = 'offline_mode' | 'innodb_read_only' | 'transaction_read_only';

/** What an instance answered about itself. */
export interface Server {
  readonly flavor: Flavor;
  /** As the server spells it, e.g. `10.11.19-MariaDB-0+deb12u1-log`. */
  readonly version: string;
  readonly release: Release;
  readonly serverId: number;
  /** MySQL only; MariaDB has none. */
  readonly serverUuid: string | null;
  readonly hostname: string;
  readonly port: number;
  /** `report_host`/`report_port` as configured; null where the server has none. */
  readonly reportHost: string | null;
  readonly reportPort: number | null;
  readonly readOnly: boolean;
  /** null where the server has no such variable. */
  readonly superReadOnly: boolean | null;
  /** Those that are ON. */
  readonly barriers: readonly WriteBarrier[];
  readonly binlog: boolean;
  /** `ROW`, `MIXED` or `STATEMENT`. */
  readonly binlogFormat: string | null;
  /** `log_replica_updates`, by whichever name. */
  readonly logsReplicaUpdates: boolean;
  /** Where its own binary log ends; null without a binary log or without the right to see it. */
  readonly binlogEnd: FilePosition | null;
  readonly gtid: GtidState;
  readonly eventScheduler: boolean;
  readonly events: ScheduledEvents;
  readonly semiSync: SemiSync;
  /** After how long a receiver that hears nothing gives up: `replica_net_timeout`, by whichever name. */
  readonly netTimeoutSeconds: number | null;
  /** A plug-in must see every new password to check it: one that is given as a hash is refused (MariaDB). */
  readonly refusesPasswordHashes: boolean;
  /** Settings that let it count what it did not apply, or keep what it writes out of its binary log. */
  readonly omissions: readonly Omission[];
  /** Whether clients may use TLS; null where nothing tells. */
  readonly offersTls: boolean | null;
  /** Nobody gets in without TLS. */
  readonly requiresTls: boolean;
  readonly uptimeSeconds: number;
  /** What it reads from; empty on a master. */
  readonly channels: readonly Channel[];
  /** Who reads from it, as far as it knows. */
  readonly replicas: readonly ConnectedReplica[];
  /** Everybody who registered as a replica, also without telling where it is; absent where that could not be read. */
  readonly registered?: readonly ConnectedReplica[];
  /** To whom it sends its binary log; absent where that was not asked. */
  readonly dumpThreads?: readonly DumpThread[];
  /** The group that it is a member of; absent for most. */
  readonly group?: Group;
  /** Whether databases are kept out of its binary log could not be asked; absent where `omissions` tells. */
  readonly unknownLogFilters?: true;
  /** What could not be read for want of a right: the statement or view, and the error. */
  readonly missing: readonly string[];
}

/**
 * A setting by which a server holds less than its GTIDs say: `name = value`, as the server spells both. `filter`: it
 * leaves out databases or tables that it names. `log`: it keeps what it names out of its own binary log. `skip`: it
 * passes over whatever does not fit.
 */
export interface Omission {
  readonly kind: 'filter' | 'log' | 'skip';
  readonly name: string;
  readonly value: string;
}

/** Semi-synchronous replication, on both sides; null where the server cannot, for want of its plugin. */
export interface SemiSync {
  readonly source: SemiSyncSource | null;
  readonly replica: SemiSyncReplica | null;
}

/** How a server waits for its replicas. */
export interface SemiSyncSource {
  /** The variable that switches it: releases and plugins differ. */
  readonly variable: string;
  readonly enabled: boolean;
  /** False while it does not wait although enabled: the timeout made it asynchronous. */
  readonly active: boolean;
  /** How many replicas must acknowledge. */
  readonly waitsFor: number;
  readonly timeoutMs: number;
  /** Also while fewer replicas than that are connected; else it stops waiting at once. */
  readonly waitsWithoutReplicas: boolean;
  /** `after-commit`: other sessions see a row before a replica has it. */
  readonly waitPoint: 'after-sync' | 'after-commit';
  /** Replicas that acknowledge, as far as it knows. */
  readonly clients: number;
  readonly waitingSessions: number;
}

/** How a server acknowledges what it received. */
export interface SemiSyncReplica {
  readonly variable: string;
  readonly enabled: boolean;
  /** True while its receiver acknowledges: what was enabled counts from the next connect on. */
  readonly active: boolean;
}

export interface FilePosition {
  readonly file: string;
  readonly offset: number;
}

export interface ConnectedReplica {
  /** null when only a dump thread shows it. */
  readonly serverId: number | null;
  readonly serverUuid: string | null;
  readonly host: string;
  /** null when only a dump thread shows it. */
  readonly port: number | null;
}

/** A thread that sends the binary log to a client: to a replica, or to a program that reads it. */
export interface DumpThread {
  readonly user: string;
  readonly host: string;
}

export interface ReplicationFault {
  readonly code: number;
  readonly message: string;
}

/** `connecting` is neither healthy nor stopped: it may reach the old master again at any moment. */
export type ReceiverState = 'yes' | 'no' | 'connecting';

/** One replication channel of a replica: one row of its status statement. */
export interface Channel {
  /** Empty for the default channel. */
  readonly name: string;
  readonly source: { readonly host: string; readonly port: number };
  /** 0 when never connected. */
  readonly sourceServerId: number;
  readonly sourceUuid: string | null;
  readonly user: string;
  readonly receiver: ReceiverState;
  readonly applier: 'yes' | 'no';
  /** null where the server says NULL: unknown, never zero. */
  readonly lagSeconds: number | null;
  /** A delay that somebody configured. */
  readonly delaySeconds: number;
  /** In the source's binary log: received up to, applied up to. */
  readonly received: FilePosition;
  readonly applied: FilePosition;
  readonly method: 'gtid' | 'file';
  /** `Retrieved_Gtid_Set` (MySQL) or `Gtid_IO_Pos` (MariaDB), as text; empty without GTID. */
  readonly retrieved: string;
  readonly receiverError: ReplicationFault | null;
  readonly applierError: ReplicationFault | null;
  readonly connectRetrySeconds: number;
  readonly filtered: boolean;
  /** Filters of this channel, the servers that it ignores, and what it is to skip next. */
  readonly omissions: readonly Omission[];
  readonly tls: boolean;
  /** It may ask its source for the key that `caching_sha2_password` needs without TLS, or has that in a file. */
  readonly publicKey: boolean;
  /** It chooses another source by itself when it loses this one (MySQL); null where our user may not see that. */
  readonly ownFailover: boolean | null;
  /** The row as the server gave it, for people to read. */
  readonly raw: Readonly<Record<string, string | null>>;
  /** The statement that gave the row, as this server spells it. */
  readonly statement: string;
}

/** One server of a cluster: its name, the way to it, and what we last saw. */
export interface Instance {
  readonly key: InstanceKey;
  /** Where we reach it, `host:port`. */
  readonly address: string;
  /** Other names that servers or seeds use for it. */
  readonly aliases: readonly InstanceKey[];
  readonly probe: Probe;
  /** The last answer ever, kept while the instance is silent; null when it never answered. */
  readonly lastAnswer: { readonly at: number; readonly server: Server } | null;
  /**
   * When it first said that its receiver does not run, where it has said so ever since; milliseconds since the epoch.
   */
  readonly notReceivingSince?: number;
  /**
   * It was never heard, by this process or an earlier one: nothing is known of it, and nothing follows from its silence.
   * Absent for all others.
   */
  readonly unheard?: true;
}

/** The name that a server reports to its source: `report_host` and its port; null where it reports none. */
export function reportedName({ reportHost, reportPort, port }: Server): InstanceKey | null {
  return reportHost === null || reportHost === '' ? null : keyOf(reportHost, reportPort ?? port);
}

/** The answer of this very round; undefined when the instance is silent. */
export function answered(instance: Instance | undefined): Server | undefined {
  return instance?.probe.kind === 'answered' ? instance.probe.server : undefined;
}

/** True when the instance spoke in this round, even if only to refuse us. */
export function alive(instance: Instance): boolean {
  return instance.probe.kind === 'answered' || livingReasons.has(instance.probe.reason);
}

/** True when `a` is of an older release line than `b`: 10.6 before 10.11, 8.0 before 8.4. */
export function olderSeries(a: Pick<Server, 'release'>, b: Pick<Server, 'release'>): boolean {
  return (
    a.release[0] < b.release[0] || (a.release[0] === b.release[0] && a.release[1] < b.release[1])
  );
}
