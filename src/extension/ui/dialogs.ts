import type { PickItem } from './shown.ts';
import { showInputBox, showQuickPick } from './window.ts';

export interface InputStep {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly password?: boolean;
  /** What is wrong with a text; undefined for nothing. */
  readonly objection?: (text: string) => string | undefined;
}

/** Asks for a text; undefined: the person changed their mind. It stays open while they look something up. */
export async function askText(step: InputStep): Promise<string | undefined> {
  const { title, prompt, value = '', password = false, objection } = step;
  return showInputBox({
    title,
    prompt,
    value,
    password,
    ignoreFocusOut: true,
    ...(objection === undefined ? {} : { validateInput: objection }),
  });
}

/** One row to choose, and what it stands for. */
export interface Choice<Value> {
  readonly label: string;
  /** A name of the editor's icons. */
  readonly icon?: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: Value;
  /** Stands above the first row of its group. */
  readonly group?: string;
}

/** Asks for one of the choices; undefined: the person changed their mind. */
export async function askChoice<Value>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<Value>[] | Promise<readonly Choice<Value>[]>,
): Promise<Value | undefined> {
  const rows = Promise.resolve(choices).then((all) => all.flatMap(rowsOf));
  const options = { title, placeHolder, ignoreFocusOut: true, matchOnDetail: true };
  const chosen = await showQuickPick(rows, options);
  return chosen?.choice?.value;
}

function rowsOf<Value>(
  choice: Choice<Value>,
  place: number,
  all: readonly Choice<Value>[],
): (PickItem & { readonly choice?: Choice<Value> })[] {
  const { label, description, detail, icon, group } = choice;
  const row = { label, description, detail, icon, choice };
  return group === undefined || group === all[place - 1]?.group
    ? [row]
    : [{ label: group, separates: true }, row];
}
