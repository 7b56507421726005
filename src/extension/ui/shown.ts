import { editorText } from '../../core/model/shown-text.ts';

/** A row to choose. The icon stands apart, so that the words can hold none. */
export interface PickItem {
  readonly label: string;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  /** A name of the editor's icons. */
  readonly icon?: string | undefined;
  /** A title above the rows that follow, which cannot be chosen. */
  readonly separates?: boolean | undefined;
}

/** What is asked for in a box of one line. */
export interface InputOptions {
  readonly title?: string;
  readonly prompt?: string;
  readonly placeHolder?: string;
  readonly value?: string;
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  /** What is wrong with a text. */
  readonly validateInput?: (text: string) => string | undefined;
}

/** Only what is shown, and so that nothing in it is a link or an icon. */
export function shownPick({ label, description, detail, icon, separates = false }: PickItem) {
  return {
    label: editorText(label),
    ...(description === undefined ? {} : { description: editorText(description) }),
    ...(detail === undefined || detail === '' ? {} : { detail: editorText(detail) }),
    icon,
    separates,
  };
}

/** The editor draws links in the title, the prompt and what is wrong with a text. */
export function shownInput(options: InputOptions): InputOptions {
  const { title, prompt, placeHolder, validateInput } = options;
  return {
    ...options,
    ...(title === undefined ? {} : { title: editorText(title) }),
    ...(prompt === undefined ? {} : { prompt: editorText(prompt) }),
    ...(placeHolder === undefined ? {} : { placeHolder: editorText(placeHolder) }),
    ...(validateInput === undefined
      ? {}
      : {
          validateInput: (text) => {
            const objection = validateInput(text);
            return objection === undefined ? undefined : editorText(objection);
          },
        }),
  };
}
