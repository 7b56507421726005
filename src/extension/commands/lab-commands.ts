import * as vscode from 'vscode';
import { signalOf } from '../engine/cancellation.ts';
import { reasonOf } from '../engine/cluster-watch.ts';
import { viewNow, type CommandContext } from './command-context.ts';
import { forgetCluster } from './forget-cluster.ts';
import { clusterEntryOf, type LabKind } from '../engine/lazy-lab.ts';
import { labSentences } from '../language/lab-sentences.ts';
import { lookSoon } from '../engine/look-soon.ts';
import { sentences } from '../language/sentences.ts';
import { targetOf } from './target.ts';
import { writeCluster } from '../engine/user-clusters.ts';
import {
  showErrorMessage,
  showInformationMessage,
  showQuickPick,
  showWarningMessage,
  withProgress,
} from '../ui/window.ts';

const labCluster = 'lab';

/** Makes the lab, puts it into the user's settings, and shows it. */
export async function createLab(context: CommandContext): Promise<void> {
  const { words, lab, log } = context;
  const kind = await pickKind(context);
  if (kind === 'cancelled') return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: words.t(sentences.labCreating),
    cancellable: true,
  };
  const made = await withProgress(options, async (progress, token) => {
    try {
      const tell = (line: string): void => {
        log.info(line);
        progress.report({ message: line });
      };
      const image = context.settings.inForce.settings.labImage;
      return await lab.up({ kind, image }, tell, signalOf(token));
    } catch (error) {
      if (!token.isCancellationRequested) tellFailure(context, sentences.labFailed, error);
      return undefined;
    }
  });
  if (made === undefined) return;
  await writeCluster(labCluster, await clusterEntryOf(made));
  await context.restart();
  context.panels.show(labCluster);
}

/** Asks only where there is a choice. Undefined: as the lab that is there, or the only way there is. */
async function pickKind({
  lab,
  words,
}: CommandContext): Promise<LabKind | undefined | 'cancelled'> {
  if ((await lab.look()) !== undefined) return undefined;
  const ways = await lab.ways();
  if (ways.length < 2) return ways[0];
  const picks = [
    { kind: 'docker', label: labSentences.labOnDocker, detail: labSentences.labOnDockerDetail },
    {
      kind: 'processes',
      label: labSentences.labOfProcesses,
      detail: labSentences.labOfProcessesDetail,
    },
  ] as const;
  const items = picks.map(({ kind, label, detail }) => ({
    way: kind,
    label: words.t(label),
    detail: words.t(detail),
  }));
  const placeHolder = words.t(labSentences.labKindPick);
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.way ?? 'cancelled';
}

export async function removeLab(context: CommandContext): Promise<void> {
  const { words, lab, log } = context;
  const remove = words.t(sentences.labRemove);
  const detail = words.t(sentences.labRemoveDetail);
  const question = words.t(sentences.labRemoveAsk);
  const options = { modal: true, detail };
  if ((await showWarningMessage(question, options, remove)) !== remove) return;
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: words.t(sentences.labRemoving),
  };
  await withProgress(progress, async () => {
    try {
      await writeCluster(labCluster, undefined);
      await forgetCluster(context, labCluster);
      await context.restart();
      await lab.down((line) => log.info(line));
    } catch (error) {
      tellFailure(context, sentences.labRemoveFailed, error);
    }
  });
  await context.restart();
}

export async function stopLabInstance(context: CommandContext, argument: unknown): Promise<void> {
  const instance = targetOf(argument).instance ?? (await pickLab(context, true));
  if (instance === undefined) return;
  await act(context, context.words.t(sentences.labStopping, { instance }), () =>
    context.lab.stop(instance),
  );
}

export async function startLabInstance(context: CommandContext, argument: unknown): Promise<void> {
  const instance = targetOf(argument).instance ?? (await pickLab(context, false));
  if (instance === undefined) return;
  await act(context, context.words.t(sentences.labStarting, { instance }), () =>
    context.lab.start(instance),
  );
}

async function act(
  context: CommandContext,
  title: string,
  work: () => Promise<void>,
): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title };
  await withProgress(options, async () => {
    try {
      await work();
    } catch (error) {
      tellFailure(context, sentences.labActionFailed, error);
    }
  });
  const lab = context.watch.cluster(labCluster);
  if (lab !== undefined) await lookSoon(lab);
}

/** Asks which instance of the lab; `runs`: among those that run, else among those that do not. */
async function pickLab(context: CommandContext, runs: boolean): Promise<string | undefined> {
  const { lab, words, watch } = context;
  const found = await lab.look();
  const watched = watch.cluster(labCluster);
  const cards = watched === undefined ? [] : (viewNow(watched, words)?.cards ?? []);
  const picks = (found?.instances ?? [])
    .filter((it) => (it.pid !== null) === runs)
    .map(({ key, name }) => {
      const role = cards.find((it) => it.key === key)?.roleWord;
      return { label: key, description: [name, role].filter(Boolean).join(' · ') };
    });
  if (picks.length === 0) {
    void showInformationMessage(words.t(sentences.labNone));
    return undefined;
  }
  const placeHolder = words.t(runs ? sentences.labStopPick : sentences.labStartPick);
  return (await showQuickPick(picks, { placeHolder, ignoreFocusOut: true }))?.label;
}

function tellFailure({ words, log }: CommandContext, sentence: string, error: unknown): void {
  const says = reasonOf(error);
  log.error(says);
  void showErrorMessage(words.t(sentence, { says }));
}
