import * as vscode from 'vscode';
import { editorText, oneLine, unlinkedText } from '../../core/model/shown-text.ts';
import { shownInput, shownPick, type InputOptions, type PickItem } from './shown.ts';

/*
 * All that the extension says goes through this file. In the editor a text may hold links that run commands, and icons;
 * ours never do, so that nothing in a server's words can. test/unit/surfaces.test.ts forbids every other way.
 */

type Show = typeof vscode.window.showInformationMessage;

export const showInformationMessage = shown((...it) => vscode.window.showInformationMessage(...it));
export const showWarningMessage = shown((...it) => vscode.window.showWarningMessage(...it));
export const showErrorMessage = shown((...it) => vscode.window.showErrorMessage(...it));

type Said = readonly [
  text: string,
  options: vscode.MessageOptions,
  ...buttons: vscode.MessageItem[],
];

/** A notification or a dialog; resolves with the button as it was given. */
function shown(show: (...said: Said) => Thenable<vscode.MessageItem | undefined>): Show {
  const showing = async (text: string, ...rest: readonly unknown[]): Promise<unknown> => {
    const [first] = rest;
    const options = isOptions(first) ? first : {};
    const given = rest.slice(isOptions(first) ? 1 : 0).filter(isButton);
    const buttons = given.map((it) =>
      typeof it === 'string' ? { title: editorText(it) } : { ...it, title: editorText(it.title) },
    );
    const { detail } = options;
    const chosen = await show(
      editorText(text),
      detail === undefined ? options : { ...options, detail: editorText(detail) },
      ...buttons,
    );
    return chosen === undefined ? undefined : given[buttons.indexOf(chosen)];
  };
  return showing;
}

function isButton(it: unknown): it is string | vscode.MessageItem {
  return typeof it === 'string' || (typeof it === 'object' && it !== null && 'title' in it);
}

function isOptions(it: unknown): it is vscode.MessageOptions {
  return typeof it === 'object' && it !== null && !('title' in it);
}

/** What is said while something lasts. */
export function withProgress<Result>(
  { title, ...options }: vscode.ProgressOptions,
  work: (
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    token: vscode.CancellationToken,
  ) => Thenable<Result>,
): Thenable<Result> {
  const said = title === undefined ? options : { ...options, title: editorText(title) };
  return vscode.window.withProgress(said, (progress, token) =>
    work(
      {
        report: ({ message, ...value }) => {
          progress.report(
            message === undefined ? value : { ...value, message: editorText(message) },
          );
        },
      },
      token,
    ),
  );
}

/** Resolves with the item as it was given. */
export async function showQuickPick<Item extends PickItem>(
  items: readonly Item[] | Promise<readonly Item[]>,
  options: vscode.QuickPickOptions & { readonly canPickMany?: false },
): Promise<Item | undefined> {
  const rows = Promise.resolve(items).then((all) => all.map((it) => pickRow(it)));
  const { title, placeHolder, ...others } = options;
  const chosen = await vscode.window.showQuickPick(rows, {
    ...others,
    ...(title === undefined ? {} : { title: editorText(title) }),
    ...(placeHolder === undefined ? {} : { placeHolder: editorText(placeHolder) }),
  });
  return chosen?.item;
}

function pickRow<Item extends PickItem>(item: Item) {
  const { icon, separates, ...row } = shownPick(item);
  return {
    ...row,
    ...(icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(icon) }),
    ...(separates ? { kind: vscode.QuickPickItemKind.Separator } : {}),
    item,
  };
}

export function showInputBox(options: InputOptions): Thenable<string | undefined> {
  return vscode.window.showInputBox(shownInput(options));
}

export function setStatusBarMessage(text: string, ms: number): void {
  vscode.window.setStatusBarMessage(editorText(text), ms);
}

/** The text of an item of the status bar, behind an icon of ours. */
export function statusBarText(icon: string, text: string): string {
  return `$(${icon}) ${editorText(text)}`;
}

export function treeItem(
  label: string,
  state: vscode.TreeItemCollapsibleState,
  description: string,
): vscode.TreeItem {
  const item = new vscode.TreeItem(editorText(label), state);
  item.description = editorText(description);
  return item;
}

/** A page of Markdown: our own marks, and the words of others, of which nothing becomes a mark, an icon or a link. */
export class Tooltip {
  readonly page = new vscode.MarkdownString('', true);

  /** `markup`: written by us, without any value. */
  mark(markup: string): this {
    this.page.appendMarkdown(markup);
    return this;
  }

  icon(name: string): this {
    return this.mark(`$(${name})`);
  }

  text(words: string): this {
    this.page.appendText(unlinkedText(words));
    return this;
  }

  code(text: string, language: string): this {
    this.page.appendCodeblock(editorText(text), language);
    return this;
  }
}

/** What the extension tells for whoever looks into it. */
export type Log = Pick<vscode.LogOutputChannel, 'debug' | 'info' | 'warn' | 'error' | 'show'>;

/** The log may be read in a terminal: one line a message, and nothing that a terminal obeys. */
export function openLog(name: string): Log & vscode.Disposable {
  const channel = vscode.window.createOutputChannel(name, { log: true });
  return {
    debug: (line) => channel.debug(oneLine(line)),
    info: (line) => channel.info(oneLine(line)),
    warn: (line) => channel.warn(oneLine(line)),
    error: (line) => channel.error(oneLine(String(line))),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}

/** A terminal in the editor. */
export function openTerminal(options: vscode.TerminalOptions): void {
  const { name } = options;
  vscode.window
    .createTerminal(name === undefined ? options : { ...options, name: editorText(name) })
    .show();
}
