/** What a phrase tells by name. A phrase within a phrase is spelled in the same language. */
export type PhraseValue = string | number | Phrase;

/**
 * A sentence, or a few words, that a person may read in another language: an English template with `{names}`, and the
 * values. Names of servers, numbers and whatever servers said are values, so that only our own words are translated.
 */
export interface Phrase {
  readonly text: string;
  readonly values: Readonly<Record<string, PhraseValue>>;
}

/** The names in braces, so that none can be left without its value. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

type ValuesFor<Text extends string> = [NamesIn<Text>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Text>, PhraseValue>>];

/** Our own words. `text` is written in place, never computed: translations are found by it. */
export function phrase<const Text extends string>(text: Text, ...rest: ValuesFor<Text>): Phrase {
  const [values = {}] = rest;
  return { text, values };
}

/** Words from outside, such as what a server said, a version or a setting: the same in every language. */
export function plain(words: string): Phrase {
  return phrase('{words}', { words });
}

/** A phrase in the language of `translate`, which fills the values into its sentence. */
export function spellPhrase(
  { text, values }: Phrase,
  translate: (sentence: string, values: Readonly<Record<string, string | number>>) => string,
): string {
  const spelled = Object.entries(values).map(([name, value]): [string, string | number] => {
    if (typeof value !== 'object') {
      return [name, value];
    }
    const inner = spellPhrase(value, translate);
    // A sentence in brackets loses its full stop.
    return [name, text.includes(`({${name}})`) ? inner.replace(/\.$/, '') : inner];
  });
  return translate(text, Object.fromEntries(spelled));
}

/** Puts the values into a sentence; a name without a value stays as it is. */
export function fill(
  sentence: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

export function inEnglish(it: Phrase): string {
  return spellPhrase(it, fill);
}
