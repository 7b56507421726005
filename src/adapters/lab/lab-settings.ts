import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceKey } from '../../core/model/instance.ts';
import { passwordFileOf, userOf } from './lab-secrets.ts';

export function settingsFileOf(folder: string): string {
  return join(folder, 'switchover.json');
}

/** What an entry also says where the instances run in containers: Docker tells where they are reached. */
export interface ContainerSettings {
  readonly docker: { readonly network: string };
}

/** One entry of `clusters`, by the names that a person would write; no password in it. */
export function labClusterSettings(
  folder: string,
  seeds: readonly InstanceKey[],
  containers?: ContainerSettings,
) {
  return {
    id: 'lab',
    environment: 'lab',
    seeds,
    user: userOf('monitor'),
    passwordFile: passwordFileOf(folder, 'monitor'),
    replicationUser: userOf('replication'),
    replicationPasswordFile: passwordFileOf(folder, 'replication'),
    ...containers,
  } as const;
}

/** Writes the settings with which the command watches the lab: `--config FILE`. */
export async function writeLabSettings(
  folder: string,
  seeds: readonly InstanceKey[],
  containers?: ContainerSettings,
): Promise<void> {
  const settings = { clusters: [labClusterSettings(folder, seeds, containers)] };
  await writeFile(settingsFileOf(folder), `${JSON.stringify(settings, null, 2)}\n`, {
    mode: 0o600,
  });
}
