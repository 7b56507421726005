import type { Container } from './model/container.ts';
import type { AccountState, DatabaseUser } from './model/database-user.ts';
import type { CheckUp, DatabaseAccount } from './model/check-up.ts';
import type { Instruction, SpelledInstruction } from './model/doctor.ts';
import type { InstanceKey, Probe, Server } from './model/instance.ts';
import type { Phrase } from './model/phrase.ts';
import type { Action } from './model/plan.ts';
import type { Position } from './model/position.ts';
import type { LockAnswer, LockHolder, LockTerms } from './model/lock-answer.ts';
import type { Recovery } from './model/recovery.ts';
import type { Standing } from './model/standing.ts';
import type { ServerKey } from './model/server-key.ts';
import type { WriteOutcome } from './model/write-trial.ts';
import type { Detection, Disarming, Downtime, StoppedReceiver } from './model/watch.ts';

/** Asks one instance about itself. Never throws for a server's trouble: silence is an answer. */
export interface Prober {
  /** `address`: where to reach it, `host:port`. Ends within the configured timeouts, whatever the server does. */
  probe(address: string, signal: AbortSignal): Promise<Probe>;
  /** Tells an address whose kept connection ended without us: the server may have died this moment. */
  onLost(listener: (address: string) => void): void;
  /** Hangs up everything. */
  close(): void;
}

/** A session that holds a lock on a whole server. */
export interface Hindrance {
  /** Whose it is, and how to end it. */
  readonly says: Phrase;
  /** `promotion`: it cannot become a master meanwhile; `writes`: it can, and takes no writes. */
  readonly keepsOut: 'writes' | 'promotion';
}

/** Asks what an account has to show at a server before that becomes the source of others. */
export interface DemandReader {
  /** Accounts of these users; undefined where the server does not tell. Ends within the configured time-outs. */
  accountsOf(
    address: string,
    asked: { readonly server: Server; readonly users: readonly string[] },
  ): Promise<readonly DatabaseAccount[] | undefined>;
}

/** Asks who holds a lock on a whole server, such as a backup takes. */
export interface HindranceReader {
  /**
   * Undefined where nobody does, or the server does not tell. Ends within the configured time-outs and never rejects.
   */
  hindrance(address: string, server: Server): Promise<Hindrance | undefined>;
}

/** Tries to write one row of our own on a master. Never throws for a server's trouble: that is what it looks for. */
export interface WriteProbe {
  /** Ends within a few seconds. An attempt that waits longer goes on, and is what the next call at that address tells of. */
  attempt(address: string): Promise<WriteOutcome>;
  /** Hangs up; a later attempt begins anew. */
  close(): void;
}

/** Where we reach an instance that servers call `key`; it may change while a cluster is watched. */
export interface AddressBook {
  /** As last known; never waits. */
  addressOf(key: InstanceKey): string;
  /** Those that were led to an address which is not their own name; none for most addresses. */
  keysAt(address: string): readonly InstanceKey[];
  /** Looks, where that may have changed; takes a second at most. Never rejects. */
  find(key: InstanceKey): Promise<string>;
  /**
   * How the other servers call the one that answers to `key` and gives itself the name `hostname`; undefined where `key`
   * is as good a name for them as any.
   */
  peerNameOf(key: InstanceKey, hostname: string): InstanceKey | undefined;
  /** The container that it runs in, as far as that is known. `hostname`: what it calls itself, where it answered. */
  containerOf(key: InstanceKey, hostname?: string): Container | undefined;
  /** What a person should know; one sentence each. */
  notes(): readonly Phrase[];
  /** Tells that something may be found elsewhere now, or that a container began or ended. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  /**
   * Names of servers that stand beside those of the cluster, such as containers on its network, and may belong to it.
   * Empty where nothing is known of a neighbourhood.
   */
  neighbours(): readonly InstanceKey[];
  /**
   * Whether the container engine itself led this name, which was looked for before, to a container on a network of its own
   * that a seed's container is on, or in the compose project of a seed's container.
   */
  isBesideSeed(key: InstanceKey): boolean;
}

export interface ActionOutcome {
  /** What was found, one sentence; null when there is nothing to tell. */
  readonly note: Phrase | null;
  /** The position that `mark-position` read. */
  readonly position?: Position;
}

