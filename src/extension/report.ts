import * as vscode from 'vscode';
import { spell } from '../protocol/words.ts';
import { recoveryOf } from './acknowledge.ts';
import type { Desk } from './desk.ts';
import { sentences } from './sentences.ts';

const scheme = 'switchover-report';

/** The records of recoveries as documents that the editor can show, also after a restart. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #watch: Desk['watch'];
  readonly #lifetime: vscode.Disposable;

  constructor(watch: Desk['watch']) {
    this.#watch = watch;
    this.#lifetime = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const { reportOf } = await import('../compose.ts');
    await this.#watch.ready();
    const recovery = this.#watch.store?.recovery(query);
    return recovery === undefined ? '' : reportOf(recovery, localTime);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }
}

/** Opens the whole record of one recovery: the row that was clicked, or one that is asked for. */
export async function showReport(desk: Desk, argument: unknown): Promise<void> {
  const id = recoveryOf(argument) ?? (await pickAny(desk));
  const recovery = id === undefined ? undefined : desk.watch.store?.recovery(id);
  if (recovery === undefined) return;
  const name = `${recovery.cluster} ${localTime(recovery.startedAt).replaceAll(':', '.')}.md`;
  const uri = vscode.Uri.from({ scheme, path: `/${name}`, query: recovery.id });
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

async function pickAny({ watch, words }: Desk): Promise<string | undefined> {
  const items = watch.recoveries().map((it) => ({
    id: it.id,
    label: spell(it.headline, words),
    description: localTime(it.startedAt),
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(words.t(sentences.noRecoveries));
    return undefined;
  }
  const placeHolder = words.t(sentences.pickRecovery);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.id;
}

/** `2026-01-31 14:02:03.456` on this machine's clock. */
function localTime(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().replace('T', ' ').replace('Z', '');
}
