import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { fill } from '../../src/core/model/phrase.ts';

const bundle = resolve(import.meta.dirname, '../../l10n/bundle.l10n.ko.json');

/** What the screen says in the language that a test is played in: English, or Korean where it is told so. */
export class SpokenLanguage {
  readonly language: 'en' | 'ko';
  readonly #translated: Readonly<Record<string, string>>;

  constructor(wish: string | undefined) {
    this.language = wish === 'ko' ? 'ko' : 'en';
    const all = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(bundle, 'utf8')));
    this.#translated = this.language === 'ko' ? all : {};
  }

  /** A sentence by its English text. */
  readonly said = (english: string, values: Readonly<Record<string, string>> = {}): string =>
    fill(this.#translated[english] ?? english, values);
}
