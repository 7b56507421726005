/** One row of an answer, by column. The driver gives large numbers as text; NULL is null. */
export type Row = Readonly<Record<string, unknown>>;

/** A question and how to read its answer. Asking is the adapter's work; `parse` throws UnexpectedAnswer. */
export interface Query<Answer> {
  readonly sql: string;
  readonly parse: (rows: readonly Row[]) => Answer;
}

/** A server answered with something that this dialect cannot read. */
export class UnexpectedAnswer extends Error {
  constructor(statement: string, column: string, why: string) {
    super(`The answer to ${statement} cannot be read: column ${column} ${why}.`);
    this.name = 'UnexpectedAnswer';
  }
}

/** Reads columns of one row strictly: each by the first of its names that the row has. */
export interface Columns {
  /** Throws when the column is missing or NULL. */
  text(...names: readonly string[]): string;
  /** Null when the column is missing or NULL. */
  optionalText(...names: readonly string[]): string | null;
  /** A whole number from zero up; throws when missing, NULL or anything else. */
  whole(...names: readonly string[]): number;
  /** Null when the column is missing or NULL; throws when it is no whole number. */
  optionalWhole(...names: readonly string[]): number | null;
}

/** `statement`: named in errors. Releases differ in the case of column names: it does not matter. */
export function columnsOf(row: Row, statement: string): Columns {
  const byName = new Map<string, unknown>();
  for (const name in row) byName.set(name.toLowerCase(), row[name]);
  return columnsIn(byName, statement);
}

/** The same of columns by their names in lower case. */
export function columnsIn(byName: ReadonlyMap<string, unknown>, statement: string): Columns {
  const find = (names: readonly string[]): unknown => {
    for (const it of names) {
      const value = byName.get(it.toLowerCase());
      if (value !== undefined) return value;
    }
    return null;
  };
  const demand = <T>(value: T | null, names: readonly string[]): T => {
    if (value === null) {
      throw new UnexpectedAnswer(statement, names.join(' or '), 'is missing or NULL');
    }
    return value;
  };
  const optionalText = (...names: readonly string[]): string | null => textOf(find(names));
  const optionalWhole = (...names: readonly string[]): number | null => {
    const text = optionalText(...names);
    if (text === null) {
      return null;
    }
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
      throw new UnexpectedAnswer(statement, names.join(' or '), `is "${text}", not a whole number`);
    }
    return Number(text);
  };
  return {
    text: (...names) => demand(optionalText(...names), names),
    optionalText,
    whole: (...names) => demand(optionalWhole(...names), names),
    optionalWhole,
  };
}

/** The only row of an answer that has exactly one. */
export function onlyRow(rows: readonly Row[], statement: string): Columns {
  const [row, second] = rows;
  if (row === undefined || second !== undefined) {
    throw new UnexpectedAnswer(statement, '(all)', `came in ${String(rows.length)} rows, not one`);
  }
  return columnsOf(row, statement);
}

/** Any value of a driver as text; null for NULL. */
export function textOf(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value instanceof Date ? value.toISOString() : bytesAsText(value);
  }
}

function bytesAsText(value: unknown): string | null {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : null;
}

/** Reads a switch strictly. */
export function isOn(value: string, name: string): boolean {
  const text = value.toUpperCase();
  if (text !== 'ON' && text !== 'OFF' && text !== '1' && text !== '0') {
    throw new UnexpectedAnswer('SHOW GLOBAL VARIABLES', name, `is "${value}", neither ON nor OFF`);
  }
  return text === 'ON' || text === '1';
}
