import type { CommandContext } from './command-context.ts';

/**
 * A person has confirmed that a cluster is to end: it is no longer watched, and its passwords leave the editor's safe. An
 * entry that is only missing or wrong in the settings is no such confirmation.
 */
export async function forgetCluster(
  { settings, keeper, credentials }: Pick<CommandContext, 'settings' | 'keeper' | 'credentials'>,
  cluster: string,
): Promise<void> {
  settings.forget(cluster, 'cluster');
  await keeper.forget(cluster);
  await credentials.forget(cluster);
}
