import { compareFilePositions } from './file-position.ts';
import * as gtidSets from './gtid-set.ts';
import type { GtidSet } from './gtid-set.ts';
import type { FilePosition, InstanceKey } from './instance.ts';
import * as mariadb from './mariadb-gtid.ts';
import type { MariadbPosition } from './mariadb-gtid.ts';

/**
 * How far a server is. Partially ordered: two positions may each hold something the other lacks,
 * and positions of different kinds, or files of different sources, cannot be compared at all.
 */
export type Position =
  | { readonly kind: 'gtid-set'; readonly set: GtidSet }
  | { readonly kind: 'mariadb'; readonly position: MariadbPosition }
  | { readonly kind: 'file'; readonly source: InstanceKey; readonly at: FilePosition };

/** Transactions that one position holds and another lacks, as text for people. */
export interface Difference {
  /** How many at most; null where only files and offsets tell. */
  readonly count: bigint | null;
  /** Intervals: `uuid:5-7`, `0-1-101..103`, `binlog.000003:120..500 of db1:3306`. Empty: nothing lacks. */
  readonly ranges: readonly string[];
  /** One by one, up to the limit asked for; empty where only files and offsets tell. */
  readonly transactions: readonly string[];
}

/** Who may be ahead without being errant: a master that lives, asked a moment before. */
export interface Origins {
  readonly serverIds: readonly number[];
  readonly uuids: readonly string[];
}

export const nobody: Origins = { serverIds: [], uuids: [] };

const defaultLimit = 100;

/** True when both count in the same way, so that `contains` can answer. */
export function comparable(a: Position, b: Position): boolean {
  if (a.kind === 'file' && b.kind === 'file') {
    return a.source === b.source && compareFilePositions(a.at, b.at) !== null;
  }
  return a.kind === b.kind;
}

/** True when `a` provably holds everything of `b`; false also when the two cannot be compared. */
export function contains(a: Position, b: Position): boolean {
  if (a.kind === 'gtid-set' && b.kind === 'gtid-set') {
    return gtidSets.contains(a.set, b.set);
  }
  if (a.kind === 'mariadb' && b.kind === 'mariadb') {
    return mariadb.contains(a.position, b.position);
  }
  if (a.kind === 'file' && b.kind === 'file' && a.source === b.source) {
    const order = compareFilePositions(a.at, b.at);
    return order !== null && order >= 0;
  }
  return false;
}

/** The same of one that reads from whom `b` was read of: at the end of its log it took all of it. */
export function caughtUp(a: Position, b: Position): boolean {
  return a.kind === 'mariadb' && b.kind === 'mariadb'
    ? mariadb.caughtUp(a.position, b.position)
    : contains(a, b);
}

/** True when each holds everything of the other. */
export function same(a: Position, b: Position): boolean {
  return contains(a, b) && contains(b, a);
}

/** What `b` holds and `a` lacks, as ranges; all of `b` when the two cannot be compared. */
export function lacks(a: Position, b: Position): readonly string[] {
  return whatLacks(a, b).ranges;
}

/**
 * What `b` holds and `a` lacks, counted and listed up to `limit`, without the transactions of the
 * origins to ignore. All of `b` when the two cannot be compared.
 */
export function whatLacks(
  a: Position,
  b: Position,
  ignore: Origins = nobody,
  limit: number = defaultLimit,
): Difference {
  if (a.kind === 'gtid-set' && b.kind === 'gtid-set') {
    return setDifference(a.set, b.set, ignore, limit);
  }
  if (a.kind === 'mariadb' && b.kind === 'mariadb') {
    const ranges = mariadb.ownTransactions(b.position, a.position, ignore.serverIds);
    return {
      count: mariadb.countOf(ranges),
      ranges: ranges.map(mariadb.printRange),
      transactions: mariadb.listTransactions(ranges, limit),
    };
  }
  if (contains(a, b)) {
    return { count: null, ranges: [], transactions: [] };
  }
  return { count: null, ranges: [fileDifference(a, b)], transactions: [] };
}

function setDifference(a: GtidSet, b: GtidSet, ignore: Origins, limit: number): Difference {
  const lacking = ignore.uuids.reduce(gtidSets.withoutSource, gtidSets.subtract(b, a));
  return {
    count: gtidSets.countOf(lacking),
    ranges: gtidSets.isEmpty(lacking) ? [] : gtidSets.printGtidSet(lacking).split(','),
    transactions: gtidSets.listTransactions(lacking, limit),
  };
}

function fileDifference(a: Position, b: Position): string {
  if (a.kind === 'file' && b.kind === 'file' && comparable(a, b)) {
    const to = a.at.file === b.at.file ? String(b.at.offset) : printFile(b.at);
    return `${printFile(a.at)}..${to} of ${b.source}`;
  }
  return `everything up to ${describePosition(b)}`;
}

/** All that either holds; null when the two cannot be compared. */
export function merge(a: Position, b: Position): Position | null {
  if (a.kind === 'gtid-set' && b.kind === 'gtid-set') {
    return { kind: 'gtid-set', set: gtidSets.unionOf(a.set, b.set) };
  }
  if (a.kind === 'mariadb' && b.kind === 'mariadb') {
    return { kind: 'mariadb', position: mariadb.merge(a.position, b.position) };
  }
  if (!comparable(a, b)) {
    return null;
  }
  return contains(a, b) ? a : b;
}

/** Short text for people; `nothing` for an empty GTID position. */
export function describePosition(position: Position): string {
  switch (position.kind) {
    case 'gtid-set':
      return gtidSets.printGtidSet(position.set) || 'nothing';
    case 'mariadb':
      return mariadb.printMariadbPosition(position.position) || 'nothing';
    case 'file':
      return `${printFile(position.at)} of ${position.source}`;
    default:
      return position satisfies never;
  }
}

function printFile({ file, offset }: FilePosition): string {
  return `${file}:${String(offset)}`;
}
