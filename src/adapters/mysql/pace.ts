/** What was needed counts half after so long, in milliseconds. */
const halfLifeMs = 5_000;
/** How much longer than lately an answer may take before it counts as missing. */
const allowance = 3;
/** A server is never waited for longer than so many times what the settings say. */
const most = 5;

/**
 * How long servers needed lately, to log us in and to answer. A slow way or a busy machine is given more time than the
 * settings say; a server that was quick is not, so that a hang is noticed as soon as ever.
 */
export class Pace {
  readonly #needed = new Map<string, { readonly ms: number; readonly at: number }>();
  readonly #now: () => number;

  /** `now`: milliseconds on a clock that never jumps. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A login or an answer took so long. */
  note(address: string, ms: number): void {
    const slowest = Math.max(ms, this.needed(address) ?? 0);
    this.#needed.set(address, { ms: slowest, at: this.#now() });
  }

  /** Milliseconds that it needed lately; undefined where it was never heard. */
  needed(address: string): number | undefined {
    const known = this.#needed.get(address);
    return known === undefined
      ? undefined
      : known.ms * 0.5 ** ((this.#now() - known.at) / halfLifeMs);
  }

  /** How long it is waited for. `configuredMs`: at least, and at most five times as long. */
  bound(address: string, configuredMs: number): number {
    const needed = this.needed(address) ?? 0;
    return Math.round(Math.min(Math.max(configuredMs, needed * allowance), configuredMs * most));
  }
}
