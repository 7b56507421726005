import { panelSentences } from '../../src/protocol/sentences.ts';
import type { PanelWord } from '../../src/protocol/sentences.ts';

/** The page's own words in the user's language. */
export type PanelWords = Readonly<Record<string, string>>;

/** One of the page's words; in English where the host sent none. */
export function t(words: PanelWords, word: PanelWord): string {
  return words[word] ?? panelSentences[word];
}
