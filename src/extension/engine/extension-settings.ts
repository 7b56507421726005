import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { readJson, writeJson } from '../../adapters/private-json.ts';
import {
  forgotten,
  keptSchema,
  nothingKept,
  withoutValues,
  type KeptSettings,
  type Origin,
  type SettingsFault,
} from '../../config/kept-settings.ts';
import { settingsInForce, type SettingsInForce } from '../../config/settings-in-force.ts';
import { settingsSchema } from '../../config/settings-schema.ts';
import { folderPlace, folderValue, userValue } from './written-settings.ts';

const placesSchema = z.array(z.string());

/**
 * The settings in force: what the user wrote, where that has a mistake what the user last wrote without one, and the
 * clusters of a folder whose use a person agreed to. What was good is kept on disk: a mistake survives a reload.
 */
export class ExtensionSettings {
  readonly #keptFile: string;
  readonly #agreedFile: string;
  readonly #monitored: (cluster: string) => boolean;
  readonly #tell: (says: string) => void;
  #inForce: SettingsInForce | undefined;

  /** `tell`: why a file of ours is not used, at every look. */
  constructor(
    stateDir: string,
    monitored: (cluster: string) => boolean,
    tell: (says: string) => void,
  ) {
    this.#keptFile = join(stateDir, 'last-good-settings.json');
    this.#agreedFile = join(stateDir, 'agreed-folders.json');
    this.#monitored = monitored;
    this.#tell = tell;
  }

  /** Reads them anew. */
  read(): SettingsInForce {
    const { kept } = this;
    const inForce = settingsInForce(this.#written(), { kept, monitored: this.#monitored });
    if (JSON.stringify(inForce.keep) !== JSON.stringify(kept)) this.#keep(inForce.keep);
    this.#inForce = inForce;
    return inForce;
  }

  /** As last read. */
  get inForce(): SettingsInForce {
    return this.#inForce ?? this.read();
  }

  originOf(cluster: string): Origin | undefined {
    return this.inForce.origins.get(cluster);
  }

  /** Names that no new cluster may have. */
  get takenIds(): readonly string[] {
    const { origins, faults, awaiting } = this.inForce;
    return [...origins.keys(), ...faults.flatMap((it) => it.cluster ?? []), ...awaiting];
  }

  /** What concerns this cluster, also where it concerns every one. */
  faultsOf(cluster: string): readonly SettingsFault[] {
    return this.inForce.faults.filter((it) => it.cluster === null || it.cluster === cluster);
  }

  /** A person confirmed that a cluster, or its automatic failover, is no longer wanted. */
  forget(cluster: string, what: 'cluster' | 'arming'): void {
    this.#keep(forgotten(this.kept, cluster, what));
  }

  /** A person confirmed that these settings are gone: their defaults hold. */
  drop(names: readonly string[]): void {
    this.#keep(withoutValues(this.kept, names));
  }

  /** A person agreed to the clusters of the folder that is open. */
  agree(): void {
    const place = folderPlace();
    if (place !== undefined) writeJson(this.#agreedFile, [...this.#agreed(), place]);
  }

  #written(): Parameters<typeof settingsInForce>[0] {
    const names = Object.keys(settingsSchema.shape);
    const place = folderPlace();
    return {
      user: valuesOf(names, userValue),
      folder:
        place === undefined || !vscode.workspace.isTrusted
          ? undefined
          : { place, agreed: this.#agreed().includes(place), values: valuesOf(names, folderValue) },
    };
  }

  /** What was last read without a mistake. */
  get kept(): KeptSettings {
    return readJson(this.#keptFile, (it) => keptSchema.parse(it), this.#tell) ?? nothingKept;
  }

  /** Without it the settings hold all the same; only a mistake would find nothing to fall back to. */
  #keep(kept: KeptSettings): void {
    try {
      writeJson(this.#keptFile, kept);
    } catch {
      return;
    }
  }

  #agreed(): readonly string[] {
    return readJson(this.#agreedFile, (it) => placesSchema.parse(it), this.#tell) ?? [];
  }
}

function valuesOf(
  names: readonly string[],
  valueOf: (name: string) => unknown,
): Readonly<Record<string, unknown>> {
  const written = names
    .map((name) => [name, valueOf(name)] as const)
    .filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(written);
}
