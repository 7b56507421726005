import * as vscode from 'vscode';
import { signalOf } from './cancellation.ts';
import { reasonOf } from './cluster-watch.ts';
import { viewNow, type Desk } from './desk.ts';
import { forgetCluster } from './forget-cluster.ts';
import { clusterEntryOf, type LabKind } from './lab-desk.ts';
import { labSentences } from './lab-sentences.ts';
import { lookSoon } from './look-soon.ts';
import { sentences } from './sentences.ts';
import { targetOf } from './target.ts';
import { writeCluster } from './user-clusters.ts';
import {
  showErrorMessage,
  showInformationMessage,
  showQuickPick,
  showWarningMessage,
  withProgress,
} from './window.ts';

const labCluster = 'lab';

/** Makes the lab, puts it into the user's settings, and shows it. */
export async function createLab(desk: Desk): Promise<void> {
  const { words, lab, log } = desk;
  const kind = await pickKind(desk);
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
      const image = desk.settings.inForce.settings.labImage;
      return await lab.up({ kind, image }, tell, signalOf(token));
    } catch (error) {
      if (!token.isCancellationRequested) tellFailure(desk, sentences.labFailed, error);
      return undefined;
    }
  });
  if (made === undefined) return;
  await writeCluster(labCluster, await clusterEntryOf(made));
  await desk.restart();
  desk.panels.show(labCluster);
}

/** Asks only where there is a choice. Undefined: as the lab that is there, or the only way there is. */
async function pickKind({ lab, words }: Desk): Promise<LabKind | undefined | 'cancelled'> {
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

export async function removeLab(desk: Desk): Promise<void> {
  const { words, lab, log } = desk;
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
      await forgetCluster(desk, labCluster);
      await desk.restart();
      await lab.down((line) => log.info(line));
    } catch (error) {
      tellFailure(desk, sentences.labRemoveFailed, error);
    }
  });
  await desk.restart();
}

export async function stopLabInstance(desk: Desk, argument: unknown): Promise<void> {
  const instance = targetOf(argument).instance ?? (await pickLab(desk, true));
  if (instance === undefined) return;
  await act(desk, desk.words.t(sentences.labStopping, { instance }), () => desk.lab.stop(instance));
}

export async function startLabInstance(desk: Desk, argument: unknown): Promise<void> {
  const instance = targetOf(argument).instance ?? (await pickLab(desk, false));
  if (instance === undefined) return;
  await act(desk, desk.words.t(sentences.labStarting, { instance }), () =>
    desk.lab.start(instance),
  );
}

async function act(desk: Desk, title: string, work: () => Promise<void>): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title };
  await withProgress(options, async () => {
    try {
      await work();
    } catch (error) {
      tellFailure(desk, sentences.labActionFailed, error);
    }
  });
  const lab = desk.watch.cluster(labCluster);
  if (lab !== undefined) await lookSoon(lab);
}

/** Asks which instance of the lab; `runs`: among those that run, else among those that do not. */
async function pickLab(desk: Desk, runs: boolean): Promise<string | undefined> {
  const { lab, words, watch } = desk;
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

function tellFailure({ words, log }: Desk, sentence: string, error: unknown): void {
  const says = reasonOf(error);
  log.error(says);
  void showErrorMessage(words.t(sentence, { says }));
}
