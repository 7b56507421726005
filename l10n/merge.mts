// Writes the bundles that the editor reads from the parts that people translate.
// `node l10n/merge.mts` writes; a test calls `mergedBundle` and compares.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);

/**
 * All parts of one language in one table: English sentence to translation, sorted by sentence.
 * Two parts may hold the same sentence only with the same translation.
 */
export function mergedBundle(language: string): Readonly<Record<string, string>> {
  const parts = new URL('parts/', here);
  const names = readdirSync(parts).filter((it) => it.endsWith(`.${language}.json`));
  const bundle = new Map<string, string>();
  for (const name of names.toSorted()) {
    const part: Readonly<Record<string, string>> = JSON.parse(
      readFileSync(new URL(name, parts), 'utf8'),
    );
    for (const [sentence, translation] of Object.entries(part)) {
      const other = bundle.get(sentence);
      if (other !== undefined && other !== translation) {
        throw new Error(`${name} translates "${sentence}" differently from another part.`);
      }
      bundle.set(sentence, translation);
    }
  }
  return Object.fromEntries([...bundle].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function write(name: string, bundle: Readonly<Record<string, string>>): void {
  writeFileSync(new URL(name, here), `${JSON.stringify(bundle, null, 2)}\n`);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  write('bundle.l10n.json', {});
  write('bundle.l10n.ko.json', mergedBundle('ko'));
}
