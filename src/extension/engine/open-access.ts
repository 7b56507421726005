import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Access } from '../../wiring/engine.ts';
import type { ClusterSettings } from '../../config/settings.ts';
import type { InstanceKey } from '../../core/model/instance.ts';
import type { ClusterState } from '../../core/backend.ts';
import { signalOf } from './cancellation.ts';
import type { CommandContext } from '../commands/command-context.ts';
import { editorSshQuestions } from './ssh-questions.ts';
import { withProgress } from '../ui/window.ts';

export interface AccessWish {
  readonly cluster: ClusterSettings;
  readonly login: { readonly user: string; readonly password: string | undefined };
  /** Of the user that is to be made. */
  readonly newPassword?: string;
  /** Members that the person confirmed, beside those that the journal knows. */
  readonly confirmed?: readonly InstanceKey[] | undefined;
  /** A member that the person chose by itself. */
  readonly on?: InstanceKey | undefined;
  /** Whether plans may be run, and are recorded. */
  readonly records: boolean;
}

/** Opens a cluster by another login than that of the settings. To be closed. */
export async function openAccess(context: CommandContext, wish: AccessWish): Promise<Access> {
  const { createAccess } = await import('../../wiring/engine.ts');
  return createAccess({
    settings: context.settings.inForce.settings,
    cluster: wish.cluster,
    login: wish.login,
    newPassword: wish.newPassword,
    confirmed: [...(wish.confirmed ?? []), ...confirmedMembers(context, wish)],
    openStore: wish.records ? context.watch.store : { keysOf: context.watch.store },
    stateDir: context.stateDir,
    log: (level, line) => context.log[level](line),
    baseDir: homedir(),
    ssh: editorSshQuestions(context.credentials, context.words),
  });
}

/** The master, and whom a person confirmed, also where this look leaves the journal alone. */
function confirmedMembers(
  { watch }: CommandContext,
  { cluster: { id, members }, on }: AccessWish,
): readonly InstanceKey[] {
  const topology = watch.cluster(id)?.backend.current()?.topology;
  const meant = topology?.members.filter((it) => it.key === topology.master || it.key === on);
  // Where the settings list the members nobody else counts.
  const standings = members === undefined ? (watch.store?.standings(id) ?? []) : [];
  return [
    ...(meant ?? []).map((it) => it.key),
    ...standings.filter((it) => it.kind === 'confirmed').map((it) => it.name),
  ];
}

/** Looks once at the whole cluster, with a notification that can cancel it; undefined when it was cancelled. */
export async function lookOnce(
  access: Access,
  title: string,
  also: (state: ClusterState, signal: AbortSignal) => Promise<void> = async () => undefined,
): Promise<ClusterState | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return withProgress(options, async (_, token) => {
    const signal = signalOf(token);
    try {
      const state = await access.backend.refresh(signal);
      await also(state, signal);
      return signal.aborted ? undefined : state;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  });
}
