/** Whole numbers from `first` to `last`, both included. GTID numbers go up to 2^63: bigint. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, and neighbours joined: the one way to write the same numbers. */
export function joined(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals.toSorted((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first)));
  const result: Interval[] = [];
  for (const it of sorted) {
    const before = result.at(-1);
    if (before === undefined || it.first > before.last + 1n) {
      result.push(it);
    } else if (it.last > before.last) {
      result[result.length - 1] = { first: before.first, last: it.last };
    }
  }
  return result;
}

/** What `from` holds and `taken` does not. Both must be joined. */
export function without(
  from: readonly Interval[],
  taken: readonly Interval[],
): readonly Interval[] {
  return from.flatMap((it) => remainsOf(it, taken));
}

function remainsOf(interval: Interval, taken: readonly Interval[]): Interval[] {
  const remains: Interval[] = [];
  let first = interval.first;
  for (const hole of taken) {
    if (hole.last < first || hole.first > interval.last) {
      continue;
    }
    if (hole.first > first) {
      remains.push({ first, last: hole.first - 1n });
    }
    first = hole.last + 1n;
  }
  return first > interval.last ? remains : [...remains, { first, last: interval.last }];
}

export function lengthOf(intervals: readonly Interval[]): bigint {
  return intervals.reduce((sum, it) => sum + (it.last - it.first + 1n), 0n);
}
