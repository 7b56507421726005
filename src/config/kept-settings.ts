import * as z from 'zod';
import { readSettings, type ClusterSettings, type SettingsProblem } from './settings.ts';

/** Where an entry stands: among the user's own settings, or the address of the folder or workspace that names it. */
export type Origin = string;
export const ofUser: Origin = 'user';

/** What was last read without a mistake, as it was written. */
export const keptSchema = z.object({
  clusters: z.record(z.string(), z.object({ entry: z.unknown(), origin: z.string() })),
  /** The user's other settings by name. */
  values: z.record(z.string(), z.unknown()),
  /** Ids of the clusters whose automatic failover the settings asked for. */
  armed: z.readonly(z.array(z.string())),
});
export type KeptSettings = z.infer<typeof keptSchema>;
export type KeptEntry = KeptSettings['clusters'][string];

export const nothingKept: KeptSettings = { clusters: {}, values: {}, armed: [] };

export interface OriginatedCluster extends ClusterSettings {
  readonly origin: Origin;
}

/**
 * A mistake that stays on the screen until it is corrected. `wrong`: an entry or a value; `removed`: the settings no
 * longer name a cluster, and nobody confirmed that; `disarmed`: the same of a cluster's automatic failover; `dropped`: the
 * same of a setting that an automatic failover goes by.
 */
export interface SettingsFault {
  readonly kind: 'wrong' | 'removed' | 'disarmed' | 'dropped';
  /** null: it concerns every cluster. */
  readonly cluster: string | null;
  /** `clusters[1].seeds[0]`; what to look for in the file. */
  readonly path: string;
  /** One whole sentence that names the path; never a password. */
  readonly says: string;
  /** The last good settings are in force instead. */
  readonly kept: boolean;
  readonly file: 'user' | 'folder';
}

/** The last good entry of a cluster, read; empty where there is none of this origin. */
export function restored(
  kept: KeptSettings,
  id: string,
  origin: Origin,
): readonly OriginatedCluster[] {
  const found = kept.clusters[id];
  if (found === undefined || found.origin !== origin) return [];
  return readSettings({ clusters: [found.entry] })
    .settings.clusters.filter((it) => it.id === id)
    .map((it) => ({ ...it, origin }));
}

/** The same without a cluster that a person removed, or without its being armed. */
export function forgotten(
  kept: KeptSettings,
  cluster: string,
  what: 'cluster' | 'arming',
): KeptSettings {
  const clusters = Object.entries(kept.clusters).filter(([id]) => id !== cluster);
  return {
    ...kept,
    clusters: what === 'cluster' ? Object.fromEntries(clusters) : kept.clusters,
    armed: kept.armed.filter((it) => it !== cluster),
  };
}

/** The same without values that a person confirmed to be gone. */
export function withoutValues(kept: KeptSettings, names: readonly string[]): KeptSettings {
  const values = Object.entries(kept.values).filter(([name]) => !names.includes(name));
  return { ...kept, values: Object.fromEntries(values) };
}

/** The same after a person confirmed everything that the settings no longer name. */
export function confirmed(kept: KeptSettings, faults: readonly SettingsFault[]): KeptSettings {
  let left = kept;
  for (const { kind, cluster, path } of faults) {
    if (kind === 'dropped') left = withoutValues(left, [path]);
    if (cluster === null || (kind !== 'removed' && kind !== 'disarmed')) continue;
    left = forgotten(left, cluster, kind === 'removed' ? 'cluster' : 'arming');
  }
  return left;
}

/** What would have to be written for all of this to be in force. */
export function asWritten({ clusters, values }: KeptSettings): Readonly<Record<string, unknown>> {
  return { ...values, clusters: Object.values(clusters).map((it) => it.entry) };
}

export function faultOf(
  { path, cluster, says }: Pick<SettingsProblem, 'path' | 'cluster' | 'says'>,
  more: Pick<SettingsFault, 'kept' | 'file'>,
): SettingsFault {
  return { kind: 'wrong', path, cluster, says, ...more };
}
