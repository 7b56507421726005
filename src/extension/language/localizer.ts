import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import * as z from 'zod';
import { fill } from '../../core/model/phrase.ts';
import type { Localizer } from '../../protocol/localizer.ts';

const bundleSchema = z.record(z.string(), z.string());

/** The language of the editor, or the one that the settings name; asked anew for every sentence. */
export class EditorLocalizer implements Localizer {
  readonly #extension: vscode.Uri;
  readonly #bundles = new Map<string, Readonly<Record<string, string>>>();
  #named: 'auto' | 'en' | 'ko' = 'auto';

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  /** `auto`: as the editor. */
  speak(language: 'auto' | 'en' | 'ko'): void {
    this.#named = language;
  }

  get language(): string {
    return this.#named === 'auto' ? vscode.env.language : this.#named;
  }

  readonly t: Localizer['t'] = (sentence, values) => {
    if (this.#named === 'auto') return vscode.l10n.t(sentence, { ...values });
    return fill(this.#bundle(this.#named)[sentence] ?? sentence, values);
  };

  /** English needs none: its sentences are the keys. */
  #bundle(language: string): Readonly<Record<string, string>> {
    const known = this.#bundles.get(language);
    if (known !== undefined) return known;
    const bundle = language === 'en' ? {} : this.#read(`bundle.l10n.${language}.json`);
    this.#bundles.set(language, bundle);
    return bundle;
  }

  #read(name: string): Readonly<Record<string, string>> {
    const file = vscode.Uri.joinPath(this.#extension, 'l10n', name).fsPath;
    return bundleSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  }
}
