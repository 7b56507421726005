import { matchesCluster } from '../core/model/cluster-filter.ts';
import {
  clustersInForce,
  idsIn,
  type ClustersContext,
  type FolderClusters,
} from './clusters-in-force.ts';
import {
  ofUser,
  type KeptSettings,
  type Origin,
  type OriginatedCluster,
  type SettingsFault,
} from './kept-settings.ts';
import type { Settings, SettingsProblem } from './settings.ts';
import { valuesInForce } from './values-in-force.ts';

type Values = Readonly<Record<string, unknown>>;

export interface WrittenSettings {
  /** The user's own, by name below `switchover.`; what is absent was not written. */
  readonly user: Values;
  /** What the folder or workspace that is open says; undefined where none is, or where it is not trusted. */
  readonly folder: (Omit<FolderClusters, 'written'> & { readonly values: Values }) | undefined;
}

export interface SettingsInForce {
  readonly settings: Settings;
  /** By cluster. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly faults: readonly SettingsFault[];
  /** All that is to be told once. */
  readonly problems: readonly SettingsProblem[];
  /** Ids that the folder names, which are not read before a person agreed. */
  readonly awaiting: readonly string[];
  readonly keep: KeptSettings;
}

/**
 * Which settings are in force: what is written, and where that has a mistake, what was last written without one. A mistake
 * never ends the protection of a cluster, and a folder never replaces, changes or removes a cluster of the user.
 */
export function settingsInForce(
  written: WrittenSettings,
  context: ClustersContext,
): SettingsInForce {
  const { user, folder } = written;
  const { clusters: own, ...others } = user;
  const values = valuesInForce(others, context.kept);
  const beside = folder && { ...folder, written: folder.values['clusters'] };
  const { clusters, faults, problems, good, awaiting } = clustersInForce(own, beside, context);
  const armed = stillArmed(values.settings, clusters, context.kept);
  return {
    settings: {
      ...values.settings,
      recoverMasterClusterFilters: armed.filters,
      clusters: clusters.map(({ origin: _origin, ...cluster }) => cluster),
    },
    origins: new Map(clusters.map((it) => [it.id, it.origin])),
    faults: [...faults, ...values.faults, ...armed.faults],
    problems: [...problems, ...values.problems, ...notOfFolders(written)],
    awaiting,
    keep: {
      clusters: { ...stillNeeded(written, clusters, context.kept), ...good },
      values: values.keep,
      armed: armed.keep,
    },
  };
}

/** Without what is no longer named and not in force; what other folders named stays. */
function stillNeeded(
  { user, folder }: WrittenSettings,
  clusters: readonly OriginatedCluster[],
  kept: KeptSettings,
): KeptSettings['clusters'] {
  const read = folder?.agreed === true ? [ofUser, folder.place] : [ofUser];
  const named = [user['clusters'], folder?.values['clusters']].flatMap(idsIn);
  const needed = Object.entries(kept.clusters).filter(
    ([id, { origin }]) =>
      !read.includes(origin) || named.includes(id) || clusters.some((it) => it.id === id),
  );
  return Object.fromEntries(needed);
}

/** Filters that no longer name a cluster do not end its automatic failover before a person confirmed it. */
function stillArmed(
  { recoverMasterClusterFilters: filters }: Settings,
  clusters: readonly OriginatedCluster[],
  kept: KeptSettings,
): {
  readonly filters: readonly string[];
  readonly keep: readonly string[];
  readonly faults: readonly SettingsFault[];
} {
  const ids = clusters.map((it) => it.id);
  const asked = ids.filter((id) => matchesCluster(id, filters));
  const before = ids.filter((id) => kept.armed.includes(id) && !asked.includes(id));
  const elsewhere = kept.armed.filter((id) => !ids.includes(id));
  return {
    filters: [...filters, ...before.map((id) => `alias=${id}`)],
    keep: [...asked, ...before, ...elsewhere],
    faults: before.map((cluster) => {
      const path = 'recoverMasterClusterFilters';
      const says = `${path} no longer names ${cluster}.`;
      return { kind: 'disarmed', cluster, path, says, kept: true, file: 'user' };
    }),
  };
}

/** Only a person's own settings decide what is done without asking. */
function notOfFolders({ user, folder }: WrittenSettings): readonly SettingsProblem[] {
  return Object.keys(folder?.values ?? {})
    .filter((name) => name !== 'clusters' && name !== 'language')
    .map((path) => ({
      path,
      cluster: null,
      severity: /^recover.*Filters$/.test(path) && user[path] === undefined ? 'error' : 'notice',
      says: `${path} of this folder's settings is not used: only your user settings decide it.`,
    }));
}
