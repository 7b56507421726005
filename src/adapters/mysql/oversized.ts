import type { Clock } from '../../core/ports.ts';
import type { ProbeAnswer, ProbePart } from '../../dialect/probe-queries.ts';
import type { PartTooLarge } from './read-server.ts';

/** After so long a question is asked again whose answer was more than we take, in milliseconds. */
const forgottenAfterMs = 60_000;

type Failed = ProbeAnswer & { readonly kind: 'failed' };

/** Questions that servers answer with more than we take: what they would say is unknown, all else is asked as ever. */
export class Oversized {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #parts = new Map<
    string,
    Map<ProbePart, { readonly at: number; readonly answer: Failed }>
  >();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** False where it was noted before: then it was not even asked. */
  note(address: string, { part, message }: PartTooLarge): boolean {
    const parts = this.#parts.get(address) ?? new Map();
    this.#parts.set(address, parts);
    const isNew = !this.of(address).has(part);
    parts.set(part, {
      at: this.#clock.monotonic(),
      answer: { kind: 'failed', errno: null, says: message },
    });
    return isNew;
  }

  of(address: string): ReadonlyMap<ProbePart, Failed> {
    const since = this.#clock.monotonic() - forgottenAfterMs;
    const parts = [...(this.#parts.get(address) ?? [])].filter(([, it]) => it.at > since);
    return new Map(parts.map(([part, { answer }]) => [part, answer] as const));
  }
}
