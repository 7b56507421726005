import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { distrusted } from './trusted-file.ts';

/**
 * What stands in a file of ours that every process of this user reads and writes; undefined without it, where it is
 * damaged, and where others could have written it, which is then told in one sentence. `parse` throws where the content is
 * not what it should be.
 */
export function readJson<Content>(
  file: string,
  parse: (written: unknown) => Content,
  tell: (says: string) => void,
): Content | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const objection = distrusted(file);
    if (objection === undefined) return parse(JSON.parse(text));
    tell(`What is remembered in ${file} is not used. ${objection}`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return undefined;
    const because = code === '' ? 'its content is damaged' : `it cannot be read (${code})`;
    tell(`What is remembered in ${file} is not used: ${because}.`);
  }
  return undefined;
}

/** All or nothing of it, also where the process dies. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}
