import * as vscode from 'vscode';
import type { CheckedItem, CheckReport } from '../../core/model/doctor.ts';
import { stepsOf } from '../../core/model/plan.ts';
import { signalOf } from '../engine/cancellation.ts';
import { chooseCluster, type CommandContext } from './command-context.ts';
import {
  aboutInstance,
  doctorGroups,
  doctorPage,
  explanationOf,
  linesOf,
  whyNotFixed,
  type DoctorRow,
} from './doctor-rows.ts';
import { doctorSentences as sentences } from '../language/doctor-sentences.ts';
import { sentences as common } from '../language/sentences.ts';
import type { PickItem } from '../ui/shown.ts';
import { targetOf } from './target.ts';
import {
  setStatusBarMessage,
  showInformationMessage,
  showQuickPick,
  withProgress,
} from '../ui/window.ts';

/** Looks for all that would break or slow a recovery, and lets a person choose what to read and what to fix. */
export async function checkCluster(context: CommandContext, argument: unknown): Promise<void> {
  const watched = await chooseCluster(context, argument);
  if (watched === undefined) return;
  const { words } = context;
  const cluster = watched.settings.id;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: words.t(sentences.checking, { cluster }),
    cancellable: true,
  };
  const whole = await withProgress(options, (_, token) => watched.backend.checkUp(signalOf(token)));
  const report = aboutInstance(whole, targetOf(argument).instance);
  if (report.items.length === 0) {
    const says = words.t(sentences.nothingFound, { cluster });
    void showInformationMessage(says);
    return;
  }
  await browse(context, report);
}

/** Back and forth between the list and one item, until something is done or put away. */
async function browse(context: CommandContext, report: CheckReport): Promise<void> {
  const chosen = await pickItem(context, report);
  if (chosen === 'all') {
    await showPage(doctorPage(report, context.words));
  } else if (chosen !== undefined) {
    const next = await pickAction(context, chosen);
    await next?.(context, report, chosen);
  }
}

type Row = PickItem & Partial<DoctorRow> & { readonly all?: true };

async function pickItem(
  { words }: CommandContext,
  report: CheckReport,
): Promise<CheckedItem | 'all' | undefined> {
  const rows = doctorGroups(report, words).flatMap(({ title, rows: group }): readonly Row[] => [
    { separates: true, label: title },
    ...group,
  ]);
  const all: readonly Row[] = [
    { separates: true, label: '' },
    { icon: 'output', label: words.t(sentences.showAll), all: true },
  ];
  const chosen = await showQuickPick([...rows, ...all], {
    placeHolder: words.t(sentences.pickItem, { cluster: report.cluster }),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen?.all === true ? 'all' : chosen?.item;
}

type Act = (context: CommandContext, report: CheckReport, item: CheckedItem) => Promise<void>;

async function pickAction({ words }: CommandContext, item: CheckedItem): Promise<Act | undefined> {
  const { t } = words;
  const lines = linesOf(item);
  const rows: (PickItem & { readonly act?: Act })[] = [
    ...fixRows(item, words),
    ...(lines.length === 0
      ? []
      : [{ icon: 'copy', label: t(sentences.copy), detail: lines.join('  '), act: copyLines }]),
    { icon: 'arrow-left', label: t(sentences.back), act: browse },
    { separates: true, label: item.instance },
    ...explanationOf(item, words).map((label) => ({ label, act: browse })),
  ];
  const title = `${item.code} · ${item.instance}`;
  return (await showQuickPick(rows, { title, ignoreFocusOut: true }))?.act;
}

function fixRows(
  item: CheckedItem,
  words: CommandContext['words'],
): readonly (PickItem & { readonly act: Act })[] {
  const { t } = words;
  if (item.fix === null) return [];
  const because = whyNotFixed(item, words);
  const count = item.fix.kind === 'act' ? stepsOf(item.fix.plan).length : 0;
  const detail =
    because === undefined ? t(sentences.fixDetail, { count }) : t(sentences.cannotFix, { because });
  return [{ icon: 'wrench', label: t(sentences.fix), detail, act: propose }];
}

/** One that is not possible may be chosen too: the panel then says why, and what to do. */
async function propose(
  { panels }: CommandContext,
  { cluster }: CheckReport,
  item: CheckedItem,
): Promise<void> {
  await panels.propose(cluster, { kind: 'fix', instance: item.instance, item: item.code });
}

async function copyLines(
  { words }: CommandContext,
  _: CheckReport,
  item: CheckedItem,
): Promise<void> {
  await vscode.env.clipboard.writeText(linesOf(item).join('\n'));
  setStatusBarMessage(words.t(common.copied), 2000);
}

async function showPage(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: true });
}
