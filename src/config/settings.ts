import type { InstanceKey } from '../core/model/instance.ts';
import type { PromotionRule } from '../core/model/policy.ts';
import { clusterSchema } from './cluster-schema.ts';
import { describeIssue, spellPath, type Trouble } from './describe-issue.ts';
import { settingsSchema } from './settings-schema.ts';
import { unavailableOfCluster, withoutAuthority } from './unavailable.ts';

/** A proxy of the application, as configured. */
export type ProxySettings =
  | { readonly kind: 'embedded'; readonly writer: string; readonly reader?: string | undefined }
  | { readonly kind: 'haproxy' | 'proxysql'; readonly [key: string]: unknown }
  | { readonly kind: 'hook'; readonly command: readonly string[] };

/** File names of certificates, as configured. */
export interface TlsSettings {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly verify: boolean;
}

/** A host that the servers are reached through. What is absent is read from `~/.ssh/config`. */
export interface SshSettings {
  /** A name or address, or an alias of `~/.ssh/config`. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** File of our private key. */
  readonly key?: string | undefined;
}

/** One valid entry of `clusters`, defaults filled in. Keys and addresses are whole: `host:port`. */
export interface ClusterSettings {
  readonly id: string;
  readonly seeds: readonly InstanceKey[];
  readonly user: string;
  /** A program and its arguments; never run through a shell. */
  readonly passwordCommand?: readonly string[] | undefined;
  readonly passwordFile?: string | undefined;
  readonly replicationUser?: string | undefined;
  readonly replicationPasswordCommand?: readonly string[] | undefined;
  readonly replicationPasswordFile?: string | undefined;
  readonly backend:
    'builtin' | { readonly orchestrator: string; readonly alias?: string | undefined };
  readonly environment: 'lab' | 'staging' | 'production';
  readonly mode: 'manage' | 'observe';
  readonly pollMs: number;
  /** One attempt to log in, and one question. */
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /** What servers call an instance -> where we reach it. */
  readonly addresses: Readonly<Record<InstanceKey, string>>;
  /** Absent: look for containers where it helps. */
  readonly docker?:
    | false
    | { readonly network?: string | undefined; readonly host?: string | undefined }
    | undefined;
  /** Absent: encrypted wherever the server offers it; false: never. */
  readonly tls?: TlsSettings | false | undefined;
  /** Without TLS, a password may be encrypted with a key that the server just sent. */
  readonly allowPublicKeyRetrieval: boolean;
  /** Absent: the servers are reached from this machine. */
  readonly ssh?: SshSettings | undefined;
  /** Who belongs to the cluster, beside seeds and addresses. Absent: whom a person confirmed. */
  readonly members?: readonly string[] | undefined;
  readonly caConfirmsMembers?: boolean | undefined;
  readonly promotionRules: Readonly<Record<InstanceKey, PromotionRule>>;
  readonly proxies: readonly ProxySettings[];
  readonly confirmSeconds: number;
  readonly autoRejoin: boolean;
  readonly onPossibleLoss: 'hold' | 'report';
  readonly acceptedReplicationFilters: readonly string[];
  readonly onUnfencedMaster: 'hold' | 'promote';
  readonly writeProbe: boolean;
}

/** All settings, valid, defaults filled in. */
export interface Settings {
  readonly clusters: readonly ClusterSettings[];
  /** `auto`: the editor's own. */
  readonly language: 'auto' | 'en' | 'ko';
  /** What a lab on Docker is made of; empty: whatever is on this machine, else the official image. */
  readonly labImage: string;
  readonly recoverMasterClusterFilters: readonly string[];
  readonly recoverIntermediateMasterClusterFilters: readonly string[];
  readonly promotionIgnoreHostnameFilters: readonly string[];
  readonly recoveryPeriodBlockSeconds: number;
  readonly failMasterPromotionIfSqlThreadNotUpToDate: boolean;
  readonly delayMasterPromotionIfSqlThreadNotUpToDate: boolean;
  readonly delayMasterPromotionSeconds: number;
  readonly detachLostReplicasAfterMasterFailover: boolean;
  readonly reasonableReplicationLagSeconds: number;
  readonly recoverLockedSemiSyncMaster: boolean;
  readonly preFailoverProcesses: readonly (readonly string[])[];
  readonly postFailoverProcesses: readonly (readonly string[])[];
  readonly hookTimeoutSeconds: number;
}

export interface SettingsProblem {
  /** `clusters[1].seeds[0]`; empty when the whole is meant. */
  readonly path: string;
  /** The id of the cluster that is meant; null when it has none or all are meant. */
  readonly cluster: string | null;
  /** `error`: the cluster (or the setting) is left out. `notice`: all goes on, but this does nothing yet. */
  readonly severity: 'error' | 'notice';
  /** One whole sentence that names the path; never a password. */
  readonly says: string;
}

/** Hands out a password; undefined when none is configured. Rejects with one sentence that holds no secret. */
export type PasswordSource = (
  cluster: ClusterSettings,
  which: 'monitor' | 'replication',
) => Promise<string | undefined>;

export interface ReadSettings {
  readonly settings: Settings;
  /** In the order of the settings. */
  readonly problems: readonly SettingsProblem[];
}

const restSchema = settingsSchema.omit({ clusters: true });
const clusterKeys = Object.keys(clusterSchema.shape);
const settingsKeys = Object.keys(settingsSchema.shape);

