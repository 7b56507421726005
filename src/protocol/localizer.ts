import { fill, spellPhrase, type Phrase } from '../core/model/phrase.ts';

/** Turns an English sentence into the user's language; `{name}` stands for a value of `values`. */
export type Translate = (
  sentence: string,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** The user's language, handed in so that neither the views nor the tests need an editor. */
export interface Localizer {
  readonly t: Translate;
  /** For times and dates, e.g. `ko`; the system's own where it is not known. */
  readonly language?: string;
}

/** What the engine said, in the user's language. */
export function spell(phrase: Phrase, { t }: Localizer): string {
  return spellPhrase(phrase, t);
}

export const english: Localizer = { t: fill };
