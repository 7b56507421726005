/** Which characters of a pattern stand for any text, and for any one letter. */
export interface Wildcards {
  readonly any: string;
  readonly one: string;
}

/**
 * Whether a pattern fits a whole text. Never longer than the product of both lengths: where a text does not fit, only the
 * last wildcard before takes one letter more. A regular expression of the same meaning tries all of them in all ways, which
 * takes seconds for six wildcards in the account of a server.
 */
export function matchesWildcards(pattern: string, text: string, { any, one }: Wildcards): boolean {
  let at = 0;
  let letter = 0;
  let lastAny = -1;
  let lastLetter = 0;
  while (letter < text.length) {
    if (pattern[at] === any) {
      lastAny = at;
      lastLetter = letter;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === one || pattern[at] === text[letter])) {
      at += 1;
      letter += 1;
    } else if (lastAny === -1) {
      return false;
    } else {
      at = lastAny + 1;
      lastLetter += 1;
      letter = lastLetter;
    }
  }
  while (pattern[at] === any) at += 1;
  return at === pattern.length;
}
