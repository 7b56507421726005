import type { FilePosition } from './instance.ts';

/** Splits `binlog.000123` into its base name and number; null where the name has no number. */
function splitFile(file: string): { readonly base: string; readonly number: bigint } | null {
  const [, base, digits] = /^(.*)\.(\d{1,19})$/.exec(file) ?? [];
  return base === undefined || digits === undefined ? null : { base, number: BigInt(digits) };
}

/**
 * Below zero when `a` is before `b` in one server's binary logs, above zero when behind it.
 * Null when the two files do not belong to one series.
 */
export function compareFilePositions(a: FilePosition, b: FilePosition): number | null {
  if (a.file === b.file) {
    return a.offset - b.offset;
  }
  const left = splitFile(a.file);
  const right = splitFile(b.file);
  if (left === null || right === null || left.base !== right.base || left.number === right.number) {
    return null;
  }
  // By number, not as text: binlog.1000000 follows binlog.999999.
  return left.number < right.number ? -1 : 1;
}
