import type { ClusterBackend } from '../core/backend.ts';
import type { UserTask } from '../core/model/database-user.ts';
import type { InstanceKey } from '../core/model/instance.ts';
import type { Recovery } from '../core/model/recovery.ts';
import type { Standing } from '../core/model/standing.ts';
import type { ServerKey } from '../core/model/server-key.ts';
import type { Detection, Disarming, Downtime } from '../core/model/watch.ts';
import type { Translate } from '../protocol/localizer.ts';
import type { ClusterSettings, PasswordSource, Settings } from '../config/settings.ts';

/** What the commands ask of the composed engine; `src/wiring/engine.ts` gives it. */
export interface Engine {
  readonly clusters: ReadonlyMap<string, ClusterBackend>;
  readonly store: Journal | undefined;
  /** Why there is no store; one sentence. */
  readonly storeProblem: string | undefined;
  close(): void;
}

/** The part of the store that the commands read and write. */
export interface Journal {
  recovery(id: string): Recovery | undefined;
  /** Newest first. */
  recoveries(cluster: string | undefined, limit: number): readonly Recovery[];
  acknowledge(ids: readonly string[], by: string, comment: string): number;
  /** Those that were once seen in the cluster. */
  knownInstances(cluster: string): readonly {
    readonly key: InstanceKey;
    readonly address: string;
    readonly role: string;
  }[];
  standings(cluster: string): readonly Standing[];
  noteStandings(cluster: string, standings: readonly Standing[]): void;
  /** False when nothing was noted. */
  dropStanding(cluster: string, name: InstanceKey): boolean;
  forgetInstance(cluster: string, key: InstanceKey): void;
  /** Keys of servers whose certificates nobody verifies. */
  serverKeys(cluster: string): readonly ServerKey[];
  putServerKey(cluster: string, key: ServerKey): void;
  forgetServerKey(cluster: string, address: string): boolean;
  /** Newest first. */
  detections(cluster: string | undefined, limit: number): readonly Detection[];
  /** Replaces one of the same cluster and instance. */
  beginDowntime(downtime: Downtime): void;
  /** False when there was none. */
  endDowntime(cluster: string, instance: InstanceKey | null): boolean;
  disarm(disarming: Disarming): void;
  /** False when nobody had disarmed it. */
  arm(cluster: string): boolean;
  /** Undefined when somebody else holds it. `ttlMs`: how long it is valid without `renew`. */
  takeLease(name: string, holder: string, ttlMs: number): Lease | undefined;
}

export interface Lease {
  /** False when the lease was lost. */
  renew(): boolean;
  release(): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface EngineOptions {
  readonly settings: Settings;
  readonly passwords: PasswordSource;
  readonly stateDir: string;
  readonly log: (level: LogLevel, line: string) => void;
  /** What a relative file name of the settings starts from. */
  readonly baseDir?: string;
}

export interface AccessOptions extends Omit<EngineOptions, 'passwords'> {
  readonly cluster: ClusterSettings;
  /** Who logs in everywhere, for this one time. */
  readonly login: { readonly user: string; readonly password: string | undefined };
  /** Of the user that is to be made. */
  readonly newPassword: string | undefined;
  /** Members that the person named. */
  readonly confirmed: readonly InstanceKey[];
}

/** One cluster by another login than that of the settings. */
export interface Access {
  readonly backend: ClusterBackend;
  /** Hosts from which a user with this task comes, as the server at `address` sees them. */
  hostsSeenBy(address: string, task: UserTask, signal: AbortSignal): Promise<readonly string[]>;
  close(): void;
}

export interface LabInstance {
  readonly key: string;
  readonly port: number;
  /** null while it is stopped. */
  readonly pid: number | null;
}

/** The lab cluster as the commands show it. */
export interface LabView {
  readonly flavor: string;
  readonly kind: string;
  readonly version: string;
  /** For `--config`. */
  readonly settingsFile: string;
  readonly instances: readonly LabInstance[];
}

export interface LabWish {
  readonly flavor: 'mariadb' | 'mysql' | undefined;
  readonly replicas: number;
  readonly kind: 'processes' | 'docker' | undefined;
  /** Of the containers. */
  readonly image: string | undefined;
}

/** Practice servers on this machine. */
export interface LabControl {
  up(wish: LabWish, tell: (line: string) => void, signal: AbortSignal): Promise<LabView>;
  /** False when there was none. */
  down(tell: (line: string) => void): Promise<boolean>;
  status(): Promise<LabView | undefined>;
}

/** Everything concrete, handed in by the entry. */
export interface Parts {
  createEngine(options: EngineOptions): Engine;
  createAccess(options: AccessOptions): Access;
  createLab(stateDir: string): LabControl;
  /** `baseDir`: what relative file names of the settings start from. */
  createPasswords(env: Environment, baseDir: string): PasswordSource;
  /**
   * A recovery as a Markdown page. `seen`: what was found, one sentence each. `spellTime`: milliseconds since the epoch in
   * words. `translate`: a sentence and its values in the reader's language.
   */
  reportOf(
    recovery: Recovery,
    context: {
      readonly seen: readonly string[];
      readonly spellTime: (at: number) => string;
      readonly translate: Translate;
    },
  ): string;
}

export type Environment = Readonly<Record<string, string | undefined>>;
