/** One transaction of one server. Two that bear the same GTID may differ: after a loss a number is given again. */
export interface Transaction {
  /** The `server_id` of whoever wrote it. */
  readonly origin: number;
  readonly sequence: number;
}

/** GTIDs by origin, as intervals. */
export class GtidIntervals {
  readonly #intervals = new Map<number, [first: number, last: number][]>();

  add({ origin, sequence }: Transaction): void {
    const known = this.#intervals.get(origin) ?? [];
    this.#intervals.set(origin, known);
    const last = known.at(-1);
    if (last !== undefined && sequence === last[1] + 1) {
      last[1] = sequence;
    } else if (!this.holds({ origin, sequence })) {
      known.push([sequence, sequence]);
      known.sort((a, b) => a[0] - b[0]);
      this.#intervals.set(origin, joined(known));
    }
  }

  holds({ origin, sequence }: Transaction): boolean {
    const known = this.#intervals.get(origin) ?? [];
    return known.some(([first, last]) => first <= sequence && sequence <= last);
  }

  /** As MySQL prints a set. */
  mysqlText(): string {
    return [...this.#intervals]
      .toSorted(([a], [b]) => a - b)
      .map(([origin, known]) => `${uuidOf(origin)}:${known.map(intervalText).join(':')}`)
      .join(',');
  }

  /** As MariaDB prints `gtid_binlog_state`. */
  mariadbText(): string {
    return [...this.#intervals]
      .toSorted(([a], [b]) => a - b)
      .map(([origin, known]) => `0-${String(origin)}-${String(known.at(-1)?.[1] ?? 0)}`)
      .join(',');
  }
}

export function gtidText({ origin, sequence }: Transaction): string {
  return `0-${String(origin)}-${String(sequence)}`;
}

export function uuidOf(serverId: number): string {
  return `${String(serverId).padStart(8, '0')}-0000-0000-0000-000000000000`;
}

function intervalText([first, last]: readonly [number, number]): string {
  return first === last ? String(first) : `${String(first)}-${String(last)}`;
}

function joined(sorted: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) {
      before[1] = Math.max(before[1], last);
    } else {
      result.push([first, last]);
    }
  }
  return result;
}

export function sameGtid(a: Transaction, b: Transaction): boolean {
  return a.origin === b.origin && a.sequence === b.sequence;
}
