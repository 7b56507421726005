import { joined, lengthOf, without, type Interval } from './intervals.ts';

/**
 * A set of MySQL transactions, as in `gtid_executed`: by origin, the numbers it holds.
 * An origin is a server's UUID, or `uuid:tag` where the transactions carry a tag (MySQL 8.3 and later).
 */
export interface GtidSet {
  /** Sorted by origin, in small letters; intervals sorted and joined; no origin without numbers. */
  readonly intervals: ReadonlyMap<string, readonly Interval[]>;
}

/** The text is not a GTID set. */
export class GtidSetSyntaxError extends Error {
  constructor(text: string, why: string) {
    super(`"${text}" is not a MySQL GTID set: ${why}.`);
    this.name = 'GtidSetSyntaxError';
  }
}

export const emptyGtidSet: GtidSet = { intervals: new Map() };

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/;
const intervalPattern = /^(\d{1,19})(?:-(\d{1,19}))?$/;
const greatestNumber = 2n ** 63n - 2n;

/**
 * Reads `uuid:1-3:7,uuid:tag:5`; spaces, line breaks and capitals do not matter.
 * A tag holds for the intervals behind it, up to the next tag. Throws GtidSetSyntaxError.
 */
export function parseGtidSet(text: string): GtidSet {
  const found: [string, Interval][] = [];
  for (const part of text.toLowerCase().replaceAll(/\s/g, '').split(',')) {
    if (part !== '') {
      found.push(...parseOrigin(part));
    }
  }
  return fromPairs(found);
}

function parseOrigin(part: string): [string, Interval][] {
  const [uuid = '', ...words] = part.split(':');
  if (!uuidPattern.test(uuid)) {
    throw new GtidSetSyntaxError(part, `"${uuid}" is not a UUID`);
  }
  const found: [string, Interval][] = [];
  let origin = uuid;
  for (const word of words) {
    if (tagPattern.test(word)) {
      origin = `${uuid}:${word}`;
    } else {
      found.push([origin, parseInterval(word, part)]);
    }
  }
  if (found.length === 0) {
    throw new GtidSetSyntaxError(part, 'no transaction number follows the UUID');
  }
  return found;
}

function parseInterval(word: string, part: string): Interval {
  const match = intervalPattern.exec(word);
  if (match?.[1] === undefined) {
    throw new GtidSetSyntaxError(part, `"${word}" is neither an interval nor a tag`);
  }
  const first = BigInt(match[1]);
  const last = match[2] === undefined ? first : BigInt(match[2]);
  if (first < 1n || last < first || last > greatestNumber) {
    throw new GtidSetSyntaxError(part, `the interval "${word}" is out of range`);
  }
  return { first, last };
}

/** As MySQL prints it, on one line: `uuid:1-3:7:tag:5,uuid:1`. */
export function printGtidSet(set: GtidSet): string {
  const byUuid = new Map<string, string>();
  for (const [origin, intervals] of set.intervals) {
    const { uuid, tag } = splitOrigin(origin);
    const before = byUuid.get(uuid) ?? uuid;
    const numbers = intervals.map(printInterval).join(':');
    byUuid.set(uuid, `${before}${tag === '' ? '' : `:${tag}`}:${numbers}`);
  }
  return [...byUuid.values()].join(',');
}

export function unionOf(a: GtidSet, b: GtidSet): GtidSet {
  return fromPairs([...pairsOf(a), ...pairsOf(b)]);
}

/** What `a` holds and `b` does not. */
export function subtract(a: GtidSet, b: GtidSet): GtidSet {
  const intervals = new Map<string, readonly Interval[]>();
  for (const [origin, held] of a.intervals) {
    const left = without(held, b.intervals.get(origin) ?? []);
    if (left.length > 0) {
      intervals.set(origin, left);
    }
  }
  return { intervals };
}

/** True when `a` holds every transaction of `b`. */
export function contains(a: GtidSet, b: GtidSet): boolean {
  return isEmpty(subtract(b, a));
}

export function isEmpty(set: GtidSet): boolean {
  return set.intervals.size === 0;
}

export function countOf(set: GtidSet): bigint {
  return [...set.intervals.values()].reduce((sum, it) => sum + lengthOf(it), 0n);
}

/** Leaves out what the server with this UUID wrote, with and without tags. */
export function withoutSource(set: GtidSet, uuid: string): GtidSet {
  const unwanted = uuid.toLowerCase();
  const kept = [...set.intervals].filter(([origin]) => splitOrigin(origin).uuid !== unwanted);
  return { intervals: new Map(kept) };
}

/** The first `limit` transactions one by one, `uuid:5` or `uuid:tag:5`. */
export function listTransactions(set: GtidSet, limit: number): readonly string[] {
  const listed: string[] = [];
  for (const [origin, { first, last }] of pairsOf(set)) {
    for (let number = first; number <= last; number += 1n) {
      if (listed.length >= limit) {
        return listed;
      }
      listed.push(`${origin}:${String(number)}`);
    }
  }
  return listed;
}

function pairsOf(set: GtidSet): [string, Interval][] {
  return [...set.intervals].flatMap(([origin, intervals]) =>
    intervals.map((it): [string, Interval] => [origin, it]),
  );
}

function fromPairs(pairs: readonly (readonly [string, Interval])[]): GtidSet {
  const byOrigin = new Map<string, Interval[]>();
  for (const [origin, interval] of pairs) {
    const held = byOrigin.get(origin);
    if (held === undefined) {
      byOrigin.set(origin, [interval]);
    } else {
      held.push(interval);
    }
  }
  // `uuid` sorts before `uuid:tag`, as MySQL prints the untagged numbers first.
  const origins = [...byOrigin].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { intervals: new Map(origins.map(([origin, it]) => [origin, joined(it)])) };
}

function splitOrigin(origin: string): { readonly uuid: string; readonly tag: string } {
  const colon = origin.indexOf(':');
  return colon === -1
    ? { uuid: origin, tag: '' }
    : { uuid: origin.slice(0, colon), tag: origin.slice(colon + 1) };
}

function printInterval({ first, last }: Interval): string {
  return first === last ? String(first) : `${String(first)}-${String(last)}`;
}
