import * as vscode from 'vscode';
import { detectionOf, keptAtMost, reportJson } from '../protocol/record-json.ts';
import { spell, type Words } from '../protocol/words.ts';
import { recoveryOf } from './acknowledge.ts';
import type { Desk } from './desk.ts';
import { seenOf } from './recovery-nodes.ts';
import { sentences } from './sentences.ts';
import { showInformationMessage, showQuickPick } from './window.ts';

const scheme = 'switchover-report';

/** The records of recoveries as documents that the editor can show, also after a restart. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #watch: Desk['watch'];
  readonly #words: Words;
  readonly #lifetime: vscode.Disposable;

  constructor(watch: Desk['watch'], words: Words) {
    this.#watch = watch;
    this.#words = words;
    this.#lifetime = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent({ query, path }: vscode.Uri): Promise<string> {
    const { reportOf } = await import('../compose.ts');
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
export async function showReport(desk: Desk, argument: unknown): Promise<void> {
  const uri = await reportAddress(desk, argument, 'md');
  if (uri !== undefined) await vscode.commands.executeCommand('markdown.showPreview', uri);
}

/** The same for programs: sentences in English, times in milliseconds since the epoch. */
export async function showReportJson(desk: Desk, argument: unknown): Promise<void> {
  const uri = await reportAddress(desk, argument, 'json');
  if (uri === undefined) return;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

async function reportAddress(
  desk: Desk,
  argument: unknown,
  format: 'md' | 'json',
): Promise<vscode.Uri | undefined> {
  const id = recoveryOf(argument) ?? (await pickAny(desk));
  const recovery = id === undefined ? undefined : desk.watch.store?.recovery(id);
  if (recovery === undefined) return undefined;
  const time = localTime(recovery.startedAt).replaceAll(':', '.');
  const path = `/${recovery.cluster} ${time}.${format}`;
  return vscode.Uri.from({ scheme, path, query: recovery.id });
}

async function pickAny({ watch, words }: Desk): Promise<string | undefined> {
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
