import type { Wish } from '../../core/model/plan.ts';
import * as vscode from 'vscode';
import { answered } from '../../core/model/instance.ts';
import type { Channel } from '../../core/model/instance.ts';
import { memberOf } from '../../core/model/topology.ts';
import { statusViewOf } from '../../protocol/status-groups.ts';
import { addCluster } from './add-cluster.ts';
import { acknowledgeAll, acknowledgeRecovery, recoveryActions } from './acknowledge.ts';
import { armFailover, beginDowntime, disarmFailover, endDowntime } from './arm-commands.ts';
import { signalOf } from '../engine/cancellation.ts';
import { chooseCluster, chooseInstance, viewNow } from './command-context.ts';
import type { ChosenInstance, CommandContext } from './command-context.ts';
import { checkCluster } from './check-cluster.ts';
import { reasonOf } from '../engine/cluster-watch.ts';
import {
  startContainer,
  stopContainer,
  restartContainer,
  pauseContainer,
  unpauseContainer,
  showContainerLogs,
  openContainerShell,
} from './container-commands.ts';
import { createLab, removeLab, startLabInstance, stopLabInstance } from './lab-commands.ts';
import { createMonitorUser, createReplicationUser } from '../users/create-user.ts';
import { mapAddresses } from './map-addresses.ts';
import { acceptKey } from './key-commands.ts';
import { endLockHolder } from './lock-commands.ts';
import { confirmMember, ignoreMember } from './member-commands.ts';
import { showMonitor, startMonitor, stopMonitor } from './monitor-commands.ts';
import { relocateReplica } from './relocate.ts';
import { showReport, showReportJson } from './report.ts';
import { sentences } from '../language/sentences.ts';
import { setPassword } from '../users/set-password.ts';
import { confirmSettings, openSettingsLine } from './settings-commands.ts';
import { openSettings } from '../engine/settings.ts';
import { targetOf } from './target.ts';
import {
  setStatusBarMessage,
  showErrorMessage,
  showInformationMessage,
  withProgress,
} from '../ui/window.ts';

type Command = (context: CommandContext, argument: unknown) => Promise<void>;

/** Every command of the manifest and what it does. */
export const commands: Readonly<Record<string, Command>> = {
  'switchover.promoteReplica': promoteReplica,
  'switchover.rejoinAsReplica': rejoinAsReplica,
  'switchover.relocateReplica': relocateReplica,
  'switchover.showPlan': showPlan,
  'switchover.openTopology': openTopology,
  'switchover.refresh': refresh,
  'switchover.checkCluster': checkCluster,
  'switchover.setPassword': changePassword,
  'switchover.addCluster': addCluster,
  'switchover.confirmMember': confirmMember,
  'switchover.ignoreMember': ignoreMember,
  'switchover.mapAddresses': mapAddresses,
  'switchover.endLockHolder': endLockHolder,
  'switchover.acceptKey': acceptKey,
  'switchover.createMonitorUser': createMonitorUser,
  'switchover.createReplicationUser': createReplicationUser,
  'switchover.openSettings': openSettings,
  'switchover.openSettingsLine': openSettingsLine,
  'switchover.confirmSettings': confirmSettings,
  'switchover.createLabCluster': createLab,
  'switchover.removeLabCluster': removeLab,
  'switchover.stopLabInstance': stopLabInstance,
  'switchover.startLabInstance': startLabInstance,
  'switchover.copyAddress': copyAddress,
  'switchover.copyStatus': copyStatus,
  'switchover.startContainer': startContainer,
  'switchover.stopContainer': stopContainer,
  'switchover.restartContainer': restartContainer,
  'switchover.pauseContainer': pauseContainer,
  'switchover.unpauseContainer': unpauseContainer,
  'switchover.showContainerLogs': showContainerLogs,
  'switchover.openContainerShell': openContainerShell,
  'switchover.acknowledgeRecovery': acknowledgeRecovery,
  'switchover.acknowledgeAll': acknowledgeAll,
  'switchover.recoveryActions': recoveryActions,
  'switchover.showReport': showReport,
  'switchover.showReportJson': showReportJson,
  'switchover.armFailover': armFailover,
  'switchover.disarmFailover': disarmFailover,
  'switchover.beginDowntime': beginDowntime,
  'switchover.endDowntime': endDowntime,
  'switchover.startMonitor': startMonitor,
  'switchover.stopMonitor': stopMonitor,
  'switchover.showMonitor': showMonitor,
  'switchover.showLog': showLog,
};

