/**
 * How far a MariaDB server is: for every domain and server that ever wrote there, the highest
 * sequence number seen. Built of `gtid_binlog_state`, `gtid_slave_pos` and `Gtid_IO_Pos` together.
 *
 * Why the map proves containment: a server writes its own transactions of a domain into its binary
 * log in the order of their numbers, and a replica takes a source's log in order, leaving out
 * nothing. So whoever holds `d-s-n` holds all that `s` wrote in `d` before it, and comparing the
 * highest numbers pair by pair compares the histories. `0-1-100` and `0-2-100` stay different
 * histories, which one number per domain could not tell.
 *
 * The proof needs linear replication: in each domain one writer at a time, each writer having taken
 * everything of the one before. It does not hold for a server that once wrote beside the master,
 * was skipped over, and became the master later: its later numbers then hide the skipped ones. Nor
 * for two servers with the same `server_id`, nor behind replication filters.
 *
 * Where it is only cautious (says "lacks" although nothing is missing): a server restored from a
 * backup knows its `gtid_slave_pos` only, and has no entry for the writers of older days. `holds`
 * closes the common cases: by the order that `gtid_strict_mode` enforces, and by the end of a log
 * that its server wrote itself.
 */
export interface MariadbPosition {
  /** By `domain-server`, sorted; sequence numbers are 64 bits wide. */
  readonly last: ReadonlyMap<string, bigint>;
  /** `gtid_strict_mode` of the server: its log takes only growing numbers in each domain. */
  readonly strict: boolean;
  /** The last transaction that it took in each domain; absent where that is not known. */
  readonly ends?: ReadonlyMap<number, LogEnd>;
}

/** Where the log of a server ends in one domain. */
export interface LogEnd {
  /** `domain-server` of the writer. */
  readonly pair: string;
  readonly number: bigint;
  /** The server wrote it itself, into its own log. */
  readonly own: boolean;
}

/** Transactions of one server in one domain; `first` is null where nothing tells where they begin. */
export interface SequenceRange {
  readonly domain: number;
  readonly server: number;
  readonly first: bigint | null;
  readonly last: bigint;
}

/** The text is not a list of MariaDB GTIDs. */
export class MariadbGtidSyntaxError extends Error {
  constructor(text: string) {
    super(`"${text}" is not a MariaDB GTID such as 0-1-100.`);
    this.name = 'MariadbGtidSyntaxError';
  }
}

const gtidPattern = /^(\d{1,10})-(\d{1,10})-(\d{1,20})$/;
const greatestId = 2 ** 32 - 1;
const greatestSequence = 2n ** 64n - 1n;

/** Reads any number of lists `d-s-n,d-s-n`; the highest number of each pair counts. Throws MariadbGtidSyntaxError. */
export function parseMariadbPosition(texts: readonly string[], strict: boolean): MariadbPosition {
  return build(texts.flatMap(gtidsIn), strict);
}

function gtidsIn(text: string): readonly [string, bigint][] {
  return text
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')
    .map((it) => parseGtid(it));
}

/**
 * The same of one server, whose logs tell more. `binlogPos`: the last of each domain in its binary log; what was
 * restored and wrote nothing yet has its end in `slavePos`.
 */
export function executedPosition(
  {
    binlogState,
    binlogPos,
    slavePos,
  }: Readonly<Record<'binlogState' | 'binlogPos' | 'slavePos', string>>,
  { strict, serverId }: { readonly strict: boolean; readonly serverId: number },
): MariadbPosition {
  const ends = new Map<number, LogEnd>();
  for (const [pair, number] of [...gtidsIn(slavePos), ...gtidsIn(binlogPos)]) {
    ends.set(domainOf(pair), { pair, number, own: serverOf(pair) === serverId });
  }
  return { ...parseMariadbPosition([binlogState, binlogPos, slavePos], strict), ends };
}

function parseGtid(text: string): [string, bigint] {
  const [, domain, server, sequence] = gtidPattern.exec(text) ?? [];
  if (domain === undefined || server === undefined || sequence === undefined) {
    throw new MariadbGtidSyntaxError(text);
  }
  const number = BigInt(sequence);
  if (Number(domain) > greatestId || Number(server) > greatestId || number > greatestSequence) {
    throw new MariadbGtidSyntaxError(text);
  }
  return [`${String(Number(domain))}-${String(Number(server))}`, number];
}

/** `0-1-100,0-2-103`: the notation of `gtid_binlog_state`. */
export function printMariadbPosition(position: MariadbPosition): string {
  return [...position.last].map(([pair, number]) => `${pair}-${String(number)}`).join(',');
}

/** All that either holds. */
export function merge(a: MariadbPosition, b: MariadbPosition): MariadbPosition {
  return build([...a.last, ...b.last], a.strict && b.strict);
}

/** True when `a` holds every transaction of `b`. */
export function contains(a: MariadbPosition, b: MariadbPosition): boolean {
  return [...b.last].every(([pair, number]) => holds(a, b, pair, number));
}

/**
 * True when `a`, which reads from `b`, is at the end of its log: then it took all of it. Of one that does not read from
 * `b` this says nothing: what that wrote itself stands before the end of its log too.
 */
export function caughtUp(a: MariadbPosition, b: MariadbPosition): boolean {
  return [...b.last].every(
    ([pair, number]) => holds(a, b, pair, number) || endsAlike(a, b, domainOf(pair)),
  );
}

