import type { ClusterSettings } from '../../config/settings.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { Which } from './credentials.ts';
import type { CommandContext } from '../commands/command-context.ts';

/** Whose user is made, and what is known of it. */
export interface UserContext {
  readonly context: CommandContext;
  readonly cluster: ClusterSettings;
  readonly which: Which;
  /** The settings do not name the cluster yet. */
  readonly isDraft: boolean;
  /** There alone, outside the binary log; undefined: on the master, from where it replicates. */
  readonly on?: InstanceKey;
  /** Members that the person confirmed, of a cluster that the settings do not name yet. */
  readonly confirmed?: readonly InstanceKey[];
  /** Of the user, where it is known already. */
  readonly password?: string | undefined;
}

export interface MadeUser {
  readonly name: string;
  readonly password: string;
}
