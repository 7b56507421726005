import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../src/extension/', import.meta.url));

/** What the editor says: name to English sentence, from every file of sentences. */
export async function editorSentences(): Promise<readonly (readonly [string, string])[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) =>
    /(^|[-/])sentences\.ts$/.test(it),
  );
  const modules: readonly object[] = await Promise.all(files.map((it) => import(join(folder, it))));
  return modules
    .flatMap((it) => Object.values(it))
    .flatMap((table: unknown) => (typeof table === 'object' ? Object.entries(table ?? {}) : []))
    .filter((it): it is [string, string] => typeof it[1] === 'string');
}