function endsAlike({ ends: mine }: MariadbPosition, b: MariadbPosition, domain: number): boolean {
  const [end, other] = [mine?.get(domain), b.ends?.get(domain)];
  return end !== undefined && end.pair === other?.pair && end.number === other.number;
}

/**
 * What `b` holds that no replication from `b` will ever prove of `a`: of domains in which `a` has nothing, and `b` wrote
 * nothing itself.
 */
export function unprovable(b: MariadbPosition, a: MariadbPosition): readonly SequenceRange[] {
  const known = new Set([...a.last.keys()].map(domainOf));
  return difference(b, a).filter(
    (it) => !known.has(it.domain) && b.ends?.get(it.domain)?.own !== true,
  );
}

/**
 * True when `a` holds what `b` says of one pair: `a` has seen that number of that writer; or `a`
 * knows nothing of that writer, but `b`, whose log is strictly ordered, took a later transaction of
 * the same domain, and `a` holds that later one; or `b` itself wrote the last transaction of its
 * log, and `a` holds that: it can have it from that log only, behind everything else in it.
 */
function holds(a: MariadbPosition, b: MariadbPosition, pair: string, number: bigint): boolean {
  const seen = a.last.get(pair);
  if ((seen ?? 0n) >= number || holdsOwnEnd(a, b, domainOf(pair))) {
    return true;
  }
  if (seen !== undefined || !b.strict) {
    return false;
  }
  return [...b.last].some(
    ([other, later]) =>
      domainOf(other) === domainOf(pair) && later > number && (a.last.get(other) ?? 0n) >= later,
  );
}

function holdsOwnEnd(a: MariadbPosition, b: MariadbPosition, domain: number): boolean {
  const end = b.ends?.get(domain);
  return end?.own === true && (a.last.get(end.pair) ?? 0n) >= end.number;
}

/** What `b` holds and `a` lacks. */
export function difference(b: MariadbPosition, a: MariadbPosition): readonly SequenceRange[] {
  return [...b.last]
    .filter(([pair, number]) => !holds(a, b, pair, number))
    .map(([pair, last]) => ({
      domain: domainOf(pair),
      server: serverOf(pair),
      first: firstLacking(a, b, pair, last),
      last,
    }));
}

/**
 * Behind the last transaction of the domain that both hold, which is right under linear replication;
 * else behind what `a` has of the same writer. Numbers between may belong to other writers: a bound,
 * and the binary log has the exact list.
 */
function firstLacking(
  a: MariadbPosition,
  b: MariadbPosition,
  pair: string,
  last: bigint,
): bigint | null {
  const common = [...b.last]
    .filter(([other]) => domainOf(other) === domainOf(pair))
    .map(([other, number]) => smaller(number, a.last.get(other) ?? 0n))
    .filter((it) => it > 0n);
  const highestCommon = common.reduce((highest, it) => (it > highest ? it : highest), 0n);
  const seen = a.last.get(pair);
  if (common.length > 0 && highestCommon < last) {
    return highestCommon + 1n;
  }
  return seen === undefined ? null : seen + 1n;
}

/**
 * What `of` holds and `comparedWith` lacks, without the transactions of the ignored servers: a
 * replica that was asked a moment after a living master may hold newer transactions of that master.
 */
export function ownTransactions(
  of: MariadbPosition,
  comparedWith: MariadbPosition,
  ignoreServerIds: readonly number[],
): readonly SequenceRange[] {
  return difference(of, comparedWith).filter((it) => !ignoreServerIds.includes(it.server));
}

/** `0-1-101..103`; one number alone where there is one; `0-1-..103` where the beginning is unknown. */
export function printRange({ domain, server, first, last }: SequenceRange): string {
  const pair = `${String(domain)}-${String(server)}`;
  if (first === last) {
    return `${pair}-${String(last)}`;
  }
  return `${pair}-${first === null ? '' : String(first)}..${String(last)}`;
}

/** The first `limit` transactions one by one; of a range with an unknown beginning only the last is sure. */
export function listTransactions(
  ranges: readonly SequenceRange[],
  limit: number,
): readonly string[] {
  const listed: string[] = [];
  for (const { domain, server, first, last } of ranges) {
    for (let number = first ?? last; number <= last; number += 1n) {
      if (listed.length >= limit) {
        return listed;
      }
      listed.push(`${String(domain)}-${String(server)}-${String(number)}`);
    }
  }
  return listed;
}

/** How many at most; a range with an unknown beginning counts as one. */
export function countOf(ranges: readonly SequenceRange[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + (last - (first ?? last) + 1n), 0n);
}

function build(pairs: readonly (readonly [string, bigint])[], strict: boolean): MariadbPosition {
  const highest = new Map<string, bigint>();
  for (const [pair, number] of pairs) {
    const before = highest.get(pair);
    if (before === undefined || number > before) {
      highest.set(pair, number);
    }
  }
  return { last: new Map([...highest].toSorted(([a], [b]) => comparePairs(a, b))), strict };
}

function comparePairs(a: string, b: string): number {
  return domainOf(a) - domainOf(b) || serverOf(a) - serverOf(b);
}

function domainOf(pair: string): number {
  return Number(pair.slice(0, pair.indexOf('-')));
}

function serverOf(pair: string): number {
  return Number(pair.slice(pair.indexOf('-') + 1));
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
