import { parseGtidSet, printGtidSet } from './gtid-set.ts';
import { parseMariadbPosition, printMariadbPosition } from './mariadb-gtid.ts';
import type { Position } from './position.ts';

/** The text is not a stored position. */
export class PositionSyntaxError extends Error {
  constructor(cause?: unknown) {
    super('A stored position cannot be read.', cause === undefined ? {} : { cause });
    this.name = 'PositionSyntaxError';
  }
}

/** One line of JSON, for the store. */
export function serialisePosition(position: Position): string {
  switch (position.kind) {
    case 'gtid-set':
      return JSON.stringify({ kind: 'gtid-set', set: printGtidSet(position.set) });
    case 'mariadb': {
      const { strict } = position.position;
      return JSON.stringify({
        kind: 'mariadb',
        gtids: printMariadbPosition(position.position),
        strict,
      });
    }
    case 'file': {
      const { source, at } = position;
      return JSON.stringify({ kind: 'file', source, file: at.file, offset: at.offset });
    }
    default:
      return position satisfies never;
  }
}

/** Reads what `serialisePosition` wrote. Throws PositionSyntaxError. */
export function parsePosition(text: string): Position {
  try {
    return read(JSON.parse(text));
  } catch (error) {
    throw error instanceof PositionSyntaxError ? error : new PositionSyntaxError(error);
  }
}

function read(value: unknown): Position {
  if (hasTexts(value, 'kind', 'set') && value.kind === 'gtid-set') {
    return { kind: 'gtid-set', set: parseGtidSet(value.set) };
  }
  if (hasTexts(value, 'kind', 'gtids') && value.kind === 'mariadb') {
    const strict = 'strict' in value && value.strict === true;
    return { kind: 'mariadb', position: parseMariadbPosition([value.gtids], strict) };
  }
  if (hasTexts(value, 'kind', 'source', 'file') && value.kind === 'file') {
    const { source, file } = value;
    return { kind: 'file', source, at: { file, offset: offsetIn(value) } };
  }
  throw new PositionSyntaxError();
}

function offsetIn(value: object): number {
  const offset = 'offset' in value ? value.offset : undefined;
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw new PositionSyntaxError();
  }
  return offset;
}

function hasTexts<Key extends string>(
  value: unknown,
  ...keys: readonly Key[]
): value is Record<Key, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'string')
  );
}
