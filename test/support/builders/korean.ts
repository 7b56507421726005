import { readFileSync } from 'node:fs';
import { fill } from '../../../src/core/model/phrase.ts';
import type { Localizer } from '../../../src/protocol/localizer.ts';

/** What an editor in Korean says. */
export function korean(): Localizer {
  const path = new URL('../../../l10n/bundle.l10n.ko.json', import.meta.url);
  const bundle: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'));
  return { t: (sentence, values) => fill(bundle[sentence] ?? sentence, values) };
}
