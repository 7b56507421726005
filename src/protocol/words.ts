/** Turns an English sentence into the user's language; `{name}` stands for a value of `values`. */
export type Translate = (
  sentence: string,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** The user's language, handed in so that neither the views nor the tests need an editor. */
export interface Words {
  readonly t: Translate;
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

export const english: Words = { t: fill };