/** What keeps a failover from doing harm, or asks for it: where one of them is wrong, nothing is done by itself. */
const disarming = [
  'recoverMasterClusterFilters',
  'preFailoverProcesses',
  'promotionIgnoreHostnameFilters',
] as const;

/** Of a setting that is wrong: what does least by itself, where that is not the default. */
const cautious = { recoverLockedSemiSyncMaster: false } as const;

/** Reads what a person wrote. A wrong cluster is left out, a wrong setting keeps its default; all else goes on. */
export function readSettings(raw: unknown): ReadSettings {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const says = 'The settings must be an object {...} with the key clusters.';
    return {
      settings: { ...restSchema.parse({}), clusters: [] },
      problems: [error({ path: '', says }, null)],
    };
  }
  const { clusters, ...rest } = { clusters: undefined, ...raw };
  const read = readClusters(clusters);
  const other = readRest(rest);
  return {
    settings: { ...other.rest, clusters: read.clusters },
    problems: [...read.problems, ...other.problems],
  };
}

function readRest(written: object): {
  rest: Omit<Settings, 'clusters'>;
  problems: SettingsProblem[];
} {
  const parsed = restSchema.safeParse(written);
  if (parsed.success) return { rest: parsed.data, problems: [] };
  const troubles = parsed.error.issues.flatMap((issue) =>
    describeIssue(issue, [], written, settingsKeys),
  );
  const wrong = new Set(
    parsed.error.issues.flatMap((it) => (it.code === 'unrecognized_keys' ? it.keys : [it.path[0]])),
  );
  const right = Object.fromEntries(Object.entries(written).filter(([key]) => !wrong.has(key)));
  const rest = restSchema.parse(right);
  const disarms = disarming.filter((it) => wrong.has(it));
  const off = { recoverMasterClusterFilters: [], recoverIntermediateMasterClusterFilters: [] };
  const least = Object.entries(cautious).filter(([key]) => wrong.has(key));
  return {
    rest: { ...rest, ...Object.fromEntries(least), ...(disarms.length > 0 ? off : {}) },
    problems: [...troubles, ...disarms.map(disarmedBy)].map((it) => error(it, null)),
  };
}

function disarmedBy(path: string): Trouble {
  return { path, says: `Automatic failover is off until ${path} is corrected.` };
}

function readClusters(written: unknown): {
  clusters: ClusterSettings[];
  problems: SettingsProblem[];
} {
  if (written === undefined) return { clusters: [], problems: [] };
  if (!Array.isArray(written)) {
    const says = 'clusters must be a list [...] of clusters.';
    return { clusters: [], problems: [error({ path: 'clusters', says }, null)] };
  }
  const entries = written.map((entry: unknown, index) => ({
    ...readCluster(entry, index),
    index,
    id: idOf(entry),
  }));
  const twice = duplicates(entries);
  const clusters = entries.flatMap((it) =>
    it.cluster && !twice.has(it.cluster.id) ? [it.cluster] : [],
  );
  return { clusters, problems: [...entries.flatMap((it) => it.problems), ...twice.values()] };
}

function readCluster(
  written: unknown,
  index: number,
): { cluster: ClusterSettings | undefined; problems: SettingsProblem[] } {
  const at = ['clusters', index];
  const id = idOf(written);
  const parsed = clusterSchema.safeParse(written);
  if (parsed.success) {
    const place = `${spellPath(at)}.`;
    const notices = [
      ...unavailableOfCluster(Object(written), place),
      ...withoutAuthority(parsed.data, place),
    ];
    return { cluster: parsed.data, problems: notices.map((it) => notice(it, id)) };
  }
  const troubles = parsed.error.issues.flatMap((issue) =>
    describeIssue(issue, at, written, clusterKeys),
  );
  // A misspelt key is one trouble, though zod also misses the right one.
  const meant = new Set(
    troubles.map((it) => it.meant).filter((key) => key !== undefined && !(key in Object(written))),
  );
  const told = troubles.filter(
    (it) => ![...meant].some((key) => it.path === spellPath([...at, key ?? ''])),
  );
  return { cluster: undefined, problems: told.map((it) => error(it, id)) };
}

/** All entries with one id are left out: which of them is meant cannot be known. */
function duplicates(
  entries: readonly { id: string | null; index: number }[],
): Map<string, SettingsProblem> {
  const found = new Map<string, SettingsProblem>();
  for (const { id } of entries) {
    const same = entries
      .filter((it) => it.id === id)
      .map((it) => spellPath(['clusters', it.index, 'id']));
    if (id === null || same.length < 2 || found.has(id)) continue;
    const says = `${same.join(' and ')} are both ${JSON.stringify(id)}: every cluster needs an id of its own.`;
    found.set(id, error({ path: same[1] ?? '', says }, id));
  }
  return found;
}

function idOf(written: unknown): string | null {
  if (typeof written !== 'object' || written === null) return null;
  const id: unknown = Reflect.get(written, 'id');
  return typeof id === 'string' && id !== '' ? id : null;
}

function error(trouble: Trouble, cluster: string | null): SettingsProblem {
  return { path: trouble.path, cluster, severity: 'error', says: trouble.says };
}

function notice(trouble: Trouble, cluster: string | null): SettingsProblem {
  return { path: trouble.path, cluster, severity: 'notice', says: trouble.says };
}
