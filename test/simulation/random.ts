/** Numbers that a seed determines, all of them. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws where there is none to choose from. */
  oneOf<T>(them: readonly T[]): T;
  /** Letters, as records have them in their names. */
  letters(count: number): string;
}

/** mulberry32: small, fast, and good enough to choose faults. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number =>
    least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    oneOf: (them) => {
      const chosen = them[whole(0, them.length - 1)];
      if (chosen === undefined) throw new Error('There is nothing to choose from.');
      return chosen;
    },
    letters: (count) =>
      Array.from({ length: count }, () => String.fromCodePoint(97 + whole(0, 25))).join(''),
  };
}
