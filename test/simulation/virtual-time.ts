import { setImmediate as untilSettled } from 'node:timers/promises';

/** Work that waits for its time. */
export interface Timer {
  cancel(): void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  work: (() => void) | undefined;
}

/**
 * Time that passes only when everything that can happen now has happened. What is due at one moment happens in the order
 * in which it was asked for, so that a seed plays the same history again.
 */
export class VirtualTime {
  #now = 0;
  #order = 0;
  readonly #heap: Entry[] = [];
  #fired = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** How much happened so far. */
  get fired(): number {
    return this.#fired;
  }

  after(ms: number, work: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, ms), order: this.#order, work };
    this.#order += 1;
    this.#push(entry);
    return {
      cancel: () => {
        entry.work = undefined;
      },
    };
  }

  /** Lets time pass up to `end`, or until `over` says so; it is asked after each event. */
  async runUntil(end: number, over: () => boolean = () => false): Promise<void> {
    await untilSettled();
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.at > end || over()) break;
      this.#pop();
      const { work } = first;
      if (work !== undefined) {
        this.#now = first.at;
        this.#fired += 1;
        work();
        // Macrotasks come when no microtask is left: whatever this led to without waiting has happened then.
        await untilSettled();
      }
    }
    this.#now = over() ? this.#now : Math.max(this.#now, end);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const child = this.#smallerChild(place);
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }

  #smallerChild(place: number): number {
    const left = this.#heap[place * 2 + 1];
    const right = this.#heap[place * 2 + 2];
    const isLeft = left === undefined || right === undefined || isBefore(left, right);
    return place * 2 + (isLeft ? 1 : 2);
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
