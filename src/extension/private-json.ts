import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What stands in a file of ours that every window of this user reads and writes; undefined without it, where it is damaged,
 * and where others could have written it. `parse` throws where the content is not what it should be.
 */
export function readJson<Content>(
  file: string,
  parse: (written: unknown) => Content,
): Content | undefined {
  try {
    if (process.platform !== 'win32' && mayOthersWrite(file)) return undefined;
    return parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** All or nothing of it, also where the process dies. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

function mayOthersWrite(file: string): boolean {
  const { mode } = statSync(file);
  return ((mode | statSync(dirname(file)).mode) & 0o002) !== 0;
}
