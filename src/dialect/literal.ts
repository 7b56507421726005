import { isPlainText } from '../core/model/plain-text.ts';

/** A value cannot be written into a statement. The message never shows the value: it may be a password. */
export class UnwritableValue extends Error {
  constructor() {
    super('A name or password with control characters cannot be written into a statement.');
    this.name = 'UnwritableValue';
  }
}

/**
 * Writes text as an SQL string. `CHANGE ... TO` takes no placeholders, so the text itself must be safe:
 * quotes are doubled, which every SQL mode reads alike; backslashes are doubled, which is right only
 * without NO_BACKSLASH_ESCAPES (see `backslashMode`). Throws UnwritableValue for control characters:
 * no name or password needs them, and the server keeps these values in lines of a file.
 */
export function literal(text: string): string {
  if (!isPlainText(text)) {
    throw new UnwritableValue();
  }
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** What a session must say first so that `literal` reads right, whatever the server's SQL mode; mostly nothing. */
export function backslashMode(values: readonly string[]): readonly string[] {
  return values.some((it) => it.includes('\\')) ? ["SET SESSION sql_mode = ''"] : [];
}
