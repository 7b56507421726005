/** Who gets through to whom, in each direction, and how long that takes. */
export class Network {
  readonly #cut = new Map<string, number>();
  readonly #healed = new Map<string, number>();
  readonly #delays = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  passes(from: string, to: string): boolean {
    return !this.#cut.has(way(from, to));
  }

  /** In both directions. */
  joins(one: string, other: string): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  /** Since when both directions are open; infinity while one is not. */
  joinedSince(one: string, other: string): number {
    if (!this.joins(one, other)) return Number.POSITIVE_INFINITY;
    const healed = (from: string, to: string): number => this.#healed.get(way(from, to)) ?? 0;
    return Math.max(healed(one, other), healed(other, one));
  }

  /** How long at least one direction has been cut; 0 while both are open. */
  brokenFor(one: string, other: string): number {
    const cut = [this.#cut.get(way(one, other)), this.#cut.get(way(other, one))];
    const since = Math.min(...cut.map((it) => it ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(since) ? this.#now() - since : 0;
  }

  /** One way, in milliseconds. */
  latency(from: string, to: string): number {
    return from === to ? 0.05 : (this.#delays.get(from) ?? this.#delays.get(to) ?? 0.4);
  }

  cut(from: string, to: string): void {
    this.#cut.set(way(from, to), this.#now());
  }

  split(some: readonly string[], others: readonly string[]): void {
    for (const one of some) {
      for (const other of others.filter((it) => it !== one)) {
        this.cut(one, other);
        this.cut(other, one);
      }
    }
  }

  slow(host: string, ms: number): void {
    this.#delays.set(host, ms);
  }

  heal(): void {
    for (const it of this.#cut.keys()) this.#healed.set(it, this.#now());
    this.#cut.clear();
    this.#delays.clear();
  }
}

function way(from: string, to: string): string {
  return `${from}>${to}`;
}
