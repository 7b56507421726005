import { readFileSync } from 'node:fs';
import { fill } from '../../src/core/model/phrase.ts';
import type { Words } from '../../src/protocol/words.ts';

/** What an editor in Korean says. */
export function korean(): Words {
  const path = new URL('../../l10n/bundle.l10n.ko.json', import.meta.url);
  const bundle: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'));
  return { t: (sentence, values) => fill(bundle[sentence] ?? sentence, values) };
}
