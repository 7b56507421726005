import * as vscode from 'vscode';
import type { ContainerControl } from '../../wiring/containers.ts';
import type { Container } from '../../core/model/container.ts';
import { memberOf } from '../../core/model/topology.ts';
import { beforeContainerAction, type ContainerAction } from '../../protocol/container-question.ts';
import {
  activityOf,
  containerWord,
  type ContainerActivity,
} from '../../protocol/container-view.ts';
import { spell } from '../../protocol/localizer.ts';
import { signalOf } from '../engine/cancellation.ts';
import type { WatchedCluster } from '../engine/cluster-watch.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import { logAddress } from '../engine/container-logs.ts';
import { dockerSentences } from '../language/docker-sentences.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { targetOf } from './target.ts';
import {
  openTerminal,
  showInformationMessage,
  showQuickPick,
  showWarningMessage,
  withProgress,
} from '../ui/window.ts';

type Command = (context: CommandContext, argument: unknown) => Promise<void>;

interface ChosenContainer {
  readonly watched: WatchedCluster;
  readonly instance: string;
  readonly container: Container;
  readonly control: ContainerControl;
}

const any: readonly ContainerActivity[] = ['running', 'paused', 'stopped'];

export const startContainer = acting('start', dockerSentences.startingContainer, ['stopped']);
export const stopContainer = acting('stop', dockerSentences.stoppingContainer, [
  'running',
  'paused',
]);
export const restartContainer = acting('restart', dockerSentences.restartingContainer, any);
export const pauseContainer = acting('pause', dockerSentences.pausingContainer, ['running']);
export const unpauseContainer = acting('unpause', dockerSentences.resumingContainer, ['paused']);

function acting(
  action: ContainerAction,
  doing: string,
  fits: readonly ContainerActivity[],
): Command {
  return async (context, argument) => {
    const chosen = await chooseContainer(context, argument, fits);
    if (chosen === undefined || !(await mayAct(context, action, chosen))) return;
    const { watched, container, control } = chosen;
    const title = context.words.t(doing, { name: container.name });
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    await withProgress(options, async (_, token) => {
      const signal = signalOf(token);
      try {
        await control.act(container, action, signal);
      } catch (error) {
        // Docker may still do it, and tells by an event when it did.
        if (!signal.aborted) throw error;
      }
    });
    await lookSoon(watched);
  };
}

async function mayAct(
  { words }: CommandContext,
  action: ContainerAction,
  { watched, instance }: ChosenContainer,
): Promise<boolean> {
  const state = watched.backend.current();
  if (state === undefined) return false;
  const before = beforeContainerAction(action, instance, state, watched.settings);
  switch (before.kind) {
    case 'go':
      return true;
    case 'refuse':
      void showWarningMessage(spell(before.says, words));
      return false;
    case 'ask': {
      const confirm = spell(before.confirm, words);
      const options = { modal: true, detail: spell(before.detail, words) };
      const question = spell(before.question, words);
      return (await showWarningMessage(question, options, confirm)) === confirm;
    }
    default:
      return before satisfies never;
  }
}

export async function showContainerLogs(context: CommandContext, argument: unknown): Promise<void> {
  const chosen = await chooseContainer(context, argument, any);
  if (chosen === undefined) return;
  const uri = logAddress(chosen.watched.settings.id, chosen.instance, chosen.container.name);
  const document = await vscode.workspace.openTextDocument(uri);
  const newest = document.lineAt(document.lineCount - 1).range;
  await vscode.window.showTextDocument(document, { preview: true, selection: newest });
}

export async function openContainerShell(
  context: CommandContext,
  argument: unknown,
): Promise<void> {
  const chosen = await chooseContainer(context, argument, ['running']);
  if (chosen === undefined) return;
  const { program, words, environment } = chosen.control.shell(chosen.container);
  const name = context.words.t(dockerSentences.shellName, { name: chosen.container.name });
  openTerminal({
    name,
    shellPath: program,
    shellArgs: [...words],
    env: { ...environment },
  });
}

/** The container that a command is about, asked for where the argument does not say; what is missing is said. */
async function chooseContainer(
  context: CommandContext,
  argument: unknown,
  fits: readonly ContainerActivity[],
): Promise<ChosenContainer | undefined> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return undefined;
  const named = targetOf(argument).instance ?? (await pickContainer(context, watched, fits));
  return named === undefined ? undefined : containerNow(context, watched, named);
}

function containerNow(
  { watch, words }: CommandContext,
  watched: WatchedCluster,
  named: string,
): ChosenContainer | undefined {
  const state = watched.backend.current();
  const control = watch.containersOf(watched.settings.id);
  const instance = state === undefined ? named : (memberOf(state.topology, named)?.key ?? named);
  const container = state?.containers?.get(instance);
  if (container !== undefined && control !== undefined) {
    return { watched, instance, container, control };
  }
  void showInformationMessage(words.t(dockerSentences.noContainer, { instance }));
  return undefined;
}

async function pickContainer(
  { words }: CommandContext,
  { settings: { id: cluster }, backend }: WatchedCluster,
  fits: readonly ContainerActivity[],
): Promise<string | undefined> {
  const all = [...(backend.current()?.containers ?? [])];
  const items = all
    .filter(([, it]) => fits.includes(activityOf(it)))
    .map(([key, it]) => ({ key, label: it.name, description: spell(containerWord(it), words) }));
  if (items.length === 0) {
    void showInformationMessage(words.t(dockerSentences.noContainers, { cluster }));
    return undefined;
  }
  const placeHolder = words.t(dockerSentences.pickContainer, { cluster });
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.key;
}