export interface ActionCircumstances {
  /** The instance as last seen, for its dialect. */
  readonly server: Server;
  /** Positions recorded by earlier steps, by mark. */
  readonly marks: ReadonlyMap<string, Position>;
  readonly deadlineMs: number;
  /** Taking back: a lost connection is opened again, if the lock is still free. */
  readonly takesBack?: boolean;
}

/** Performs one action on one instance, within its deadline whatever the server does. Throws ReplicationError. */
export interface Commander {
  /** Opens the connection ahead of time, so that no log-in falls into the time without writes. */
  prepare(address: string, signal: AbortSignal): Promise<void>;
  /**
   * Takes the server's lock on the connection that all actions there run on: a lost lock is a lost statement. Held until
   * `close`; a holder that freezes loses it, for the server ends its idle connection. Waits for nobody: a session that
   * cannot be another Switchover at work is ended for it, and any other is named.
   */
  lock(address: string, terms: LockTerms, signal: AbortSignal): Promise<LockAnswer>;
  /** Whether the lock that was taken there is still ours; asks the server. */
  holdsLock(address: string): Promise<boolean>;
  perform(
    address: string,
    action: Action,
    circumstances: ActionCircumstances,
    signal: AbortSignal,
  ): Promise<ActionOutcome>;
  close(): void;
}

/** Who holds the recovery lock of a server; null for nobody, undefined where it cannot be asked. */
export interface LockReader {
  holderOf(address: string, signal: AbortSignal): Promise<LockHolder | null | undefined>;
}

/** Confirms servers by their certificates. */
export interface Certificates {
  /** Whether the server there shows a certificate of our authority for this name; false where it cannot be asked. Sends no password. */
  confirm(name: InstanceKey, address: string): Promise<boolean>;
}

/** Runs programs of the settings on this machine. */
export interface ProgramRunner {
  /** The name of this machine. */
  readonly host: string;
  /**
   * Runs a program with its arguments and without a shell; it inherits no password of ours. After `deadlineMs` it is
   * killed with all that it started. Returns what it said, one sentence; null for nothing. Throws ReplicationError when
   * it cannot be run, fails or does not end.
   */
  run(
    program: readonly string[],
    how: { readonly environment: Readonly<Record<string, string>>; readonly deadlineMs: number },
    signal: AbortSignal,
  ): Promise<Phrase | null>;
}

/** Spells an action for a server, secrets starred, for plans and records. */
export type Spell = (action: Action, server: Server | undefined) => readonly string[];

/** Asks an instance what no round asks. Never throws for a server's trouble: what could not be asked is named. */
export interface Examiner {
  /** `users`: whose accounts to look for. `mode`: what the settings let us do. */
  examine(
    instance: { readonly instance: InstanceKey; readonly address: string; readonly server: Server },
    what: { readonly users: readonly string[]; readonly mode: 'observe' | 'manage' },
    signal: AbortSignal,
  ): Promise<CheckUp>;
}

/** Spells what only a person can do, a password in angle brackets. */
export type Instruct = (
  on: InstanceKey,
  instruction: Instruction,
  server: Server | undefined,
) => SpelledInstruction;

