import {
  faultOf,
  ofUser,
  restored,
  type KeptEntry,
  type KeptSettings,
  type Origin,
  type OriginatedCluster,
  type SettingsFault,
} from './kept-settings.ts';
import { readSettings, type SettingsProblem } from './settings.ts';

export interface ClustersContext {
  readonly kept: KeptSettings;
  /** Whether a background monitor was asked for: it must not end because an entry is gone. */
  readonly monitored: (cluster: string) => boolean;
}

export interface FolderClusters {
  readonly place: Origin;
  /** A person agreed that the clusters of this folder are used. */
  readonly agreed: boolean;
  /** As written; undefined where the folder names none. */
  readonly written: unknown;
}

export interface ClustersInForce {
  readonly clusters: readonly OriginatedCluster[];
  readonly faults: readonly SettingsFault[];
  readonly problems: readonly SettingsProblem[];
  /** The entries that were read without a mistake, by id. */
  readonly good: Readonly<Record<string, KeptEntry>>;
}

const none: ClustersInForce = { clusters: [], faults: [], problems: [], good: {} };

interface Entry {
  readonly id: string;
  readonly index: number;
  readonly entry: object;
}

interface List {
  readonly written: unknown;
  readonly origin: Origin;
  /** Why an entry is not read at all. */
  readonly refuse: (entry: Entry) => SettingsProblem | undefined;
}

/** The user's clusters first; those of the folder beside them, none of which may have an id of theirs. */
export function clustersInForce(
  own: unknown,
  folder: FolderClusters | undefined,
  context: ClustersContext,
): ClustersInForce & { readonly awaiting: readonly string[] } {
  const user = inForce({ written: own, origin: ofUser, refuse: () => undefined }, context);
  if (folder?.written === undefined) return { ...user, awaiting: [] };
  if (!folder.agreed) {
    return { ...user, awaiting: idsIn(folder.written) };
  }
  const taken = new Set([...idsIn(own), ...user.clusters.map((it) => it.id)]);
  const { place: origin, written } = folder;
  const refuse = (entry: Entry): SettingsProblem | undefined => {
    const before = context.kept.clusters[entry.id]?.origin ?? origin;
    return taken.has(entry.id) || before !== origin ? clash(entry) : usersAlone(entry);
  };
  const beside = inForce({ written, origin, refuse }, context);
  return {
    clusters: [...user.clusters, ...beside.clusters],
    faults: [...user.faults, ...beside.faults],
    problems: [...user.problems, ...beside.problems],
    good: { ...user.good, ...beside.good },
    awaiting: [],
  };
}

/** What is written, and in place of an entry that is wrong or gone the last good one of the same origin. */
function inForce({ written, origin, refuse }: List, context: ClustersContext): ClustersInForce {
  if (written === undefined && Object.keys(context.kept.clusters).length === 0) return none;
  const entries = entriesIn(written);
  const refused = entries.map(refuse).filter((it) => it !== undefined);
  const isRefused = (id: string | null): boolean => refused.some((it) => it.cluster === id);
  const read = readSettings({ clusters: written ?? [] });
  const good = read.settings.clusters.filter((it) => !isRefused(it.id));
  const problems = read.problems.filter((it) => it.cluster === null || !isRefused(it.cluster));
  const wrong = problems.filter((it) => it.severity === 'error');
  const lost = idsIn(written).filter((id) => !isRefused(id) && !good.some((it) => it.id === id));
  const saved = lost.flatMap((id) => restored(context.kept, id, origin));
  const isSaved = (id: string | null): boolean => saved.some((it) => it.id === id);
  const file = origin === ofUser ? 'user' : 'folder';
  // An entry without its right id may be any that is missing now.
  const unclear = wrong.find((it) => !isSaved(it.cluster));
  const named = new Set(idsIn(written));
  const missing = missingOf(named, origin, { context, unclear: unclear !== undefined });
  return {
    clusters: [...good.map((it) => ({ ...it, origin })), ...saved, ...missing],
    faults: [
      ...wrong.map((it) => faultOf(it, { kept: isSaved(it.cluster), file })),
      ...missing.map(({ id }) => missingFault(id, unclear, file)),
    ],
    problems: [...refused, ...problems],
    good: Object.fromEntries(
      entries
        .filter(({ id }) => good.some((it) => it.id === id))
        .map(({ id, entry }) => [id, { entry, origin }]),
    ),
  };
}

/** Those that were there and are no longer named, as far as that would end a protection. */
function missingOf(
  named: ReadonlySet<string>,
  origin: Origin,
  { context, unclear }: { readonly context: ClustersContext; readonly unclear: boolean },
): readonly OriginatedCluster[] {
  const { kept, monitored } = context;
  return Object.keys(kept.clusters)
    .filter((id) => !named.has(id))
    .filter((id) => unclear || kept.armed.includes(id) || monitored(id))
    .flatMap((id) => restored(kept, id, origin));
}

function missingFault(
  cluster: string,
  unclear: SettingsProblem | undefined,
  file: SettingsFault['file'],
): SettingsFault {
  if (unclear !== undefined) return faultOf({ ...unclear, cluster }, { kept: true, file });
  const says = `The settings no longer name ${cluster}.`;
  return { kind: 'removed', cluster, path: 'clusters', says, kept: true, file };
}

function clash({ id, index }: Entry): SettingsProblem {
  const path = `clusters[${String(index)}].id`;
  const says = `${path} of this folder's settings is ${JSON.stringify(id)}, which is the id of another cluster of yours: that one is in force, and this entry is not used.`;
  return { path, cluster: id, severity: 'error', says };
}

const notOfFolders = [
  'passwordCommand',
  'passwordFile',
  'replicationPasswordCommand',
  'replicationPasswordFile',
] as const;

/** It would run a program that the folder names, or send what stands in a file to a server that the folder names. */
function usersAlone({ id, index, entry }: Entry): SettingsProblem | undefined {
  const key = notOfFolders.find((it) => it in entry);
  if (key === undefined) return undefined;
  const path = `clusters[${String(index)}].${key}`;
  const says = `${path} of this folder's settings is not used, since a folder may not run programs or read files of yours: move the cluster to your user settings, or use Set Password.`;
  return { path, cluster: id, severity: 'error', says };
}

export function idsIn(written: unknown): readonly string[] {
  return [...new Set(entriesIn(written).map((it) => it.id))];
}

/** The entries that have an id, right or wrong. */
function entriesIn(written: unknown): readonly Entry[] {
  const list: readonly unknown[] = Array.isArray(written) ? written : [];
  return list.flatMap((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const id: unknown = Reflect.get(entry, 'id');
    return typeof id === 'string' && id !== '' ? [{ id, entry, index }] : [];
  });
}
