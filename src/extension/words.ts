import * as vscode from 'vscode';
import type { Words } from '../protocol/words.ts';

/** The language of the editor, from the bundles in l10n. */
export const editorWords: Words = {
  t: (sentence, values) => vscode.l10n.t(sentence, { ...values }),
};