/** Whatever fails is said once, in one sentence, and logged. */
export function registerCommands(context: CommandContext): readonly vscode.Disposable[] {
  return Object.entries(commands).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        await command(context, argument);
      } catch (error) {
        const says = reasonOf(error);
        context.log.error(`${id}: ${says}`);
        const text = context.words.t(sentences.commandFailed, { says });
        void showErrorMessage(text);
      }
    }),
  );
}

async function promoteReplica(context: CommandContext, argument: unknown): Promise<void> {
  await propose(context, argument, 'promote');
}

async function rejoinAsReplica(context: CommandContext, argument: unknown): Promise<void> {
  await propose(context, argument, 'rejoin');
}

async function propose(
  context: CommandContext,
  argument: unknown,
  kind: 'promote' | 'rejoin',
): Promise<void> {
  const chosen = await chooseInstance(context, argument, kind);
  if (chosen === undefined) return;
  const { watched, instance } = chosen;
  await context.panels.propose(
    watched.settings.id,
    kind === 'promote' ? { kind, instance, acceptLoss: false } : { kind, instance },
  );
}

/** The plan for an instance, to read: what it needs is a rejoin where it may rejoin, else a promotion. */
async function showPlan(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await chooseInstance(context, argument, 'plan');
  if (chosen === undefined) return;
  const { watched, instance } = chosen;
  const card = viewNow(watched, context.words)?.cards.find((it) => it.key === instance);
  const wish: Wish =
    card?.canRejoin === true
      ? { kind: 'rejoin', instance }
      : { kind: 'promote', instance, acceptLoss: false };
  await context.panels.propose(watched.settings.id, wish);
}

async function openTopology(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched !== undefined) context.panels.show(watched.settings.id);
}

async function refresh(context: CommandContext, argument: unknown): Promise<void> {
  const { cluster } = targetOf(argument);
  const all = context.watch.clusters;
  const meant = cluster === undefined ? all : all.filter((it) => it.settings.id === cluster);
  const options = { location: { viewId: 'switchover.clusters' } };
  await withProgress(options, async (_, token) => {
    await Promise.all(meant.map((it) => it.backend.refresh(signalOf(token))));
  });
}

async function changePassword(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  if (!(await setPassword(watched.settings, context))) return;
  await context.restart();
  await context.keeper.renewMonitor(watched.settings.id);
}

async function copyAddress(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await chooseInstance(context, argument, 'any');
  const topology = chosen?.watched.backend.current()?.topology;
  if (chosen === undefined || topology === undefined) return;
  await copy(context, memberOf(topology, chosen.instance)?.address ?? chosen.instance);
}

async function copyStatus(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await chooseInstance(context, argument, 'any');
  if (chosen === undefined) return;
  const channels = channelsOf(chosen);
  if (channels.length === 0) {
    const { instance } = chosen;
    void showInformationMessage(context.words.t(sentences.noStatus, { instance }));
    return;
  }
  await copy(context, channels.map((it) => statusViewOf(it, context.words).raw).join('\n'));
}

/** As last seen: what a silent replica said before is worth a copy too. */
function channelsOf({ watched, instance }: ChosenInstance): readonly Channel[] {
  const topology = watched.backend.current()?.topology;
  const member = topology === undefined ? undefined : memberOf(topology, instance);
  return (answered(member) ?? member?.lastAnswer?.server)?.channels ?? [];
}

async function copy({ words }: CommandContext, text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  setStatusBarMessage(words.t(sentences.copied), 2000);
}

async function showLog({ log }: CommandContext): Promise<void> {
  log.show();
}