/** Lists what an instance wrote behind a place in its own binary log; at most `limit` transactions, as the server names them. */
export interface BinlogReader {
  transactionsAfter(
    address: string,
    after: { readonly file: string; readonly offset: number },
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

/** Tells whether an account is there. Never throws for a server's trouble. */
export interface AccountReader {
  stateOf(
    address: string,
    account: Pick<DatabaseUser, 'name' | 'host'>,
    signal: AbortSignal,
  ): Promise<AccountState>;
}

/** What a proxy shows of itself. */
export interface ProxyPicture {
  readonly kind: 'embedded';
  /** `host:port` that applications connect to. */
  readonly listen: string;
  /** `leading`: to `target`. `holding`: new connections wait. `closed`: it does not listen; `problem` says why. */
  readonly state: 'leading' | 'holding' | 'closed';
  /** The address it leads to. */
  readonly target: string | null;
  readonly connections: number;
  /** One sentence; null when all is well. */
  readonly problem: string | null;
}

/** A server as a proxy is told of it. */
export interface ProxiedServer {
  readonly key: InstanceKey;
  /** Where we reach it, `host:port`; a proxy elsewhere may know it by its key only. */
  readonly address: string;
}

/** Where a proxy is to lead. */
export interface ProxyTargets {
  readonly master: ProxiedServer;
  /** Those that replicate from it, for proxies that also lead readers. */
  readonly replicas: readonly ProxiedServer[];
}

/** The address that applications know. What is asked of it ends within the deadline, or throws ReplicationError. */
export interface Proxy {
  /** Begins to serve. Throws ReplicationError when its address is taken. */
  open(): Promise<void>;
  /** As last known; never waits. */
  show(): ProxyPicture;
  /** Cuts what leads to the old target; new connections wait for the next target, at most the configured time. */
  hold(deadlineMs: number): Promise<void>;
  /** Leads new and waiting connections to this master; cuts those that lead elsewhere. */
  pointAt(targets: ProxyTargets, deadlineMs: number): Promise<void>;
  /** Asks it where new connections lead now: the address of a server; null while they wait. */
  verify(deadlineMs: number): Promise<string | null>;
  close(): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never jumps, the same for all processes of the machine. */
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** An instance that was once seen in a cluster. */
export interface KnownInstance {
  readonly key: InstanceKey;
  /** Other names that led to it. */
  readonly aliases: readonly InstanceKey[];
  readonly address: string;
  readonly lastSeenAt: number;
  /** `master` when it was the master at that time. */
  readonly role: string;
  /** Whom it read from at that time; null for nobody. */
  readonly source: InstanceKey | null;
  /** The furthest position ever seen, as JSON of a Position; null when none. */
  readonly highWater: string | null;
}

/** What is remembered between rounds, windows and restarts. Throws ReplicationError `store-unavailable`. */
export interface Store {
  saveRecovery(recovery: Recovery): void;
  recovery(id: string): Recovery | undefined;
  /** Newest first. */
  recoveries(cluster: string | undefined, limit: number): readonly Recovery[];
  /** Newest first: only switchovers and failovers, however many other records came after them. */
  promotions(cluster: string, limit: number): readonly Recovery[];
  acknowledge(ids: readonly string[], by: string, comment: string): number;
  rememberInstances(cluster: string, instances: readonly KnownInstance[]): void;
  knownInstances(cluster: string): readonly KnownInstance[];
  forgetInstance(cluster: string, key: InstanceKey): void;
  /** What is noted of names: who was confirmed, ignored, or kept from before there were confirmations. */
  standings(cluster: string): readonly Standing[];
  /** Replaces what was noted of the same names. */
  noteStandings(cluster: string, standings: readonly Standing[]): void;
  /** False when nothing was noted. */
  dropStanding(cluster: string, name: InstanceKey): boolean;
  /** A held finding that goes on saying the same is saved once. */
  saveDetection(detection: Detection): void;
  /** Newest first. */
  detections(cluster: string | undefined, limit: number): readonly Detection[];
  /** Replaces one of the same cluster and instance. */
  beginDowntime(downtime: Downtime): void;
  endDowntime(cluster: string, instance: InstanceKey | null): boolean;
  /** Those that have not ended by `now`. */
  downtimes(cluster: string, now: number): readonly Downtime[];
  disarm(disarming: Disarming): void;
  /** False when it was armed already. */
  arm(cluster: string): boolean;
  /** undefined: armed, as far as a person has a say. */
  disarmed(cluster: string): Disarming | undefined;
  /** Replaces what was noted for this cluster. */
  noteStopped(cluster: string, receivers: readonly StoppedReceiver[]): void;
  stoppedReceivers(cluster: string): readonly StoppedReceiver[];
  /** Keys of servers whose certificates nobody verifies. */
  serverKeys(cluster: string): readonly ServerKey[];
  /** Replaces that of the same address. */
  putServerKey(cluster: string, key: ServerKey): void;
  /** Leaves another key of the same address as it is, unless that one only says that there was no TLS. */
  noteServerKey(cluster: string, key: ServerKey): void;
  /** The next one that is shown there is taken for right. False when none was kept. */
  forgetServerKey(cluster: string, address: string): boolean;
  /** Undefined when somebody else holds it. `ttlMs`: how long it is valid without `renew`. */
  takeLease(name: string, holder: string, ttlMs: number): Lease | undefined;
  leaseHolder(name: string): string | undefined;
  close(): void;
}

export interface Lease {
  /** Grows with every new holder: a late writer with an old token is turned away. */
  readonly token: number;
  /** False when the lease was lost. */
  renew(): boolean;
  release(): void;
}
