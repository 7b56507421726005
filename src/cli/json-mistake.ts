/** Where a text stops being JSON. Lines and columns count from 1. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  /** What should have stood there, e.g. "a value". Never a piece of the text: it may be a secret. */
  readonly expected: string;
}

class Unexpected extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
  }
}

const space = /[ \t\r\n]*/y;
const text = /"(?:[^"\\\p{Cc}]|[\u007F-\u009F]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y;

/** The first mistake of a text that should be JSON; undefined when it is. */
export function jsonMistake(source: string): JsonMistake | undefined {
  try {
    const end = skip(space, source, valueEnd(source, skip(space, source, 0)));
    if (end < source.length) throw new Unexpected(end, 'the end of the file');
    return undefined;
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const before = source.slice(0, error.offset).split('\n');
    return {
      line: before.length,
      column: (before.at(-1) ?? '').length + 1,
      expected: error.message,
    };
  }
}

/** Where the value that begins at `at` ends. */
function valueEnd(source: string, at: number): number {
  if (source[at] === '{') return listEnd(source, at, '}', memberEnd);
  if (source[at] === '[') return listEnd(source, at, ']', valueEnd);
  if (source[at] === '"') return textEnd(source, at);
  const end = skip(scalar, source, at);
  if (end === at)
    throw new Unexpected(
      at,
      source.startsWith('/', at) ? 'a value, and JSON has no comments' : 'a value',
    );
  return end;
}

type End = (source: string, at: number) => number;

function listEnd(source: string, at: number, close: string, entryEnd: End): number {
  let next = skip(space, source, at + 1);
  if (source[next] === close) return next + 1;
  for (;;) {
    next = skip(space, source, entryEnd(source, next));
    if (source[next] === close) return next + 1;
    if (source[next] !== ',') throw new Unexpected(next, `a comma or ${close}`);
    next = skip(space, source, next + 1);
  }
}

function memberEnd(source: string, at: number): number {
  if (source[at] !== '"') throw new Unexpected(at, 'a key in double quotes');
  const colon = skip(space, source, textEnd(source, at));
  if (source[colon] !== ':') throw new Unexpected(colon, 'a colon');
  return valueEnd(source, skip(space, source, colon + 1));
}

function textEnd(source: string, at: number): number {
  const end = skip(text, source, at);
  if (end === at) throw new Unexpected(at, 'a text that ends on its line, in double quotes');
  return end;
}

function skip(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}
