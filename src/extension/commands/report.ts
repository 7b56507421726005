import * as vscode from 'vscode';
import { detectionOf, keptAtMost, reportJson } from '../../protocol/record-json.ts';
import { spell, type Localizer } from '../../protocol/localizer.ts';
import { recoveryOf } from './acknowledge.ts';
import type { CommandContext } from './command-context.ts';
import { seenOf } from '../tree/recovery-nodes.ts';
import { sentences } from '../language/sentences.ts';
import { showInformationMessage, showQuickPick } from '../ui/window.ts';

const scheme = 'switchover-report';

/** The records of recoveries as documents that the editor can show, also after a restart. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #watch: CommandContext['watch'];
  readonly #words: Localizer;
  readonly #lifetime: vscode.Disposable;

  constructor(watch: CommandContext['watch'], words: Localizer) {
    this.#watch = watch;
    this.#words = words;
    this.#lifetime = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent({ query, path }: vscode.Uri): Promise<string> {
    const { reportOf } = await import('../../wiring/engine.ts');
    await this.#watch.ready();
    const { store } = this.#watch;
    const recovery = store?.recovery(query);
    if (store === undefined || recovery === undefined) return '';
    const detection = detectionOf(recovery, store.detections(recovery.cluster, keptAtMost));
    if (path.endsWith('.json')) return JSON.stringify(reportJson(recovery, detection), null, 2);
    return reportOf(recovery, {
      seen: detection === undefined ? [] : seenOf(detection, this.#words),
      spellTime: localTime,
      translate: this.#words.t,
    });
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}

/** Opens the whole record of one recovery: the row that was clicked, or one that is asked for. */
export async function showReport(context: CommandContext, argument: unknown): Promise<void> {
  const uri = await reportAddress(context, argument, 'md');
  if (uri !== undefined) await vscode.commands.executeCommand('markdown.showPreview', uri);
}

/** The same for programs: sentences in English, times in milliseconds since the epoch. */
export async function showReportJson(context: CommandContext, argument: unknown): Promise<void> {
  const uri = await reportAddress(context, argument, 'json');
  if (uri === undefined) return;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

async function reportAddress(
  context: CommandContext,
  argument: unknown,
  format: 'md' | 'json',
): Promise<vscode.Uri | undefined> {
  const id = recoveryOf(argument) ?? (await pickAny(context));
  const recovery = id === undefined ? undefined : context.watch.store?.recovery(id);
  if (recovery === undefined) return undefined;
  const time = localTime(recovery.startedAt).replaceAll(':', '.');
  const path = `/${recovery.cluster} ${time}.${format}`;
  return vscode.Uri.from({ scheme, path, query: recovery.id });
}

async function pickAny({ watch, words }: CommandContext): Promise<string | undefined> {
  const items = watch.recoveries().map((it) => ({
    id: it.id,
    label: spell(it.headline, words),
    description: localTime(it.startedAt),
  }));
  if (items.length === 0) {
    void showInformationMessage(words.t(sentences.noRecoveries));
    return undefined;
  }
  const placeHolder = words.t(sentences.pickRecovery);
  return (await showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.id;
}

/** `2026-01-31 14:02:03.456` on this machine's clock. */
function localTime(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().replace('T', ' ').replace('Z', '');
}
